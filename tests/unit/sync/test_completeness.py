from __future__ import annotations

from dataclasses import replace

from fhir_adapter.domain.source import Completeness
from fhir_adapter.ports.source import IssueKind, ScopeReceipt, SourceIssue, SourcePage
from fhir_adapter.sync.completeness import Receipts


def judge(receipts: Receipts, kind: str = "Procedure", patient: str = "1") -> Completeness:
    (receipt,) = receipts.completeness(patient, [kind], run="r", read_at="now")
    return replace(receipt, run="", read_at="")


def read(
    patient: str | None = None, *, complete: bool = True, hidden: bool = False, truncated: bool = False
) -> Receipts:
    receipts = Receipts()
    receipts.add_receipt(
        ScopeReceipt(
            resource_type="Procedure",
            patient=patient,
            complete=complete,
            hidden=hidden,
            truncated=truncated,
            query="q",
        )
    )
    return receipts


def issue(kind: IssueKind, resource_type: str | None = "Procedure", patient: str | None = None) -> SourcePage:
    return SourcePage(
        resources=(), patient="1", issues=(SourceIssue(kind=kind, resource_type=resource_type, patient=patient),)
    )


def test_a_type_read_to_its_end_is_complete_for_everybody() -> None:
    assert judge(read()) == Completeness(resource_type="Procedure", complete=True, query="q")


def test_a_receipt_about_one_patient_counts_for_that_one_only() -> None:
    assert judge(read("1")).complete
    assert not judge(read("2")).complete


def test_a_receipt_about_one_patient_outweighs_the_one_about_everybody() -> None:
    receipts = read()
    receipts.add_receipt(ScopeReceipt(resource_type="Procedure", patient="1", complete=False))
    assert not judge(receipts).complete
    assert judge(receipts, patient="2").complete


def test_a_type_without_receipt_is_not_complete() -> None:
    assert not judge(read(), "Condition").complete


def test_what_the_receipt_says_is_withheld_is_hidden_or_truncated() -> None:
    assert judge(read(hidden=True)).hidden
    assert judge(read(truncated=True)).truncated


def test_an_issue_without_patient_is_about_the_one_asked_for() -> None:
    receipts = read()
    receipts.add_issues(issue(IssueKind.HIDDEN))
    assert judge(receipts).hidden
    assert not judge(receipts, patient="2").hidden
    assert receipts.issue_counts() == {"hidden": 1}


def test_an_issue_without_type_is_about_every_type() -> None:
    receipts = read()
    receipts.add_issues(issue(IssueKind.TRUNCATED, None, "2"))
    assert judge(receipts, patient="2").truncated
    assert not judge(receipts).truncated


def test_more_may_exist_means_truncated() -> None:
    receipts = read()
    receipts.add_issues(issue(IssueKind.MORE_MAY_EXIST))
    assert judge(receipts).truncated


def test_a_query_that_was_not_honoured_is_not_complete() -> None:
    receipts = read()
    receipts.add_issues(issue(IssueKind.IGNORED_PARAMETER))
    assert not judge(receipts).complete


def test_rejections_of_the_patient_and_of_nobody_in_particular_count() -> None:
    receipts = read()
    for kind, patient in (("Procedure", "1"), ("Procedure", None), ("Procedure", "2"), ("Resource", "1")):
        receipts.add_rejection(kind, patient)
    assert judge(receipts).rejected == 3


def test_what_may_have_been_anything_of_anybody_counts_against_every_type() -> None:
    receipts = read()
    receipts.add_rejection("Resource", None)
    assert judge(receipts).rejected == 1
