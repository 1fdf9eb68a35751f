"""Who is under treatment, and everything their doses are derived against.

Knows: what opens a course, what people stated, when it ends. Does not know: how any dose is computed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, tzinfo

from fhir_adapter.domain.anchor import GIVEN
from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.day_zero import find_day_zero
from fhir_adapter.domain.dosing.stated import Stated, find_stated
from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.regimen import ItemKind, Regimen
from fhir_adapter.domain.scene import utc
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.spans import span
from fhir_adapter.domain.spoken import standing
from fhir_adapter.domain.timeline import Timeline


def open_course(
    timeline: Timeline, trial: Trial, *, subject: SubjectId, as_of: datetime, zone: tzinfo, stopped_dose: str
) -> Course | None:
    """Collect everything one subject's doses are derived against.

    Does not know of withdrawal, which a person moves: see `end_course`.

    Args:
        timeline: The person's facts.
        trial: The trial's definitions.
        subject: Whose course it is.
        as_of: Clinical time, aware.
        zone: The hospital's zone.
        stopped_dose: What the dose of a stopped administration means here (`administered`, `ordered`,
            `unknown`).

    Returns:
        The course; None where the trial has no treatment plan, or nobody assigned a dose level or chose the
        conditioning and the trial's cells were never given.

    Source:
        issue B, dosing records; design contracts, Attestations.
    """
    regimen = trial.regimen
    if regimen is None:
        return None
    now = utc(as_of)
    links = stated_links(regimen)
    stated = {link: find_stated(timeline.attestations, link, until=now, zone=zone) for link in links}
    if not _is_open(timeline, regimen, stated, now, zone):
        return None
    person = timeline.demographics
    return Course(
        subject=subject,
        timeline=timeline,
        regimen=regimen,
        as_of=now,
        zone=zone,
        day_zero=find_day_zero(
            timeline,
            regimen.day_zero,
            stated_plan=stated[regimen.day_zero.plan_link],
            assigned_on=_assigned_on(timeline, regimen, now, zone),
            as_of=now,
            zone=zone,
        ),
        stated=stated,
        birth=person.birth_date if person is not None else None,
        gender=person.gender if person is not None else None,
        ends=last_day_alive(timeline, now, zone),
        stopped_dose=stopped_dose,
        early_days=trial.anchor.search_days_before,
    )


def end_course(course: Course, last_day: date) -> Course:
    """Give the course that ends on a day (a withdrawal), unless it ended before; nothing later is read."""
    return replace(course, ends=min(course.ends or last_day, last_day), read_until=last_day)


def stated_links(regimen: Regimen) -> tuple[str, ...]:
    """Give every link under which a treatment plan asks what was stated, in order of their names."""
    conditions = [each.only_if for each in regimen.items]
    conditions += [day.only_if for each in regimen.items for day in each.days]
    donor = regimen.donor
    links = {regimen.levels.link_id, regimen.day_zero.plan_link, donor.type_link, donor.same_donor_link}
    links |= {each.link_id for each in conditions if each is not None}
    links |= {each.link_id for each in donor.shown if each.link_id is not None}
    return tuple(sorted(links))


def _is_open(timeline: Timeline, regimen: Regimen, stated: dict[str, Stated], now: datetime, zone: tzinfo) -> bool:
    """Say whether a level or a conditioning was stated, by however many people, or the cells were given."""
    chosen = {item.only_if.link_id for item in regimen.items if item.only_if is not None}
    if any(stated[link].evidence for link in {regimen.levels.link_id, *chosen}):
        return True
    cells = {concept for item in regimen.items if item.kind is ItemKind.CELLS for concept in item.concepts}
    return any(_was_given(given, now, zone) for concept in cells for given in timeline.exposures.get(concept, ()))


def _was_given(given: Exposure, now: datetime, zone: tzinfo) -> bool:
    start = given.effective.start if given.effective is not None else None
    return given.status in GIVEN and (start is None or span(start, zone).first <= now)


def _assigned_on(timeline: Timeline, regimen: Regimen, now: datetime, zone: tzinfo) -> date | None:
    made = standing(timeline.attestations, regimen.levels.link_id, until=now, zone=zone)
    return min((span(each.authored, zone).first_day for each in made), default=None)


def last_day_alive(timeline: Timeline, now: datetime, zone: tzinfo) -> date | None:
    """Give the last day somebody who died can have been alive.

    Args:
        timeline: The person's facts.
        now: Clinical time; a later death has not happened.
        zone: The hospital's zone.

    Returns:
        The day of death; where it is not known, the last one it can have been: of the month or year written, of
        the day the hospital's record of the person was changed last, and never later than today. None where
        nothing says that the person died.
    """
    person = timeline.demographics
    deceased = person.deceased if person is not None else None
    if person is None or deceased is None or deceased is False:
        return None
    changed = person.source.last_updated
    today = now.astimezone(zone).date()
    known = min(today, span(changed, zone).last_day) if changed is not None else today
    if deceased is True:
        return known
    at = span(deceased, zone)
    if at.first > now:
        return None
    return min(at.last_day, max(at.first_day, known))
