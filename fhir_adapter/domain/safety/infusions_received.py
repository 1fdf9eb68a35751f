"""Which cell infusions of the plan a subject received, and whether within their tolerance.

Knows: dosing records of cell infusions. Does not know: how amounts were reckoned, toxicity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fhir_adapter.domain.dosing.records import Deviation, DosingRecord
from fhir_adapter.domain.regimen import PlannedItem

_OUTSIDE = frozenset({Deviation.DOSE_LOW, Deviation.DOSE_HIGH, Deviation.LEVEL_MISMATCH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One cell infusion of the plan.

    Attributes:
        number: Of the infusion.
        at: 0..1; its start; None where it was not received.
        within_tolerance: 0..1; the dose lay within its tolerance at the assigned level; None where that is not
            known, or it was not received.
    """

    number: int
    at: datetime | None = None
    within_tolerance: bool | None = None

    @property
    def given(self) -> bool:
        """It was received."""
        return self.at is not None


def read_received(
    items: Iterable[PlannedItem],
    course: Sequence[DosingRecord],
    infusions: Sequence[tuple[int, datetime]],
) -> tuple[Received, ...]:
    """Say of every cell infusion of the plan whether it was received, and within its tolerance.

    Args:
        items: Items of the treatment plan; those without an infusion's number are left out.
        course: The subject's dosing records.
        infusions: (number, start) of the infusions given; the earliest start of a number counts.

    Returns:
        One entry per infusion, by rising number; one given without a plan is within no known tolerance.

    Source:
        clinical review, section 2: both infusions within dose tolerance; section 12: tolerances.
    """
    started: dict[int, datetime] = {}
    for number, at in sorted(infusions, key=lambda each: each[1]):
        started.setdefault(number, at)
    planned = {item.infusion: item for item in items if item.infusion is not None}
    return tuple(
        _received(number, planned.get(number), course, started) for number in sorted({*planned, *started})
    )


def _received(
    number: int, item: PlannedItem | None, course: Sequence[DosingRecord], started: dict[int, datetime]
) -> Received:
    at = started.get(number)
    if at is None:
        return Received(number=number)
    mine = [each for each in course if item is not None and each.item == item.id and each.administered is not None]
    answers = [_is_within(each) for each in mine]
    within = False if False in answers else (None if not answers or None in answers else True)
    return Received(number=number, at=at, within_tolerance=within)


def _is_within(record: DosingRecord) -> bool | None:
    if Deviation.UNIT_SUSPECT in record.deviations:
        return None
    if _OUTSIDE.intersection(record.deviations):
        return False
    return True if record.difference is not None else None
