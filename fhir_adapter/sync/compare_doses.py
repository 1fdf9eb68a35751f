"""Compare two treatment records of one subject: which doses, statuses and deviations changed.

Knows: dosing records. Does not know: where they came from, how changes are shown.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from fhir_adapter.domain.dosing.amount_words import in_words
from fhir_adapter.domain.dosing.records import AdministeredDose, DosingRecord, PlannedDose, TreatmentRecord
from fhir_adapter.sync.pair import Pair

_Key = tuple[str, int | None, int]
"""Item, day, and which of several records of that item on that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseChange:
    """How one planned dose, or something given unplanned, changed.

    Attributes:
        planned: Amounts in words; an unknown one by its reason.
        administered: The same.
        deviations: Codes, separated by spaces.
    """

    item: str
    day: int | None
    status: Pair
    planned: Pair
    administered: Pair
    deviations: Pair

    @property
    def is_changed(self) -> bool:
        """Say whether anything of it differs."""
        pairs = (self.status, self.planned, self.administered, self.deviations)
        return any(pair.is_changed for pair in pairs)


def compare_doses(old: TreatmentRecord | None, new: TreatmentRecord | None) -> tuple[DoseChange, ...]:
    """List the doses of one subject that differ in status, amount or deviations.

    Does not report changes of evidence, weight or notes that leave the amounts as they are.

    Args:
        old: 0..1; before.
        new: 0..1; now.

    Returns:
        0..*; in the order of the protocol; a dose in one of both only has None on the other side.
    """
    before, after = _by_key(old), _by_key(new)
    keys = dict.fromkeys((*after, *before))
    changes = (_compare(key, before.get(key), after.get(key)) for key in keys)
    return tuple(change for change in changes if change.is_changed)


def _by_key(record: TreatmentRecord | None) -> dict[_Key, DosingRecord]:
    seen: Counter[tuple[str, int | None]] = Counter()
    found: dict[_Key, DosingRecord] = {}
    for each in record.records if record is not None else ():
        found[each.item, each.day, seen[each.item, each.day]] = each
        seen[each.item, each.day] += 1
    return found


def _compare(key: _Key, old: DosingRecord | None, new: DosingRecord | None) -> DoseChange:
    return DoseChange(
        item=key[0],
        day=key[1],
        status=Pair(_status(old), _status(new)),
        planned=Pair(_planned(old), _planned(new)),
        administered=Pair(_administered(old), _administered(new)),
        deviations=Pair(_deviations(old), _deviations(new)),
    )


def _status(record: DosingRecord | None) -> str | None:
    return record.status.value if record is not None else None


def _planned(record: DosingRecord | None) -> str | None:
    return _amount(record.planned) if record is not None else None


def _administered(record: DosingRecord | None) -> str | None:
    return _amount(record.administered) if record is not None else None


def _amount(dose: PlannedDose | AdministeredDose | None) -> str | None:
    if dose is None:
        return None
    if dose.dose is not None:
        return in_words(dose.dose)
    return dose.reason.value if dose.reason is not None else None


def _deviations(record: DosingRecord | None) -> str | None:
    return " ".join(each.value for each in record.deviations) or None if record is not None else None
