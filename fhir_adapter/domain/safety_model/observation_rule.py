"""How long a subject is observed for dose-limiting toxicity, and what is one, as data.

Knows: the shape of the rule. Does not know: any particular trial, the YAML it was written in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome


class Unfinished(StrEnum):
    """What becomes of a subject who got only some of the infusions and has no dose-limiting toxicity.

    PERSON: nobody counts or replaces it before a named person said so. RULE: it is to be replaced at once.
    """

    PERSON = "person"
    RULE = "rule"


class Unassessed(StrEnum):
    """What becomes of a subject who was never assessed for a syndrome after an infusion, the window complete.

    PERSON: a named person says whether it counts. COUNTS: it counts as one without that syndrome.
    """

    PERSON = "person"
    COUNTS = "counts"


class Reopening(StrEnum):
    """Whether a level that is too toxic may be opened again.

    REFUSED: never. PERSON: by a named person, where the rule asks one; it is recorded as a deviation.
    """

    REFUSED = "refused"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterPartRule:
    """When a person is asked about the part of the trial that follows the dose escalation.

    Attributes:
        part: Its value of the link.
        first: How many of its first evaluable subjects are looked at apart.
        limit: Dose-limiting toxicities among these at which a person is asked.
        share: Share of evaluable subjects with one, above which a person is asked at any number.
    """

    part: str
    first: int
    limit: int
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationRule:
    """Observation for dose-limiting toxicity.

    Attributes:
        window_days: Calendar days after that of the last cell infusion received which still belong to the window;
            the last of them wholly.
        grade: Lowest grade of a syndrome that is dose-limiting, if it is associated with the intervention.
        syndromes: 1..*; syndromes that can be dose-limiting.
        part_link: Link that says to which part of the trial a subject belongs.
        parts: 1..*; values of that link.
        escalating: The part whose subjects count for the dose escalation.
        unfinished: Who decides about a subject without every infusion.
        unassessed: What becomes of a subject never assessed for a syndrome after an infusion.
        later: 0..1; the part that follows; None where the trial has none.
        reopening: Whether a level that is too toxic may be opened again.
        reviewed: 0..*; problems that begin inside the window and that a named person looks at before the subject
            counts.
        deciders: 0..*; roles of which a person needs one to decide on dose levels; empty = anybody listed.
    """

    window_days: int
    grade: int
    syndromes: tuple[Syndrome, ...]
    part_link: str
    parts: tuple[str, ...]
    escalating: str
    unfinished: Unfinished
    unassessed: Unassessed = Unassessed.PERSON
    later: LaterPartRule | None = None
    reopening: Reopening = Reopening.REFUSED
    reviewed: tuple[ConceptId, ...] = ()
    deciders: tuple[str, ...] = ()
