"""Which review items a subject's case asks for: what only a named person may decide.

Knows: the grounds of each kind of item. Does not know: how items are kept, decided or shown. An item shows
ids, codes and counts, never a date of birth or anything the hospital wrote.
"""

from __future__ import annotations

from collections.abc import Iterator

from fhir_adapter.domain.anchor import PLANNED_DAY
from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.dosing.deviating import find_deviating
from fhir_adapter.domain.participation import FINAL_STATUSES, WITHDRAWN, verdict_of
from fhir_adapter.domain.records import Eligibility, Verdict
from fhir_adapter.domain.review import ItemKind, ItemState, ReviewItem
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.sync.case import Case
from fhir_adapter.sync.item import build_item
from fhir_adapter.sync.safety_questions import ask_about_safety

DERIVED_KINDS = frozenset(ItemKind) - {ItemKind.WRITE_CONFLICT}
"""Kinds a derivation opens and closes; a write conflict is opened by the delivery."""


def is_withdrawn(case: Case) -> bool:
    """Say whether consent counts as withdrawn: by the record or a person's move, unless a person said no.

    Args:
        case: The subject's case.

    Returns:
        Once withdrawn, True until the criterion PASSes again: an UNKNOWN does not reopen the chart.

    Source:
        clinical review PUT-13; design contracts, Who is written.
    """
    if case.row.status == WITHDRAWN:
        return True
    verdict = verdict_of(case.record, case.trial.withdrawal_criterion)
    if verdict is Verdict.FAIL:
        item = _withdrawal(case)
        return case.answer_to(item.id, item.kind) is not False
    return case.row.withdrawn and verdict is Verdict.UNKNOWN


def is_deceased(case: Case) -> bool:
    """Say whether the patient died by as_of: by the Patient resource, unless a person said no."""
    if not _died(case):
        return False
    item = _death(case)
    return case.answer_to(item.id, item.kind) is not False


def ask(case: Case, row: SubjectRow, *, is_concerned: bool) -> tuple[ReviewItem, ...]:
    """List the items that should be open, or were decided, for a case as it is now.

    Nobody is asked about the verdict of somebody in no written state: they are not in the trial's books. Whether
    consent was withdrawn or the patient died is asked also where that alone kept the patient out of them. What
    went wrong in treatment is asked after its end too.

    Args:
        case: The subject's case.
        row: Where the subject stands after this derivation.
        is_concerned: True where the patient is in the books, or would be but for withdrawal or death.

    Returns:
        0..*; each with an id that stays the same as long as the question does.

    Source:
        design contracts, Who is written, who decides; clinical review PUT-1, PUT-13.
    """
    questions: list[ReviewItem] = []
    if row.status is not None and row.status not in FINAL_STATUSES:
        questions += [*_about_verdict(case), *_about_first_day(case, row)]
    if is_concerned and row.status not in FINAL_STATUSES:
        questions += [*_about_consent(case, row), *_about_death(case)]
    if is_concerned or row.status is not None:
        questions += [*_about_treatment(case), *ask_about_safety(case)]
    return *questions, *_about_merges(case)


def _about_verdict(case: Case) -> Iterator[ReviewItem]:
    if case.is_frozen:
        if case.corrected:
            yield _correction(case)
    elif case.record.verdict is not Eligibility.UNDETERMINED:
        yield _eligibility(case)


def _about_consent(case: Case, row: SubjectRow) -> Iterator[ReviewItem]:
    if verdict_of(case.record, case.trial.withdrawal_criterion) is Verdict.FAIL:
        yield _withdrawal(case)
    age = case.renewal.due_age
    if age is not None and row.consent is not None and not _is_renewal_answered(case, age):
        yield _renewal(case, age)


def _about_death(case: Case) -> Iterator[ReviewItem]:
    if _died(case):
        yield _death(case)


def _is_renewal_answered(case: Case, age: int) -> bool:
    """A person's answer about an age holds although the days of grace pass."""
    return any(
        item.kind is ItemKind.RENEWED_CONSENT
        and item.state is ItemState.DECIDED
        and (item.details or {}).get("age") == str(age)
        for item in case.items
    )


def _about_first_day(case: Case, row: SubjectRow) -> Iterator[ReviewItem]:
    """Ask about a planned first day that is over without a first drug: eligibility stays judged for that day."""
    anchor = case.anchor
    if anchor.source == PLANNED_DAY and anchor.day < case.today and not (row.withdrawn or row.deceased):
        planned = anchor.day.isoformat()
        details = {"planned": planned}
        yield build_item(case, ItemKind.FIRST_DAY_PASSED, "FIRST_DAY_PASSED", digest_of(planned), details)


def _about_treatment(case: Case) -> Iterator[ReviewItem]:
    if case.treatment is not None:
        for finding in find_deviating(case.treatment, case.trial.regimen):
            yield build_item(case, ItemKind.TREATMENT, finding.asked, finding.digest, finding.details)


def _about_merges(case: Case) -> Iterator[ReviewItem]:
    for subject, is_written in sorted(case.merged.items()):
        details = {"merged": str(subject), "written": "yes" if is_written else "no"}
        yield build_item(case, ItemKind.PATIENT_MERGED, "MERGED", digest_of(subject), details)


def _eligibility(case: Case) -> ReviewItem:
    record = case.record
    details = {"failing": " ".join(record.failing), "unknown": " ".join(record.unknown)}
    return build_item(case, ItemKind.ELIGIBILITY, record.verdict.value, record.evidence_digest, details)


def _correction(case: Case) -> ReviewItem:
    frozen = case.frozen or case.record
    seen = digest_of(frozen.evidence_digest, list(case.corrected), case.record.evidence_digest)
    details = {
        "corrected": " ".join(case.corrected),
        "frozen": frozen.verdict.value,
        "now": case.record.verdict.value,
    }
    return build_item(case, ItemKind.FROZEN_EVIDENCE, "EVIDENCE_CORRECTED", seen, details)


def _withdrawal(case: Case) -> ReviewItem:
    evidence = case.evidence_of(case.trial.withdrawal_criterion)
    details = {"evidence": " ".join(evidence)}
    return build_item(case, ItemKind.CONSENT_WITHDRAWN, "WITHDRAWN", digest_of(sorted(evidence)), details)


def _died(case: Case) -> bool:
    demographics = case.timeline.demographics
    if demographics is None or demographics.deceased is None or isinstance(demographics.deceased, bool):
        return demographics is not None and demographics.deceased is True
    return demographics.deceased.earliest(case.zone) <= case.as_of


def _death(case: Case) -> ReviewItem:
    demographics = case.timeline.demographics
    reference = demographics.source.reference if demographics is not None else ""
    return build_item(case, ItemKind.DECEASED, "DECEASED", digest_of(reference), {"evidence": reference})


def _renewal(case: Case, age: int) -> ReviewItem:
    asked = f"CONSENT_{'OVERDUE' if case.renewal.overdue else 'DUE'}_AT_{age}"
    return build_item(case, ItemKind.RENEWED_CONSENT, asked, digest_of(asked), {"age": str(age)})
