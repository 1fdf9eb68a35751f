"""An adverse event only the hospital reports, as a record: what it says, and what it leaves open.

Knows: onset against the infusions, state, grade as stated. Does not know: which reports are one event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from fhir_adapter.domain.safety.hospital_report import HospitalReport
from fhir_adapter.domain.safety.identity import event_id
from fhir_adapter.domain.safety_model.event_records import (
    AdverseEventRecord,
    EventOrigin,
    EventState,
    GradeChange,
    ReportedLink,
)
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.toxicity.catalogue import Catalogue

HIGHEST_LIVING = 4
"""What an event without a grade may have reached: the scales' highest grade of a living patient."""

_BY_HOSPITAL = "the hospital says so"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Against what a report's time is placed, and where its term is looked up."""

    subject: SubjectId
    as_of: datetime
    zone: tzinfo
    infusions: tuple[tuple[int, datetime], ...]
    day_zero: date | None
    scale: str
    terms: Catalogue | None
    hematologic: frozenset[str]


def build_reported(reports: Sequence[HospitalReport], unclear: str | None, setting: Setting) -> AdverseEventRecord:
    """Build the record of an event only the hospital reports.

    Does not grade: a report without a grade leaves every grade of a living patient possible.

    Args:
        reports: 1..*; the first names the event.
        unclear: 0..1; which derived events it may be.
        setting: Infusions, day 0, terms.

    Returns:
        An event of origin `reported`. Whether it began before or after the first infusion is None where its
        date leaves both possible.
    """
    first = reports[0]
    dated = next((each for each in reports if each.at is not None), first)
    term = setting.terms.term(first.name) if setting.terms is not None else None
    scale = first.kind.scale if first.kind is not None and first.kind.scale is not None else setting.scale
    notes = [f"{each.reference}: {note}" for each in reports for note in each.notes]
    notes += [unclear] if unclear is not None else []
    notes += [f"graded by {scale}, by a person"] if scale != setting.scale else []
    return AdverseEventRecord(
        id=event_id(setting.subject, first.name, first.reference),
        term=first.name,
        meddra=term.meddra if term is not None else None,
        soc=term.soc if term is not None else None,
        scale=scale,
        origin=EventOrigin.REPORTED,
        special_interest=first.kind.special if first.kind is not None else None,
        hematologic=first.name in setting.hematologic,
        reported=tuple(_link(each, first) for each in reports),
        notes=tuple(notes),
        evidence=tuple(cited for each in reports for cited in each.evidence),
        **_grade(reports, dated),
        **_onset(dated, setting),
        **_end(reports, setting),
    )


def _link(report: HospitalReport, first: HospitalReport) -> ReportedLink:
    why = "only the hospital reports it"
    if report is not first:
        names = report.reference in first.results_in
        why = f"{first.reference} names it as its result" if names else f"the same thing as {first.reference}"
    return ReportedLink(reference=report.reference, grade=report.grade, why=why)


def _grade(reports: Sequence[HospitalReport], dated: HospitalReport) -> dict[str, Any]:
    stated = [(each.grade, each) for each in reports if each.grade is not None]
    if not stated:
        return {"grade": None, "worst_possible": HIGHEST_LIVING}
    grade, source = max(stated, key=lambda each: each[0])
    changes: tuple[GradeChange, ...] = ()
    if dated.at is not None:
        changes = (GradeChange(at=dated.at.first, grade=grade, at_least=False, reference=source.reference),)
    return {
        "grade": grade,
        "worst_possible": grade,
        "worst_on": dated.begun.text if dated.begun is not None else None,
        "changes": changes,
    }


def _onset(dated: HospitalReport, setting: Setting) -> dict[str, Any]:
    if dated.at is None or dated.begun is None:
        return {"onset": "", "onset_on": None, "treatment_emergent": None}
    at = dated.at
    day = at.first_day if at.first_day == at.last_day else None
    starts = sorted((start, number) for number, start in setting.infusions)
    before = [number for start, number in starts if start <= at.first]
    emergent: bool | None = False
    if starts:
        emergent = True if at.first >= starts[0][0] else (False if at.last < starts[0][0] else None)
    return {
        "onset": dated.begun.text,
        "onset_on": day,
        "onset_day": (day - setting.day_zero).days if day is not None and setting.day_zero is not None else None,
        "treatment_emergent": emergent,
        "pre_existing": bool(starts) and emergent is False,
        "after_infusion": before[-1] if before else None,
    }


def _end(reports: Sequence[HospitalReport], setting: Setting) -> dict[str, Any]:
    """Take the end only where no report of the event says that it goes on."""
    states = {each.state for each in reports}
    if EventState.ONGOING in states:
        return {"state": EventState.ONGOING}
    ends = [
        (each.ended_at.last, each.ended)
        for each in reports
        if each.state is EventState.RESOLVED and each.ended is not None and each.ended_at is not None
    ]
    if not ends:
        return {"state": EventState.UNKNOWN}
    _, ended = max(ends, key=lambda each: each[0])
    return {
        "state": EventState.RESOLVED,
        "resolved": ended.text,
        "resolved_on": ended.day(setting.zone),
        "resolved_by": _BY_HOSPITAL,
    }
