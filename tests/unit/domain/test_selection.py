from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.operators import Compare
from fhir_adapter.domain.queries import AgeWindow, Window, WindowUnit
from fhir_adapter.domain.source import RejectionReason
from tests.builders import finding, patient, reading, receipt, refused, source
from tests.scenes import ask, causes, days, limit, lvef, lvef_value, outcome, query, verdict


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-02-11T00:00", "MET"),  # exactly 28 days old
        ("2026-02-10T23:59", "STALE"),
        ("2026-03-11T12:00", "MET"),
        ("2026-03-11T12:01", "MISSING"),  # after as_of
        ("2026-03-11", "MET"),
        ("2026-03-12", "MISSING"),
        ("2026-02", "PARTIAL_DATE"),  # straddles the edge of the window
        ("2026-03", "PARTIAL_DATE"),  # straddles the anchor
        ("2026-01", "STALE"),
        (None, "PARTIAL_DATE"),
        ("/2026-03-09T08:00", "PARTIAL_DATE"),
        ("2026-03-09T08:00/2026-03-09T09:00", "MET"),
    ],
)
def test_the_window_by_calendar_days(when: str | None, expected: str) -> None:
    assert outcome(lvef_value("60", when)) == expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-03-08T12:00", "MET"),
        ("2026-03-08T11:59", "STALE"),
        ("2026-03-08", "PARTIAL_DATE"),
        ("2026-03-09", "MET"),
    ],
)
def test_the_window_by_exact_hours(when: str, expected: str) -> None:
    assert outcome(lvef_value("60", when), node=lvef(Window(72, WindowUnit.HOUR))) == expected


@pytest.mark.parametrize(("when", "expected"), [("2025-11-11", "MET"), ("2025-11-10", "STALE")])
def test_the_window_by_calendar_months(when: str, expected: str) -> None:
    assert outcome(lvef_value("60", when), node=lvef(Window(4, WindowUnit.MONTH))) == expected


def test_without_a_window_any_time_up_to_the_anchor_counts() -> None:
    assert outcome(lvef_value("60", "1999-01-01"), node=lvef(None)) == "MET"
    assert outcome(lvef_value("60", "2025"), node=lvef(None)) == "MET"


@pytest.mark.parametrize(
    ("born", "expected"), [("2018-05-20", "MET"), ("2025-05-20", "STALE"), (None, "STALE"), ("2024", "STALE")]
)
def test_the_window_follows_the_age_and_an_open_age_takes_the_shortest(born: str | None, expected: str) -> None:
    windows = (AgeWindow(2, days(30)), AgeWindow(None, days(90)))
    node = Compare(query=replace(query("height"), windows=windows), limit=limit("> 0", "cm"))
    assert verdict(ask(node, patient(born), finding("height", "80", "cm", at="2026-01-20"))) == expected
    assert verdict(ask(node, patient(born), finding("height", "80", "cm", at="2026-03-01"))) == "MET"


def test_an_age_beyond_every_window_takes_the_last() -> None:
    windows = (AgeWindow(1, days(10)), AgeWindow(2, days(30)))
    node = Compare(query=replace(query("height"), windows=windows), limit=limit("> 0", "cm"))
    assert verdict(ask(node, patient("2010-01-01"), finding("height", "80", "cm", at="2026-02-20"))) == "MET"


@pytest.mark.parametrize("status", ["preliminary", "registered", "unknown"])
def test_what_is_not_final_never_decides(status: str) -> None:
    assert outcome(lvef_value("60", status=status)) == "MISSING"
    assert outcome(lvef_value("60"), lvef_value("30", "2026-03-10T08:00", status=status)) == "MET"


def test_an_undated_value_that_is_not_final_does_no_harm() -> None:
    assert outcome(lvef_value("30", None, status="preliminary")) == "MISSING"
    assert outcome(lvef_value("60"), lvef_value("30", None, status="preliminary")) == "MET"


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_what_is_final_decides(status: str) -> None:
    assert outcome(lvef_value("60", status=status)) == "MET"


def test_a_contested_value_conflicts_where_it_may_be_current() -> None:
    def contested(when: str) -> list[Reading]:
        return [
            reading(lvef_value(value, when), at=source("Observation", "x", updated=None, content=value))
            for value in ("60", "61")
        ]

    assert outcome(*contested("2026-03-09")) == "CONFLICTING"
    assert outcome(lvef_value("60", "2026-03-08"), *contested("2026-03-09")) == "CONFLICTING"
    assert outcome(lvef_value("60", "2026-03-10"), *contested("2026-03-09")) == "MET"
    assert outcome(*contested("2025-03-09")) == "MISSING"


