"""Which deviations of a subject's treatment a person must look at, and what that person is shown.

Knows: the deviations that no later dose mends, and those that leave open what was given. Does not know: review
items, who answers. What is merely measured (a dose too low, a day too late) is listed, never asked about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.dosing.records import Clearance, Deviation, Dose, DosingRecord, TreatmentRecord
from fhir_adapter.domain.records import Verdict
from fhir_adapter.domain.regimen import Regimen

ASKED_ABOUT = frozenset({
    Deviation.NEEDS_DECISION,
    Deviation.DONOR_MISMATCH,
    Deviation.EXCLUSIVE_CONFLICT,
    Deviation.INFUSED_ON_HOLD,
    Deviation.LEVEL_MISMATCH,
    Deviation.UNIT_SUSPECT,
    Deviation.DUPLICATE,
})


@dataclass(frozen=True, slots=True)
class Deviating:
    """One dose with deviations to look at.

    Attributes:
        asked: The deviations, in the order of the closed list.
        digest: Of what is shown: amounts, times, parts; a new version that says the same asks nobody again.
        details: Item, day, parts, and the criteria that held an infusion up; ids and codes only.
    """

    asked: str
    digest: str
    details: dict[str, str]


def find_deviating(treatment: TreatmentRecord, regimen: Regimen | None) -> Iterator[Deviating]:
    """Find the doses a person must look at.

    Args:
        treatment: The subject's treatment record.
        regimen: 0..1; tells which item is which infusion.

    Yields:
        One per dose, in the order of the record.
    """
    infusions = {item.id: item.infusion for item in regimen.items} if regimen is not None else {}
    for record in treatment.records:
        asked = [each.value for each in Deviation if each in ASKED_ABOUT and each in record.deviations]
        if asked:
            held = " ".join(_held_up_by(treatment, infusions.get(record.item)))
            yield _deviating(record, " ".join(asked), held if Deviation.INFUSED_ON_HOLD in asked else "")


def _held_up_by(treatment: TreatmentRecord, infusion: int | None) -> Iterator[str]:
    for clearance in treatment.clearances:
        if clearance.infusion == infusion and clearance.verdict is Clearance.HOLD:
            yield from (each.id for each in clearance.criteria if each.verdict is Verdict.FAIL)


def _deviating(record: DosingRecord, asked: str, held: str) -> Deviating:
    given = record.administered
    parts = given.parts if given is not None else ()
    shown = [_amount(record.planned.dose), _amount(record.planned.per_kg)] if record.planned is not None else []
    if given is not None:
        shown += [_amount(given.dose), _amount(given.per_kg), given.started or "", str(given.matched_level)]
    digest = digest_of(record.item, record.day, asked, held, record.status.value, shown, sorted(parts))
    details = {
        "item": record.item,
        "day": str(record.day) if record.day is not None else "",
        "parts": " ".join(parts),
        "criteria": held,
    }
    return Deviating(asked, digest, {name: text for name, text in details.items() if text})


def _amount(dose: Dose | None) -> str:
    return f"{dose.value} {dose.unit}" if dose is not None else ""
