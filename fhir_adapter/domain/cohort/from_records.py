"""One subject of the cohort, from its newest treatment and safety records.

Knows: where the records say what the dose escalation looks at. Does not know: the store, other subjects.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

from fhir_adapter.domain.cohort.subject import CohortSubject
from fhir_adapter.domain.dosing.first_given import read_moment
from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.evidence import is_stated_under
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import HospitalId, SubjectId
from fhir_adapter.domain.spans import midnight

_TICK = timedelta(microseconds=1)


def read_subject(  # noqa: PLR0913 - one named part per thing it is read from
    subject: SubjectId,
    hospital: HospitalId,
    status: str | None,
    *,
    treatment: TreatmentRecord | None,
    safety: SafetyRecord | None,
    level_link: str,
    zone: tzinfo,
) -> CohortSubject:
    """Read one subject as the dose escalation sees it.

    Args:
        subject: Whose records they are.
        hospital: Where the subject is treated.
        status: 0..1; participation status.
        treatment: 0..1; the newest treatment record.
        safety: 0..1; the newest safety record.
        level_link: Link under which a dose level is assigned.
        zone: Zone in which a statement dated by day is read.

    Returns:
        The subject. Without a treatment record it has no level, unless the safety record names one; without a
        safety record the infusions are those the treatment record judged.
    """
    level = treatment.level if treatment is not None else None
    if level is None and safety is not None:
        level = safety.dose_limiting.level
    return CohortSubject(
        subject=subject,
        hospital=hospital,
        status=status,
        level=level,
        assigned=_assigned(treatment.evidence if treatment is not None else (), level_link, zone),
        record=safety.dose_limiting if safety is not None else None,
        infusions=_infusions(treatment, safety),
        suspected_since=_suspected_since(safety, zone) if safety is not None else None,
        missing=tuple(sorted({day for each in safety.syndromes for day in each.missing})) if safety else (),
    )


def _assigned(evidence: Iterable[Evidence], link: str, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """Give all the earliest statement of the level can mean."""
    said = (read_moment(each.effective, zone) for each in evidence if is_stated_under(each, link))
    spans = [
        (moment.instant, moment.instant)
        if moment.instant is not None
        else (midnight(moment.day, zone), midnight(moment.day + timedelta(days=1), zone) - _TICK)
        for moment in said
        if moment is not None
    ]
    return min(spans, default=None)


def _infusions(treatment: TreatmentRecord | None, safety: SafetyRecord | None) -> tuple[tuple[int, datetime], ...]:
    given = safety.infusions if safety is not None else ()
    if not given and treatment is not None:
        given = tuple((each.infusion, each.as_of) for each in treatment.clearances if each.is_retrospective)
    return tuple(sorted(given, key=lambda each: (each[1], each[0])))


def _suspected_since(safety: SafetyRecord, zone: tzinfo) -> datetime | None:
    """Give when the first of what is or may be dose-limiting began."""
    named = safety.dose_limiting.events
    begun = [
        episode.start for syndrome in safety.syndromes for episode in syndrome.episodes if episode.id in named
    ]
    begun += [
        midnight(event.onset_on, zone)
        for event in safety.events
        if event.id in named and event.onset_on is not None
    ]
    return min(begun, default=None)