def test_on_one_day_the_preferred_kind_is_taken() -> None:
    measured: dict[str, Any] = {"qualifiers": frozenset({"measured"})}
    node = lvef(preferred_qualifier="measured")
    assert outcome(lvef_value("60", **measured), lvef_value("30"), node=node) == "MET"
    assert outcome(lvef_value("60", "2026-03-08", **measured), lvef_value("30"), node=node) == "NOT_MET"


def test_a_result_with_two_of_the_concepts_is_one_result() -> None:
    both = finding("spo2", "97", "%", concepts=(ConceptId("spo2"), ConceptId("oxygen")))
    node = Compare(query=query("spo2", "oxygen"), limit=limit(">= 92", "%"))
    assert len(ask(node, both).evidence) == 1


class TestGaps:
    @pytest.mark.parametrize(
        ("when", "expected"),
        [
            ("2026-03-10T08:00", "UNIT_UNUSABLE"),
            ("2026-03-09T06:00", "UNIT_UNUSABLE"),  # the same day
            ("2026-03-08T08:00", "MET"),
            (None, "UNIT_UNUSABLE"),
            ("2026-03", "UNIT_UNUSABLE"),
            ("2026-03-12T08:00", "MET"),
            ("2025-03-12T08:00", "MET"),
        ],
    )
    def test_what_may_be_the_latest_value_must_be_readable(self, when: str | None, expected: str) -> None:
        gap = refused(RejectionReason.UNKNOWN_UNIT, "lvef", at=when)
        assert outcome(lvef_value("60"), gap) == expected

    def test_a_masked_value_is_hidden(self) -> None:
        assert outcome(refused(RejectionReason.VALUE_ABSENT, "lvef", detail="masked")) == "HIDDEN"

    def test_a_test_that_was_not_done_does_not_outrank_an_earlier_value(self) -> None:
        not_done = refused(RejectionReason.VALUE_ABSENT, "lvef", detail="not-performed")
        assert outcome(lvef_value("60"), not_done) == "MET"
        assert outcome(not_done) == "MISSING"

    def test_an_unmapped_code_matters_only_where_nothing_is_found(self) -> None:
        unmapped = refused(RejectionReason.UNMAPPED_CODE, category="laboratory")
        assert outcome(unmapped) == "UNMAPPED"
        assert outcome(lvef_value("60"), unmapped) == "MET"

    @pytest.mark.parametrize(
        ("category", "expected"), [("laboratory", "UNMAPPED"), ("vital-signs", "MISSING"), (None, "UNMAPPED")]
    )
    def test_an_unmapped_code_of_another_category_does_not_matter(
        self, category: str | None, expected: str
    ) -> None:
        unmapped = refused(RejectionReason.UNMAPPED_CODE, category=category)
        assert outcome(unmapped, node=lvef(category="laboratory")) == expected

    def test_an_unmapped_code_outside_the_window_or_of_another_type_does_not_matter(self) -> None:
        assert outcome(refused(RejectionReason.UNMAPPED_CODE, at="2025-03-10")) == "MISSING"
        assert outcome(refused(RejectionReason.UNMAPPED_CODE, kind="Procedure")) == "MISSING"

    def test_many_unmapped_codes_are_counted_and_some_cited(self) -> None:
        unmapped = [refused(RejectionReason.UNMAPPED_CODE, id_=f"u{number}") for number in range(7)]
        answer = ask(lvef(), *unmapped)
        assert answer.notes == ("7 unmapped results in the window",)
        assert len(answer.evidence) == 5

    def test_results_withheld_by_the_server_hide_a_missing_value(self) -> None:
        assert verdict(ask(lvef(), receipt("Observation", hidden=True))) == "HIDDEN"
        assert verdict(ask(lvef(), lvef_value("60"), receipt("Observation", hidden=True))) == "MET"

    def test_gaps_of_other_patients_do_not_matter(self) -> None:
        assert outcome(refused(RejectionReason.WRONG_PATIENT, "lvef"), lvef_value("60")) == "MET"
        assert outcome(refused(RejectionReason.WRONG_PATIENT)) == "MISSING"

    def test_every_cause_is_a_part_and_the_weightiest_is_the_reason(self) -> None:
        answer = ask(
            lvef(),
            lvef_value("60", "2025-03-09"),
            refused(RejectionReason.UNKNOWN_UNIT, "lvef"),
            refused(RejectionReason.VALUE_ABSENT, "lvef", detail="masked", id_="masked"),
        )
        assert verdict(answer) == "HIDDEN"
        assert causes(answer) == {"HIDDEN", "UNIT_UNUSABLE", "STALE"}
        assert answer.next_fact == "LVEF: what the hospital withholds, released by the hospital"
