from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.operators import Absence, HasCondition
from fhir_adapter.domain.source import RejectionReason
from tests.builders import ZONE, diagnosis, during, moment, reading, receipt, refused, source
from tests.scenes import ask, causes, days, outcome, verdict

ACTIVE = ("active", "recurrence", "relapse")


def gvhd(**more: Any) -> HasCondition:
    """Active GVHD is on the list."""
    kept = {"concepts": (ConceptId("gvhd"),), "clinical": ACTIVE, "absence": Absence.ATTEST, **more}
    return HasCondition(label="GVHD", **kept)


def problem(**more: Any) -> Fact:
    return diagnosis("gvhd", **more)


def test_an_active_confirmed_problem_is_found() -> None:
    answer = ask(gvhd(), problem())
    assert verdict(answer) == "MET"
    assert [(each.reference, each.note) for each in answer.evidence] == [
        ("Condition/gvhd-2025-04-10", "active/confirmed")
    ]


def test_a_flag_asks_a_person() -> None:
    assert outcome(problem(), node=gvhd(presence_needs_attestation=True)) == "NEEDS_ATTESTATION"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("active", "MET"),
        ("relapse", "MET"),
        ("resolved", "NEEDS_ATTESTATION"),
        ("inactive", "NEEDS_ATTESTATION"),
        (None, "UNMAPPED"),
    ],
)
def test_only_the_statuses_asked_for_count(status: str | None, expected: str) -> None:
    assert outcome(problem(clinical_status=status), node=gvhd()) == expected


def test_any_status_counts_where_none_is_asked_for() -> None:
    assert outcome(problem(clinical_status="resolved"), node=gvhd(clinical=())) == "MET"
    assert outcome(problem(clinical_status=None), node=gvhd(clinical=())) == "MET"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("confirmed", "MET"),
        ("provisional", "NEEDS_ATTESTATION"),
        ("unconfirmed", "NEEDS_ATTESTATION"),
        (None, "NEEDS_ATTESTATION"),
        ("refuted", "MISSING"),
    ],
)
def test_an_unconfirmed_problem_is_for_a_person_and_a_refuted_one_is_none(
    status: str | None, expected: str
) -> None:
    assert outcome(problem(verification_status=status), node=gvhd(absence=Absence.MISSING)) == expected


def test_any_verification_but_refuted_counts_where_none_is_asked_for() -> None:
    assert outcome(problem(verification_status="provisional"), node=gvhd(verification=())) == "MET"
    assert outcome(problem(verification_status="refuted"), node=gvhd(verification=())) == "NEEDS_ATTESTATION"


@pytest.mark.parametrize(
    ("since", "recorded", "expected"),
    [
        ("2026-03-06", None, "MISSING"),  # began after the anchor of 5 March
        ("2026-03-05", None, "MET"),
        (None, "2026-03-06", "MISSING"),
        (None, "2026-03-04", "MET"),
        (None, None, "MET"),
        ("2026", None, "PARTIAL_DATE"),
        ("2026", "2026-03-01", "MET"),  # already on record before the anchor
        ("2026", "2026-03-08", "PARTIAL_DATE"),
    ],
)
def test_only_problems_that_began_before_the_anchor_count(
    since: str | None, recorded: str | None, expected: str
) -> None:
    known = problem(since=since, recorded=moment(recorded) if recorded else None)
    assert outcome(known, node=gvhd(absence=Absence.MISSING), planned="2026-03-05") == expected


def test_a_year_that_is_not_over_counts_today() -> None:
    assert outcome(problem(since="2026"), node=gvhd()) == "MET"


@pytest.mark.parametrize(
    ("status", "ended", "abated", "expected"),
    [
        ("resolved", "2026-03-08", True, "MET"),  # ended after the anchor of 5 March
        ("resolved", "2026-03-04", True, "MISSING"),
        ("active", "2026-03-04", True, "MISSING"),
        ("active", None, True, "MISSING"),
        ("remission", None, True, "MISSING"),
    ],
)
def test_what_ended_after_the_anchor_was_active_at_it(
    status: str, ended: str | None, abated: bool, expected: str
) -> None:
    known = problem(clinical_status=status, abatement=during(ended), abated=abated)
    assert outcome(known, node=gvhd(absence=Absence.MISSING), planned="2026-03-05") == expected


def test_remission_may_be_asked_for() -> None:
    node = gvhd(clinical=("remission",), absence=Absence.MISSING)
    ended_later = problem(clinical_status="remission", abatement=during("2026-03-08"), abated=True)
    assert outcome(ended_later, node=node, planned="2026-03-05") == "MET"
    assert outcome(problem(clinical_status="remission", abated=True), node=node) == "MET"
    assert outcome(problem(clinical_status="active", abated=True), node=node) == "MET"


@pytest.mark.parametrize(
    ("since", "planned", "expected"),
    [
        ("2026-02-09", None, "MET"),
        ("2026-02-08", None, "MISSING"),
        ("2026-02-20", "2026-04-01", "NOT_YET_DUE"),
        ("2026-02", None, "PARTIAL_DATE"),
        (None, None, "PARTIAL_DATE"),
    ],
)
def test_the_beginning_may_have_to_lie_in_a_window(since: str | None, planned: str | None, expected: str) -> None:
    node = gvhd(within=days(30), absence=Absence.MISSING)
    assert outcome(problem(since=since), node=node, planned=planned) == expected


