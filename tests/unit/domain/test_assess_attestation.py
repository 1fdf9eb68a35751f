from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.operators import Attested
from fhir_adapter.domain.queries import Window, WindowUnit
from tests.builders import ZONE, attestation, diagnosis, exposure, finding, moment, procedure, reading, source
from tests.scenes import ask, causes, outcome, verdict

PLAIN = Attested(link_id="E5", label="uncontrolled infection")
DAILY = Attested(link_id="E5", label="uncontrolled infection", valid_for=Window(24, WindowUnit.HOUR))


@pytest.mark.parametrize(("value", "expected"), [(True, "MET"), (False, "NOT_MET")])
def test_yes_and_no(value: bool, expected: str) -> None:
    assert outcome(attestation("E5", value), node=PLAIN) == expected


def test_nobody_said_anything() -> None:
    answer = ask(PLAIN)
    assert (verdict(answer), answer.next_fact) == ("NEEDS_ATTESTATION", "uncontrolled infection")


@pytest.mark.parametrize("value", [date(2026, 3, 1), Decimal(1), "yes"])
def test_a_value_that_is_no_yes_or_no_is_unmapped(value: Any) -> None:
    assert outcome(attestation("E5", value), node=PLAIN) == "UNMAPPED"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("matched", "MET"), ("unrelated", "NOT_MET"), (True, "UNMAPPED"), (Decimal(1), "UNMAPPED")],
)
def test_a_code_among_the_values_means_that_it_holds(value: Any, expected: str) -> None:
    node = Attested(link_id="donor", values=("matched", "haplo"))
    assert outcome(attestation("donor", value), node=node) == expected


def test_people_who_agree_decide_and_people_who_disagree_conflict() -> None:
    both = attestation("E5", False), attestation("E5", False, by="dr-lang")
    assert outcome(*both, node=PLAIN) == "NOT_MET"
    answer = ask(PLAIN, attestation("E5"), attestation("E5", False, by="dr-lang"))
    assert verdict(answer) == "CONFLICTING"
    assert len(answer.evidence) == 2


def test_one_author_with_two_statements_of_one_moment_conflicts() -> None:
    assert outcome(attestation("E5", id_="a"), attestation("E5", False, id_="b"), node=PLAIN) == "CONFLICTING"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-10T12:00", "MET"),
        ("2026-03-10T11:59", "STALE"),
        ("2026-03-11T12:01", "NEEDS_ATTESTATION"),
        ("2026-03-10", "PARTIAL_DATE"),
        ("2026-03-09", "STALE"),
    ],
)
def test_a_statement_counts_for_so_many_hours(at: str, expected: str) -> None:
    assert outcome(attestation("E5", at=at), node=DAILY) == expected


def test_a_stale_statement_of_another_does_not_conflict() -> None:
    old = attestation("E5", at="2026-03-01T12:00", by="dr-lang")
    assert outcome(old, attestation("E5", False), node=DAILY) == "NOT_MET"


def test_an_open_date_beside_a_valid_statement_leaves_it_open() -> None:
    given = attestation("E5", False), attestation("E5", False, by="dr-lang", at="2026-03-10")
    assert causes(ask(DAILY, *given)) == {"PARTIAL_DATE"}


def test_a_contested_statement_conflicts() -> None:
    one, two = (
        reading(
            attestation("E5", value), at=source("QuestionnaireResponse", "q", updated=None, content=str(value))
        )
        for value in (True, False)
    )
    assert outcome(one, two, node=PLAIN) == "CONFLICTING"


def test_a_statement_made_after_the_anchor_does_not_count() -> None:
    assert outcome(attestation("E5"), node=PLAIN, planned="2026-03-05") == "NEEDS_ATTESTATION"


class TestPlannedDay:
    def test_a_statement_too_old_by_then_is_not_yet_due(self) -> None:
        answer = ask(DAILY, attestation("E5"), planned="2026-03-20")
        assert verdict(answer) == "NOT_YET_DUE"
        assert answer.notes == ("a statement counts from 2026-03-19",)
        assert answer.expires == datetime(2026, 3, 12, 9, 0, 0, 1, tzinfo=ZONE)

    def test_before_its_window_opens_none_is_asked_for(self) -> None:
        assert outcome(node=DAILY, planned="2026-03-20") == "NOT_YET_DUE"

    def test_inside_the_open_window_one_that_will_expire_is_named(self) -> None:
        answer = ask(DAILY, attestation("E5", at="2026-03-10T13:00"), planned="2026-03-12")
        assert verdict(answer) == "NOT_YET_DUE"
        assert answer.notes == ("it will be too old on 2026-03-12",)
        assert (
            outcome(attestation("E5", False, at="2026-03-11T00:00"), node=DAILY, planned="2026-03-12") == "NOT_MET"
        )


def test_author_and_origin_are_evidence() -> None:
    [evidence] = ask(PLAIN, attestation("E5", False)).evidence
    assert evidence.reported is not None
    assert (evidence.role, evidence.reported.value) == ("attestation", "false")
    assert evidence.note == "E5, stated by dr-weber (trial)"


def test_what_is_shown_decides_nothing() -> None:
    shown = Attested(
        link_id="E5", shows=(ConceptId("crp"), ConceptId("sepsis"), ConceptId("graft"), ConceptId("drug"))
    )
    later = "2026-03-12"
    answer = ask(
        shown,
        finding("crp", "10", "mg/L", at="2026-03-01"),
        finding("crp", "200", "mg/L"),
        diagnosis("sepsis"),
        diagnosis("sepsis", None, recorded=moment("2026-03-01"), id_="recorded"),
        diagnosis("sepsis", later),
        diagnosis("sepsis", "2026-01-01", verification_status="refuted"),
        procedure("graft"),
        procedure("graft", later),
        exposure("drug", None),
        exposure("drug", later),
    )
    assert verdict(answer) == "NEEDS_ATTESTATION"
    assert [each.reference for each in answer.evidence] == [
        "Condition/recorded",
        "Condition/sepsis-2025-04-10",
        "MedicationAdministration/drug-None",
        "Observation/crp-2026-03-09T08:00-200",
        "Procedure/graft-2025-10-01",
    ]
    assert {each.role for each in answer.evidence} == {"shown"}
