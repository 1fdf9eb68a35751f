"""`plan`: one subject's treatment day by day, planned and given, with what follows it.

Knows: treatment records, the trial's plan. Does not know: how a dose is computed, how a calendar is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta, tzinfo

from fhir_adapter.domain.care_plan import FollowUpVisit
from fhir_adapter.domain.dosing.records import DonorFact, TreatmentRecord
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.regimen import Regimen
from fhir_adapter.report.clearance import ClearanceResult, build_clearance
from fhir_adapter.report.dosing import DosingOut, TotalOut, build_dose, build_total
from fhir_adapter.report.explain import EvidenceOut, build_evidence
from fhir_adapter.report.model import NOTICE, Result


class DayOut(Result):
    """One day of the treatment plan; `date` is null while day 0 is not known."""

    day: int
    date: str | None
    doses: list[DosingOut]


class VisitOut(Result):
    """One follow-up visit and what is asked for at it."""

    day: int
    date: str | None
    title: str
    observations: list[str]


class DonorFactOut(Result):
    """One fact about the donor; it ranks donors and never gates."""

    id: str
    title: str
    value: str | None
    unknown_reason: str | None
    evidence: list[EvidenceOut]


class PlanResult(Result):
    """One subject's treatment: every day of the plan, the visits after it, and what it rests on.

    `days` are those from `first_day` to `last_day` of the plan, and any other on which something was given.
    `undated` holds what was given on days that cannot be counted because day 0 is not known. `day_zero_source` is
    `graft`, `planned`, or empty. `today` is the day of `as_of`.
    """

    subject: str
    patient: str
    trial: str
    status: str | None
    as_of: str
    today: int | None
    first_day: int
    last_day: int
    valid_until: str | None
    day_zero: str | None
    day_zero_source: str
    level: int | None
    arm: str | None
    definitions_digest: str
    notice: str = NOTICE
    notes: list[str]
    days: list[DayOut]
    undated: list[DosingOut]
    totals: list[TotalOut]
    clearances: list[ClearanceResult]
    donor: list[DonorFactOut]
    visits: list[VisitOut]
    evidence: list[EvidenceOut]


def build_plan(
    record: TreatmentRecord, regimen: Regimen, trial: Trial, *, patient: str, status: str | None, zone: tzinfo
) -> PlanResult:
    """Lay one subject's treatment out by days.

    Args:
        record: The treatment record.
        regimen: The trial's plan: it says which days there are.
        trial: For the wording of the clearance criteria and the follow-up visits.
        patient: Patient reference, for the reader who has to find the chart.
        status: 0..1; where the subject stands in the trial.
        zone: The hospital's zone; days are its calendar days.

    Returns:
        The result model: every day from the first to the last of the plan, and any other on which something was
        given; visits by rising day.
    """
    doses = [build_dose(record.subject, each) for each in record.records]
    texts = {each.criterion.id: each.criterion.text for each in trial.clearance}
    as_of, planned = record.as_of.astimezone(zone), plan_days(regimen)
    visits = trial.care_plan.visits if trial.care_plan is not None else ()
    return PlanResult(
        subject=record.subject,
        patient=patient,
        trial=record.trial,
        status=status,
        as_of=as_of.isoformat(),
        today=(as_of.date() - record.day_zero).days if record.day_zero else None,
        first_day=planned[0],
        last_day=planned[-1],
        valid_until=record.valid_until.astimezone(zone).isoformat() if record.valid_until else None,
        day_zero=record.day_zero.isoformat() if record.day_zero else None,
        day_zero_source=record.day_zero_source,
        level=record.level,
        arm=record.arm,
        definitions_digest=record.definitions_digest,
        notes=list(record.notes),
        days=_days(doses, planned, record.day_zero),
        undated=[dose for dose in doses if dose.day is None],
        totals=[build_total(record.subject, each) for each in record.totals],
        clearances=[build_clearance(each, texts, zone) for each in record.clearances],
        donor=[_donor_fact(each) for each in record.donor],
        visits=[_visit(each, record.day_zero) for each in visits],
        evidence=[build_evidence(each) for each in record.evidence],
    )


def plan_days(regimen: Regimen) -> range:
    """Give every day of a treatment plan, from its first to the last on which anything is due."""
    last = max(each.day for item in regimen.items for each in item.days)
    return range(regimen.day_zero.first_day, last + 1)


def _days(doses: Iterable[DosingOut], planned: range, day_zero: date | None) -> list[DayOut]:
    by_day: dict[int, list[DosingOut]] = {day: [] for day in planned}
    for dose in doses:
        if dose.day is not None:
            by_day.setdefault(dose.day, []).append(dose)
    return [DayOut(day=day, date=_date(day_zero, day), doses=by_day[day]) for day in sorted(by_day)]


def _visit(visit: FollowUpVisit, day_zero: date | None) -> VisitOut:
    return VisitOut(
        day=visit.day,
        date=_date(day_zero, visit.day),
        title=visit.title,
        observations=[each.display or each.code or "" for each in visit.observations],
    )


def _donor_fact(fact: DonorFact) -> DonorFactOut:
    return DonorFactOut(
        id=fact.id,
        title=fact.title,
        value=fact.value,
        unknown_reason=fact.reason,
        evidence=[build_evidence(each) for each in fact.evidence],
    )


def _date(day_zero: date | None, day: int) -> str | None:
    return (day_zero + timedelta(days=day)).isoformat() if day_zero is not None else None