def test_a_contested_problem_conflicts_unless_another_one_holds() -> None:
    one, two = (
        reading(problem(clinical_status=status), at=source("Condition", "x", updated=None, content=status))
        for status in ("active", "recurrence")
    )
    assert outcome(one, two, node=gvhd()) == "CONFLICTING"
    assert outcome(one, two, problem(), node=gvhd()) == "MET"


def test_a_refused_problem_of_the_concept_leaves_it_open() -> None:
    masked = refused(RejectionReason.VALUE_ABSENT, "gvhd", kind="Condition", detail="masked")
    assert outcome(masked, node=gvhd()) == "HIDDEN"
    assert outcome(masked, problem(), node=gvhd()) == "MET"


def test_a_refused_part_of_a_problem_that_was_read_leaves_nothing_open() -> None:
    refusal = refused(RejectionReason.UNSUPPORTED_VALUE, "gvhd", kind="Condition")
    part = reading(problem(clinical_status="resolved"), rejections=refusal.rejections)
    assert outcome(part, node=gvhd()) == "NEEDS_ATTESTATION"


class TestAbsence:
    def test_missing(self) -> None:
        assert outcome(node=gvhd(absence=Absence.MISSING)) == "MISSING"

    def test_attest_says_that_a_person_answers_also_beside_unmapped_codes(self) -> None:
        unmapped = refused(RejectionReason.UNMAPPED_CODE, kind="Condition")
        answer = ask(gvhd(), unmapped)
        assert causes(answer) == {"NEEDS_ATTESTATION"}
        assert answer.notes == ("none found, which proves nothing; 1 unmapped Condition resources",)

    def test_an_unmapped_problem_may_be_the_missing_one(self) -> None:
        unmapped = refused(RejectionReason.UNMAPPED_CODE, kind="Condition")
        assert outcome(unmapped, node=gvhd(absence=Absence.MISSING)) == "UNMAPPED"

    def test_complete_absence_is_not_met_with_the_receipt_as_evidence(self) -> None:
        answer = ask(gvhd(absence=Absence.COMPLETE), receipt("Condition"))
        assert verdict(answer) == "NOT_MET"
        assert [(each.reference, each.path, each.note) for each in answer.evidence] == [
            ("receipt", "Condition", "read to the last page")
        ]

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ((), "MISSING"),
            ((receipt("Procedure"),), "MISSING"),
            ((receipt("Condition", complete=False),), "MISSING"),
            ((receipt("Condition", truncated=True),), "MISSING"),
            ((receipt("Condition", hidden=True),), "HIDDEN"),
            ((receipt("Condition", rejected=1),), "UNMAPPED"),
            ((receipt("Condition"), refused(RejectionReason.UNMAPPED_CODE, kind="Condition")), "UNMAPPED"),
            ((receipt("Condition"), refused(RejectionReason.INVALID_RESOURCE, kind="Condition")), "UNMAPPED"),
            ((receipt("Condition"), refused(RejectionReason.WRONG_PATIENT, kind="Condition")), "NOT_MET"),
            ((receipt("Condition"), refused(RejectionReason.UNMAPPED_CODE, kind="Procedure")), "NOT_MET"),
        ],
    )
    def test_what_completeness_asks_for(self, given: tuple[Any, ...], expected: str) -> None:
        assert outcome(*given, node=gvhd(absence=Absence.COMPLETE)) == expected

    def test_a_refused_resource_outside_the_window_does_not_matter(self) -> None:
        old = refused(RejectionReason.UNMAPPED_CODE, kind="Condition", at="2025-01-01")
        complete = receipt("Condition", rejected=1)
        node = gvhd(absence=Absence.COMPLETE, within=days(30))
        assert outcome(old, complete, node=node) == "NOT_MET"
        undated = refused(RejectionReason.UNMAPPED_CODE, kind="Condition", at=None)
        assert outcome(undated, complete, node=node) == "UNMAPPED"

    def test_an_incomplete_reading_asks_for_a_complete_one(self) -> None:
        assert ask(gvhd(absence=Absence.COMPLETE)).next_fact == "a complete reading of Condition"

    def test_a_receipt_says_everything_that_is_wrong(self) -> None:
        given = receipt("Condition", complete=False, hidden=True, truncated=True, rejected=2)
        [evidence] = [
            each for each in ask(gvhd(absence=Absence.COMPLETE), given).evidence if each.role == "receipt"
        ]
        assert evidence.note == "not read to the last page, withheld, truncated, 2 rejected"

    def test_a_problem_that_settles_the_matter_makes_absence_not_met(self) -> None:
        node = gvhd(absence=Absence.MISSING, settled_by=(ConceptId("aml"),))
        answer = ask(node, diagnosis("aml"))
        assert verdict(answer) == "NOT_MET"
        assert [each.reference for each in answer.evidence] == ["Condition/aml-2025-04-10"]
        assert outcome(diagnosis("aml", verification_status="provisional"), node=node) == "MISSING"
        assert (
            outcome(diagnosis("aml"), problem(verification_status="provisional"), node=node) == "NEEDS_ATTESTATION"
        )

    def test_a_gap_that_leaves_the_window_is_an_edge(self) -> None:
        unmapped = refused(RejectionReason.UNMAPPED_CODE, kind="Condition", at="2026-03-10")
        node = gvhd(absence=Absence.COMPLETE, within=days(30))
        assert ask(node, unmapped, receipt("Condition")).expires == datetime(2026, 4, 10, tzinfo=ZONE)
