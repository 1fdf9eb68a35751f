"""The moment eligibility is judged for.

Knows: first trial drug, planned day, as_of. Does not know: criteria. Facts after the anchor never count, so
that treatment cannot flip a child who is already in the trial.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.protocol import AnchorRule
from fhir_adapter.domain.spans import clamped, midnight, span
from fhir_adapter.domain.spoken import standing
from fhir_adapter.domain.timeline import Timeline

FIRST_DRUG = "first-trial-drug"
PLANNED_DAY = "planned-day"
AS_OF = "as-of"
SAMPLE = "sample"
GIVEN = frozenset({"completed", "in-progress", "stopped"})
"""Statuses of an exposure that was given, wholly or in part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The moment eligibility is judged for.

    Attributes:
        start: Hours are counted back from here: the instant itself, or the first one of a day.
        time: The last instant at which a fact still counts; never after as_of.
        day: Its calendar day at the hospital; days and months are counted back from here.
        source: `first-trial-drug`, `planned-day`, or `as-of`; `sample` for a statement judged for a result.
        planned: 0..1; the planned first day, where it still lies ahead: what is stale by then is not yet due.
    """

    start: datetime
    time: datetime
    day: date
    source: str
    planned: date | None = None


def find_anchor(timeline: Timeline, rule: AnchorRule, *, as_of: datetime, zone: tzinfo) -> Anchor:
    """Find the eligibility anchor: first trial drug, else the planned first day, else as_of.

    A first drug counts only near an attested plan: the same drugs given earlier were earlier treatment. Where
    several people attested different days the latest holds: it leaves the fewest results fresh.

    Args:
        timeline: The person's facts.
        rule: The trial's first drugs and the link of the planned day 0.
        as_of: Clinical time, aware.
        zone: The hospital's zone.

    Returns:
        The anchor, never after as_of. A day known only as a date counts to its end, as far as as_of reaches.

    Source:
        clinical review, PUT-1; design contracts, Time.
    """
    now = as_of.astimezone(UTC)
    planned = _planned_day(timeline, rule, now, zone)
    if planned is None:
        return _at(now, AS_OF, zone)
    given = _first_drug(timeline, rule, planned, now, zone)
    if given is not None:
        if given.instant is not None:
            return _at(given.instant, FIRST_DRUG, zone)
        return _on(given.first_day, FIRST_DRUG, now, zone)
    if planned > now.astimezone(zone).date():
        return Anchor(start=now, time=now, day=now.astimezone(zone).date(), source=AS_OF, planned=planned)
    return _on(planned, PLANNED_DAY, now, zone)


def _planned_day(timeline: Timeline, rule: AnchorRule, now: datetime, zone: tzinfo) -> date | None:
    plans = standing(timeline.attestations, rule.plan_link, until=now, zone=zone)
    days = [plan.value for plan in plans if isinstance(plan.value, date)]
    return clamped(clamped(max(days)) + timedelta(days=rule.offset_days)) if days else None


def _first_drug(
    timeline: Timeline, rule: AnchorRule, planned: date, now: datetime, zone: tzinfo
) -> FhirDateTime | None:
    earliest = planned - timedelta(days=rule.search_days_before)
    found: list[tuple[datetime, str, FhirDateTime]] = []
    for start in _starts(timeline, rule):
        when = span(start, zone)
        if when.first_day == when.last_day and when.first_day >= earliest and when.first <= now:
            found.append((when.first, start.text, start))
    return min(found, key=lambda each: each[:2])[2] if found else None


def _starts(timeline: Timeline, rule: AnchorRule) -> Iterable[FhirDateTime]:
    for drug in rule.first_drugs:
        for exposure in timeline.exposures.get(drug, ()):
            start = exposure.effective.start if exposure.effective is not None else None
            if start is not None and exposure.status in GIVEN and not exposure.contested:
                yield start


def _at(instant: datetime, source: str, zone: tzinfo) -> Anchor:
    moment = instant.astimezone(UTC)
    return Anchor(start=moment, time=moment, day=moment.astimezone(zone).date(), source=source)


def _on(day: date, source: str, now: datetime, zone: tzinfo) -> Anchor:
    end = midnight(day + timedelta(days=1), zone) - timedelta(microseconds=1)
    return Anchor(start=midnight(day, zone), time=min(end, now), day=day, source=source)
