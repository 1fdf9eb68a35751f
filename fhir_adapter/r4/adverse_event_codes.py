"""Code lists of AdverseEvent: what R4 allows, and how a grade and a causality are coded.

Knows: the codes and where they stand. Does not know: what a rule makes of them. Copied from the sources named,
because the model library accepts any string.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

NCI_THESAURUS: Final = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
MEDDRA: Final = "https://www.meddra.org"
SEVERITY_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/adverse-event-severity"
OUTCOME_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/adverse-event-outcome"
SERIOUSNESS_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/adverse-event-seriousness"
CAUSALITY_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/adverse-event-causality-assess"

GRADE_EXTENSION: Final = "http://hl7.org/fhir/uv/ae-research-backport-ig/StructureDefinition/ae-grade"
"""Extension `ae-grade` of HL7's adverse-event guide for R4, which has no element for a grade.

Source: HL7/fhir-ae-research-backport-ig, input/fsh/adverseEventResearchProfile.fsh; clinical rules H.4.
"""

GRADE_EXTENSIONS: Final = frozenset({
    GRADE_EXTENSION,
    "http://hl7.org/fhir/uv/ae-research-ig/StructureDefinition/ae-grade",
})
"""The same extension under the R5 guide's URL is read too."""


class AdverseEventActuality(StrEnum):
    """Whether something happened to somebody, or might have: the nature of the event, not our certainty.

    Source: http://hl7.org/fhir/R4/valueset-adverse-event-actuality.html
    """

    ACTUAL = "actual"
    POTENTIAL = "potential"


class AdverseEventSeverity(StrEnum):
    """How severe; never a grade.

    Source: http://hl7.org/fhir/R4/valueset-adverse-event-severity.html
    """

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class AdverseEventOutcome(StrEnum):
    """What became of it.

    Source: http://hl7.org/fhir/R4/valueset-adverse-event-outcome.html
    """

    RESOLVED = "resolved"
    RECOVERING = "recovering"
    ONGOING = "ongoing"
    RESOLVED_WITH_SEQUELAE = "resolvedWithSequelae"
    FATAL = "fatal"
    UNKNOWN = "unknown"


class AdverseEventSeriousness(StrEnum):
    """Whether it is serious; an example binding in R4, closed here because we write only what we can name.

    Source: http://hl7.org/fhir/R4/valueset-adverse-event-seriousness.html
    """

    NON_SERIOUS = "Non-serious"
    SERIOUS = "Serious"


SERIOUSNESS: Final[Mapping[str, bool]] = {
    "Non-serious": False,
    "Serious": True,
    "non-serious": False,
    "serious": True,
}
"""R4's codes, and the later spelling of the same code system (HL7/fhir-ae-research-backport-ig)."""

GRADES: Final[Mapping[int, tuple[str, str]]] = {
    1: ("C41338", "Grade 1 Mild Adverse Event"),
    2: ("C41339", "Grade 2 Moderate Adverse Event"),
    3: ("C41340", "Grade 3 Severe Adverse Event"),
    4: ("C41337", "Grade 4 Life Threatening or Disabling Adverse Event"),
    5: ("C48275", "Grade 5 Death Related to Adverse Event"),
}
"""Grade -> its code and name in the NCI Thesaurus.

Source: http://terminology.hl7.org/ValueSet/adverse-event-clinical-research-grades; clinical rules H.4.
"""

RELATEDNESS: Final[Mapping[str, tuple[str, str]]] = {
    "related": ("C53260", "Related"),
    "possible": ("C53258", "Possibly Related"),
    "unlikely": ("C53257", "Unlikely Related"),
    "not-related": ("C53256", "Not Related"),
}
"""A person's word on relatedness -> its code and name in the NCI Thesaurus.

Source: http://terminology.hl7.org/ValueSet/adverse-event-clinical-research-causality-relatedness
"""

GRADE_OF: Final[Mapping[tuple[str, str], int]] = {
    (NCI_THESAURUS, code): grade for grade, (code, _) in GRADES.items()
}
RELATEDNESS_OF: Final[Mapping[tuple[str, str], str]] = {
    **{(NCI_THESAURUS, code): word for word, (code, _) in RELATEDNESS.items()},
    (CAUSALITY_SYSTEM, "Certain"): "related",
    (CAUSALITY_SYSTEM, "Probably-Likely"): "related",
    (CAUSALITY_SYSTEM, "Possible"): "possible",
    (CAUSALITY_SYSTEM, "Unlikely"): "unlikely",
}
"""Coded causality -> the word a person here would use; what says that nothing can be said has none."""
