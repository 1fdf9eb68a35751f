"""The day everything is counted from: the first graft infusion, before it the planned day.

Knows: which graft is this treatment's. Does not know: what is planned on any day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo

from fhir_adapter.domain.anchor import GIVEN
from fhir_adapter.domain.answers import Cause, next_fact
from fhir_adapter.domain.dosing.course import DayZero
from fhir_adapter.domain.dosing.stated import Stated
from fhir_adapter.domain.evidence import of_event
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Intervention
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import DayZeroRule
from fhir_adapter.domain.scene import utc
from fhir_adapter.domain.spans import clamped, span
from fhir_adapter.domain.spoken import standing
from fhir_adapter.domain.timeline import Timeline

GRAFT = "graft"
PLANNED = "planned"


def find_day_zero(
    timeline: Timeline,
    rule: DayZeroRule,
    *,
    stated_plan: Stated,
    assigned_on: date | None,
    as_of: datetime,
    zone: tzinfo,
) -> DayZero:
    """Find day 0: the day of the first graft infusion of this treatment, before it the planned day.

    A boost never moves it, and a graft before this treatment began never is it. A graft whose day is not known,
    or two contents of which contradict each other, does not decide.

    Args:
        timeline: The person's facts.
        rule: What a graft is, and when treatment begins.
        stated_plan: What people stated about the planned day 0.
        assigned_on: 0..1; when the dose level was first stated; bounds the grafts where no plan stands.
        as_of: Clinical time, aware; later grafts do not exist.
        zone: The hospital's zone, in which days are counted.

    Returns:
        The day with its source and evidence; None with the reason where nobody planned it (NEEDS_ATTESTATION)
        or people planned different days (CONFLICTING).

    Source:
        rules sheet A34: calendar date of the graft infusion in the site's time zone.
    """
    begins = _begins(timeline, rule, assigned_on, as_of, zone)
    found = [] if begins is None else list(_grafts(timeline, rule, as_of, zone))
    mine = [(day, graft) for day, graft in found if begins is not None and day >= begins]
    if mine:
        day, graft = min(mine, key=lambda each: (each[0], each[1].source.reference, each[1].source.version))
        return DayZero(day=day, source=GRAFT, evidence=of_event(graft, timeline, role=GRAFT))
    if isinstance(stated_plan.value, date):
        return DayZero(day=clamped(stated_plan.value), source=PLANNED, evidence=stated_plan.evidence)
    cause = Cause(reason=stated_plan.reason or UnknownReason.NEEDS_ATTESTATION)
    return DayZero(
        day=None,
        reason=cause.reason,
        next_fact=next_fact(cause, "planned date of the graft infusion (day 0)"),
        evidence=stated_plan.evidence,
    )


def _begins(
    timeline: Timeline, rule: DayZeroRule, assigned_on: date | None, as_of: datetime, zone: tzinfo
) -> date | None:
    """Give the first day of this treatment; of several planned days the earliest leaves no graft out."""
    plans = standing(timeline.attestations, rule.plan_link, until=as_of, zone=zone)
    days = [clamped(plan.value) for plan in plans if isinstance(plan.value, date)]
    return min(days) + timedelta(days=rule.first_day) if days else assigned_on


def _grafts(
    timeline: Timeline, rule: DayZeroRule, as_of: datetime, zone: tzinfo
) -> Iterator[tuple[date, Exposure | Intervention]]:
    """Give every graft infusion up to now whose day is known."""
    for concept in rule.graft:
        for given in timeline.exposures.get(concept, ()):
            yield from _dated(given, given.effective, as_of, zone)
        for done in timeline.interventions.get(concept, ()):
            yield from _dated(done, done.performed, as_of, zone)


def _dated(
    graft: Exposure | Intervention, when: Effective | None, as_of: datetime, zone: tzinfo
) -> Iterator[tuple[date, Exposure | Intervention]]:
    start = when.start if when is not None else None
    if start is None or graft.status not in GIVEN or graft.contested:
        return
    at = span(start, zone)
    if at.first_day == at.last_day and at.first <= utc(as_of):
        yield at.first_day, graft
