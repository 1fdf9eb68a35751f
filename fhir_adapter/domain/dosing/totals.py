"""What a whole course of one item comes to: planned, given so far, and the difference once it is over.

Knows: sums over days. Does not know: single doses' deviations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from fhir_adapter.domain.answers import PRECEDENCE
from fhir_adapter.domain.dosing.amount_words import in_digits
from fhir_adapter.domain.dosing.records import (
    CourseTotal,
    Deviation,
    Dose,
    DosingRecord,
    DosingStatus,
    PlannedDose,
)
from fhir_adapter.domain.dosing.tolerance import is_within
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import Basis, PlannedItem, Regimen

_PER = {Basis.KG: "/kg", Basis.M2: "/m2"}
_SETTLED = frozenset({DosingStatus.GIVEN, DosingStatus.PARTIAL, DosingStatus.NOT_GIVEN})


def add_up(records: Sequence[DosingRecord], regimen: Regimen) -> tuple[CourseTotal, ...]:
    """Add up the course of every item whose course amount the protocol states.

    What was given of the item unplanned counts too: it is what the patient received. Does not extrapolate.

    Args:
        records: 0..*; of one subject.
        regimen: For the items and what their course comes to.

    Returns:
        0..*; in the order of the protocol, of items planned or given. Planned and given are None, with the reason,
        where one of their parts is not known. The difference, and COURSE_TOTAL outside the item's tolerance, only
        once nothing of the course is open.

    Source:
        rules sheet A30 and I.4: thiotepa 10 mg/kg, fludarabine 160 mg/m2, TBI 12 Gy per course.
    """
    totals: list[CourseTotal] = []
    for item in regimen.items:
        mine = [record for record in records if record.item == item.id]
        if item.course is not None and mine:
            totals.append(_total(item, item.course, mine))
    return tuple(totals)


def _total(item: PlannedItem, course: Fraction, records: Sequence[DosingRecord]) -> CourseTotal:
    planned = [_planned_of(record.planned) for record in records if record.planned is not None]
    given = [_given_of(record) for record in records]
    whole, received = _add(planned), _add(given)
    is_complete = all(_is_settled(record) for record in records)
    difference = received / whole - 1 if is_complete and whole and received is not None else None
    is_off = difference is not None and not is_within(1 + difference, Fraction(1), item.tolerance)
    return CourseTotal(
        item=item.id,
        title=item.title,
        per_basis=f"{in_digits(course)} {item.unit}{_PER.get(item.basis, '')}",
        planned=Dose(whole, item.unit) if whole is not None else None,
        administered=Dose(received, item.unit) if received is not None else None,
        difference=difference,
        is_complete=is_complete,
        deviations=(Deviation.COURSE_TOTAL,) if is_off else (),
        reason=_reason([*planned, *given]),
    )


Part = Fraction | UnknownReason | None
"""An amount, or why it is not known; None where nobody says why."""


def _planned_of(planned: PlannedDose) -> Part:
    return planned.dose.value if planned.dose is not None else planned.reason


def _given_of(record: DosingRecord) -> Part:
    """Give what one dose adds to what was received; nothing where nothing was given, or has not ended."""
    given = record.administered
    if Deviation.UNIT_SUSPECT in record.deviations:
        return record.reason
    if given is not None and given.dose is not None:
        return given.dose.value
    if given is not None:
        return Fraction(0) if given.reason is UnknownReason.NOT_YET_DUE else given.reason
    is_due = record.planned is not None and record.planned.is_planned
    return record.reason if record.status is DosingStatus.UNKNOWN and is_due else Fraction(0)


def _add(parts: Sequence[Part]) -> Fraction | None:
    known = [part for part in parts if isinstance(part, Fraction)]
    return sum(known, Fraction(0)) if len(known) == len(parts) else None


def _reason(parts: Iterable[Part]) -> UnknownReason | None:
    reasons = [part for part in parts if isinstance(part, UnknownReason)]
    return min(reasons, key=lambda reason: PRECEDENCE[reason], default=None)


def _is_settled(record: DosingRecord) -> bool:
    """Say whether nothing more will come of a dose; what is partial only because it still runs is not settled."""
    is_running = record.status is DosingStatus.PARTIAL and Deviation.DOSE_LOW not in record.deviations
    return record.status in _SETTLED and not is_running
