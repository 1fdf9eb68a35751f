"""`subjects`: everybody in the trial with status and verdict, and what would decide the open questions."""

from __future__ import annotations

from collections.abc import Iterable

from fhir_adapter.domain.records import EligibilityRecord, Verdict
from fhir_adapter.report.model import Result


class SubjectOut(Result):
    """One subject."""

    subject: str
    patient: str
    status: str | None
    verdict: str
    failing: list[str]
    unknown: list[str]


class SubjectsResult(Result):
    """All subjects; as JSON the list alone."""

    subjects: list[SubjectOut]


class NeedOut(Result):
    """One fact somebody has to provide."""

    subject: str
    patient: str
    criterion: str
    unknown_reason: str
    next_fact: str


class SubjectNeeds(Result):
    """What one subject needs."""

    subject: str
    patient: str
    needs: list[NeedOut]


class CriterionNeeds(Result):
    """Who needs something for one criterion."""

    criterion: str
    needs: list[NeedOut]


class NeedsResult(Result):
    """A coordinator's worklist, by subject and by criterion."""

    by_subject: list[SubjectNeeds]
    by_criterion: list[CriterionNeeds]


class Listed(Result):
    """A subject's row with its record, as bootstrap hands it over."""

    subject: str
    patient: str
    status: str | None
    record: EligibilityRecord | None


def build_subjects(listed: Iterable[Listed]) -> SubjectsResult:
    """List subjects, those with a decided verdict and those still open alike.

    Args:
        listed: Rows with their latest record.

    Returns:
        One row per subject, in the order given; a subject never derived is UNDETERMINED.
    """
    return SubjectsResult(
        subjects=[
            SubjectOut(
                subject=row.subject,
                patient=row.patient,
                status=row.status,
                verdict=row.record.verdict if row.record else "UNDETERMINED",
                failing=list(row.record.failing) if row.record else [],
                unknown=list(row.record.unknown) if row.record else [],
            )
            for row in listed
        ]
    )


def build_needs(listed: Iterable[Listed]) -> NeedsResult:
    """Collect the next facts that would decide what is UNKNOWN.

    Args:
        listed: Rows with their latest record.

    Returns:
        The same needs twice: grouped by subject, and by criterion.
    """
    needs = [
        NeedOut(
            subject=row.subject,
            patient=row.patient,
            criterion=result.id,
            unknown_reason=result.unknown_reason or "",
            next_fact=result.next_fact or "",
        )
        for row in listed
        if row.record
        for result in row.record.criteria
        if result.verdict is Verdict.UNKNOWN
    ]
    subjects = dict.fromkeys((need.subject, need.patient) for need in needs)
    criteria = dict.fromkeys(need.criterion for need in needs)
    return NeedsResult(
        by_subject=[
            SubjectNeeds(
                subject=subject, patient=patient, needs=[need for need in needs if need.subject == subject]
            )
            for subject, patient in subjects
        ],
        by_criterion=[
            CriterionNeeds(criterion=criterion, needs=[need for need in needs if need.criterion == criterion])
            for criterion in criteria
        ],
    )
