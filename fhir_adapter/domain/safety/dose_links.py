"""Which trial doses were given before an adverse event began.

Knows: days between a dose and an event. Does not know: whether the dose caused it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from fhir_adapter.domain.dosing.first_given import Moment, read_moment
from fhir_adapter.domain.dosing.records import DosingRecord, DosingStatus
from fhir_adapter.domain.safety_model.event_records import DoseLink
from fhir_adapter.domain.safety_model.records import GradedResult


@dataclass(frozen=True, slots=True)
class TrialDose:
    """A dose of the trial that was given, or may have been, with when."""

    record: DosingRecord
    references: tuple[str, ...]
    at: Moment


def list_trial_doses(doses: Iterable[DosingRecord], zone: tzinfo) -> tuple[TrialDose, ...]:
    """List the doses that were given on a known day, earliest first.

    Args:
        doses: 0..*; the subject's treatment record.
        zone: The hospital's zone.

    Returns:
        Doses not given, and those of no known day, are none of them.
    """
    found: list[TrialDose] = []
    for dose in doses:
        given = dose.administered
        if given is None or dose.status is DosingStatus.NOT_GIVEN:
            continue
        at = read_moment(given.started, zone) or (Moment(given.on, None) if given.on is not None else None)
        if at is not None:
            found.append(TrialDose(dose, given.parts, at))
    return tuple(sorted(found, key=lambda each: (each.at.day, each.record.item, each.references)))


def link_doses(
    doses: Iterable[TrialDose], opening: GradedResult, *, days: int, day_zero: date | None, zone: tzinfo
) -> tuple[DoseLink, ...]:
    """Link the doses given in the days before an event began.

    Args:
        doses: 0..*; earliest first.
        opening: The result the event began with.
        days: How many calendar days back.
        day_zero: 0..1; calendar day of day 0.
        zone: The hospital's zone.

    Returns:
        The doses, the latest last. Of the event's own day those not certainly after it.
    """
    onset = opening.at.astimezone(zone).date()
    return tuple(
        DoseLink(
            item=each.record.item,
            title=each.record.title,
            day=(each.at.day - day_zero).days if day_zero is not None else None,
            references=each.references,
            days_before=(onset - each.at.day).days,
        )
        for each in doses
        if 0 <= (onset - each.at.day).days <= days and not _is_after(each.at, opening.until or opening.at)
    )


def _is_after(at: Moment, moment: datetime) -> bool:
    return at.instant is not None and at.instant > moment
