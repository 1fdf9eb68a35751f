"""`dosing`: every planned dose and what became of it, and the totals of each course.

Knows: treatment records. Does not know: how a dose is computed or matched, where records are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from fhir_adapter.domain.dosing.amount_words import in_digits
from fhir_adapter.domain.dosing.records import (
    AdministeredDose,
    CourseTotal,
    Dose,
    DosingRecord,
    PlannedDose,
    TreatmentRecord,
)
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.report.amount import percent_text
from fhir_adapter.report.explain import EvidenceOut, build_evidence
from fhir_adapter.report.model import Result


class DoseOut(Result):
    """An amount [UCUM]; at most eight significant digits."""

    value: str
    unit: str


class PlannedOut(Result):
    """What is due.

    `value` is null where the dose is not known (`unknown_reason`, `next_fact`) or the plan states none.
    `weight` is the body weight it rests on [kg]; `last_day` the end of a course with one dose for several days.
    """

    value: str | None
    unit: str | None
    calculation: str
    per_kg: DoseOut | None
    weight: str | None
    replanned: bool
    last_day: int | None
    unknown_reason: str | None
    next_fact: str | None


class AdministeredOut(Result):
    """What was given, all its parts together; `value` is null where the amount is not known (`unknown_reason`)."""

    value: str | None
    unit: str | None
    per_kg: DoseOut | None
    started: str | None
    date: str | None
    minutes: str | None
    routes: list[str]
    matched_level: int | None
    parts: list[str]
    unknown_reason: str | None
    next_fact: str | None


class DosingOut(Result):
    """One planned dose and what became of it, or something given that was not planned (`planned` is null)."""

    subject: str
    item: str
    title: str
    kind: str
    day: int | None
    date: str | None
    planned: PlannedOut | None
    administered: AdministeredOut | None
    difference_percent: str | None
    day_offset: int | None
    minutes: str | None
    status: str
    reason: str | None
    next_fact: str | None
    deviations: list[str]
    status_reasons: list[str]
    notes: list[str]
    evidence: list[EvidenceOut]


class TotalOut(Result):
    """One item's whole course; the difference is null until every part of it is known."""

    subject: str
    item: str
    title: str
    per_basis: str
    planned: DoseOut | None
    administered: DoseOut | None
    difference_percent: str | None
    is_complete: bool
    deviations: list[str]
    reason: str | None


class DosingResult(Result):
    """Doses and course totals; as JSON one of the two lists."""

    doses: list[DosingOut]
    totals: list[TotalOut]


def build_dosing(records: Iterable[TreatmentRecord]) -> DosingResult:
    """Put treatment records into rows.

    Args:
        records: One per subject, in the order to show.

    Returns:
        Rows by subject, each subject's in the order of the record.
    """
    doses: list[DosingOut] = []
    totals: list[TotalOut] = []
    for record in records:
        doses += [build_dose(record.subject, each) for each in record.records]
        totals += [build_total(record.subject, each) for each in record.totals]
    return DosingResult(doses=doses, totals=totals)


def build_dose(subject: SubjectId, record: DosingRecord) -> DosingOut:
    """Put one dose into its row.

    Args:
        subject: Whose it is.
        record: The dose.

    Returns:
        The row, with the evidence of plan and administration, each source once.
    """
    planned = record.planned.evidence if record.planned is not None else ()
    given = record.administered
    return DosingOut(
        subject=subject,
        item=record.item,
        title=record.title,
        kind=record.kind,
        day=record.day,
        date=record.date.isoformat() if record.date else None,
        planned=_planned(record.planned) if record.planned is not None else None,
        administered=_administered(given) if given is not None else None,
        difference_percent=_percent(record.difference),
        day_offset=record.day_offset,
        minutes=_digits(given.minutes) if given is not None else None,
        status=record.status,
        reason=record.reason,
        next_fact=record.next_fact,
        deviations=list(record.deviations),
        status_reasons=list(record.status_reasons),
        notes=_notes(record),
        evidence=[build_evidence(each) for each in dict.fromkeys((*planned, *record.evidence))],
    )


def build_total(subject: SubjectId, total: CourseTotal) -> TotalOut:
    """Put one course's total into its row.

    Args:
        subject: Whose it is.
        total: The total.

    Returns:
        The row.
    """
    return TotalOut(
        subject=subject,
        item=total.item,
        title=total.title,
        per_basis=total.per_basis,
        planned=_dose(total.planned),
        administered=_dose(total.administered),
        difference_percent=_percent(total.difference),
        is_complete=total.is_complete,
        deviations=list(total.deviations),
        reason=total.reason,
    )


def _planned(planned: PlannedDose) -> PlannedOut:
    return PlannedOut(
        value=in_digits(planned.dose.value) if planned.dose else None,
        unit=planned.dose.unit if planned.dose else None,
        calculation=planned.calculation,
        per_kg=_dose(planned.per_kg),
        weight=_digits(planned.weight),
        replanned=planned.replanned,
        last_day=planned.last_day,
        unknown_reason=planned.reason,
        next_fact=planned.next_fact,
    )


def _administered(given: AdministeredDose) -> AdministeredOut:
    return AdministeredOut(
        value=in_digits(given.dose.value) if given.dose else None,
        unit=given.dose.unit if given.dose else None,
        per_kg=_dose(given.per_kg),
        started=given.started,
        date=given.on.isoformat() if given.on else None,
        minutes=_digits(given.minutes),
        routes=list(given.routes),
        matched_level=given.matched_level,
        parts=list(given.parts),
        unknown_reason=given.reason,
        next_fact=given.next_fact,
    )


def _notes(record: DosingRecord) -> list[str]:
    planned = record.planned.notes if record.planned is not None else ()
    return list(dict.fromkeys((*planned, *record.notes)))


def _dose(dose: Dose | None) -> DoseOut | None:
    return DoseOut(value=in_digits(dose.value), unit=dose.unit) if dose is not None else None


def _digits(value: Fraction | None) -> str | None:
    return in_digits(value) if value is not None else None


def _percent(share: Fraction | None) -> str | None:
    return percent_text(share) if share is not None else None
