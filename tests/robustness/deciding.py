"""What may turn FAIL or UNKNOWN into PASS, written by hand: nothing else may."""

from __future__ import annotations

from collections.abc import Mapping

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.records import Verdict
from tests.robustness.influence import touches
from tests.robustness.mutants import Mutant
from tests.robustness.world import Verdicts

SAYING: Mapping[str, tuple[str, ...]] = {
    "Observation": ("status", "code", "subject", "focus", "effective[x]", "value[x]", "dataAbsentReason",
                    "interpretation", "method", "specimen", "referenceRange", "component"),
    "Condition": ("code", "clinicalStatus", "verificationStatus", "onset[x]", "abatement[x]", "recordedDate",
                  "subject"),
    "Procedure": ("status", "code", "performed[x]", "subject"),
    "MedicationAdministration": ("status", "medication[x]", "effective[x]", "subject"),
    "Medication": ("code", "ingredient"),
    "BiologicallyDerivedProduct": (),
    "Specimen": ("type", "subject"),
    "AdverseEvent": (),
    "Consent": ("status", "scope", "category", "patient", "dateTime", "performer", "policy", "policyRule",
                "provision", "verification"),
    "QuestionnaireResponse": ("questionnaire", "status", "subject", "authored", "author", "item"),
    "Patient": ("birthDate", "gender", "deceased[x]", "link"),
    "RelatedPerson": (),
}  # fmt: skip
"""Type -> the elements in which it says something; saying something else, a resource may let a criterion pass.

Not among them, so never able to: category, text, note, performer of a result, issued, extension, identifier, meta,
display and unit in words, any element FHIR does not have.
"""

NAMING = ("resourceType", "subject", "patient", "code", "medication[x]")
"""Of a resource that cannot be read, only these may: nobody can tell any more whose it is, or what it is about."""

TIMES = ("effective[x]", "performed[x]", "onset[x]")
"""These too where the time itself can be read: a result of another year hides nothing."""

PROVEN_BY_ABSENCE = frozenset({"E2a"})
"""Criteria that rest on having read everything: not even a line that is no JSON may let one pass."""


def improved(before: Verdicts, after: Verdicts) -> list[str]:
    """List the criteria that did not pass and now do."""
    return [
        criterion
        for criterion, (verdict, _) in before.items()
        if verdict is not Verdict.PASS and after[criterion][0] is Verdict.PASS
    ]


def may_improve(criterion: str, reason: str | None, mutant: Mutant, reading: Reading) -> bool:
    """Say whether a mutant may let a criterion pass."""
    if mutant.touched is None:
        return criterion not in PROVEN_BY_ABSENCE
    kind = mutant.base["resourceType"]
    if (kind, criterion) in _EXCEPTIONS or (kind, reason) in _EXCEPTIONS:
        return True
    return any(touches(mutant.touched, name) for name in _names(kind, reading))


def _names(kind: str, reading: Reading) -> tuple[str, ...]:
    if reading.facts or not reading.rejections:
        return (*SAYING[kind], "resourceType")
    is_dated = any(each.effective is not None for each in reading.rejections)
    return (*NAMING, *TIMES) if is_dated else NAMING


_EXCEPTIONS = frozenset({
    (
        "Consent",
        "AGE",
    ),  # without a readable consent the age is judged at as_of (contracts, Time); I1 is UNKNOWN then
    ("QuestionnaireResponse", "NOT_YET_DUE"),  # without a readable plan the anchor is as_of (contracts, Time)
    (
        "Observation",
        "CONFLICTING",
    ),  # either method may carry I6: an unreadable measurement leaves the other (PUT-10)
})
