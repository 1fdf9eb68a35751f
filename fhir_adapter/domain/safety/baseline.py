"""The result a grade is compared with: the last one before the first conditioning drug.

Knows: when treatment began, which result was the last before it. Does not know: scales. A result is never compared
with itself, nor with a later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from fhir_adapter.domain.dosing.first_given import read_moment
from fhir_adapter.domain.dosing.records import DosingRecord, DosingStatus
from fhir_adapter.domain.protocol import AnchorRule
from fhir_adapter.domain.regimen import Regimen
from fhir_adapter.domain.safety.usable import Usable
from fhir_adapter.domain.spans import clamped, midnight

Baselines = Mapping[str | None, Usable | None]
"""Standard unit -> the baseline of results in that unit; None where several contradict each other."""


@dataclass(frozen=True, slots=True)
class BaselineWindow:
    """Where a baseline may lie.

    Attributes:
        before: Start of the first conditioning drug: the last moment that no longer counts.
        since: First calendar day that counts.
    """

    before: datetime
    since: date

    def holds(self, result: Usable) -> bool:
        """Say whether a result lies in it, whatever its time can mean."""
        return result.at.last < self.before and result.at.first_day >= self.since


def find_baseline_before(
    doses: Iterable[DosingRecord],
    rule: AnchorRule,
    regimen: Regimen,
    *,
    day_zero: date | None,
    zone: tzinfo,
) -> datetime | None:
    """Find the moment baselines lie before: the start of the first conditioning drug.

    Args:
        doses: 0..*; the subject's treatment record.
        rule: The trial's first drugs and their planned day.
        regimen: Which planned items they are.
        day_zero: 0..1; calendar day of day 0.
        zone: The hospital's zone.

    Returns:
        Start of the earliest dose of a first drug given wholly or in part, the first moment of its day where the
        time of day is not known; before any was given the first moment of its planned day; None where neither is
        known.

    Source:
        clinical review, PUT-6.
    """
    names = {str(drug) for drug in rule.first_drugs}
    names |= {item.id for item in regimen.items if not names.isdisjoint(item.concepts)}
    starts = [
        moment.instant or midnight(moment.day, zone)
        for dose in doses
        if dose.item in names and dose.administered is not None and dose.status is not DosingStatus.NOT_GIVEN
        for moment in (read_moment(dose.administered.started, zone),)
        if moment is not None
    ]
    if starts:
        return min(starts).astimezone(zone)
    if day_zero is None:
        return None
    return midnight(clamped(clamped(day_zero) + timedelta(days=rule.offset_days)), zone).astimezone(zone)


def window_before(before: datetime, days: int, zone: tzinfo) -> BaselineWindow:
    """Give the window of calendar days before the first conditioning drug, both ends included."""
    return BaselineWindow(before, clamped(before.astimezone(zone).date()) - timedelta(days=days))


def find_baselines(results: Sequence[Usable], window: BaselineWindow) -> Baselines:
    """Find the baselines of one concept's results: for each standard unit the last result before treatment.

    Does not convert between standard units: a value in another one has a baseline of its own.

    Args:
        results: 0..*; usable results of one concept, earliest first.
        window: Where a baseline may lie.

    Returns:
        The last result per unit; None where results of that same moment differ, or where it is censored.

    Source:
        clinical review, PUT-6.
    """
    found: dict[str | None, Usable | None] = {}
    last: dict[str | None, Usable] = {}
    for result in results:
        if result.standard is None or not window.holds(result):
            continue
        unit = result.standard.unit
        earlier = last.get(unit)
        is_same_time = earlier is not None and earlier.at == result.at
        if is_same_time and earlier is not None and earlier.standard != result.standard:
            found[unit] = None
        elif not is_same_time:
            last[unit] = result
            found[unit] = result if result.standard.comparator is None else None
    return found


def baseline_of(result: Usable, baselines: Baselines, window: BaselineWindow | None) -> Usable | None:
    """Give the baseline of one result.

    Args:
        result: The result to be graded.
        baselines: Of its concept.
        window: 0..1; where baselines lie; None where it is not known when treatment began.

    Returns:
        The baseline; None for results before treatment, which would be graded against themselves or against a
        later one, and where none is known.
    """
    if window is None or result.standard is None or result.at.last < window.before:
        return None
    baseline = baselines.get(result.standard.unit)
    return None if baseline is None or baseline.at.last > result.at.first else baseline
