from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.operators import Compare
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import OnConflict
from tests.builders import finding
from tests.scenes import ask, days, limit, lvef, lvef_value, outcome, query, verdict


@pytest.mark.parametrize(("value", "expected"), [("39.99", "NOT_MET"), ("40", "MET"), ("40.01", "MET")])
def test_a_limit_includes_itself_where_the_operator_says_so(value: str, expected: str) -> None:
    assert outcome(lvef_value(value)) == expected


@pytest.mark.parametrize(
    ("operator", "expected"), [("<", "NOT_MET"), ("<=", "MET"), (">=", "MET"), (">", "NOT_MET")]
)
def test_each_operator_at_its_limit(operator: str, expected: str) -> None:
    node = Compare(query=query("lvef"), limit=limit(f"{operator} 40", "%"))
    assert outcome(lvef_value("40"), node=node) == expected


def test_nothing_found_is_missing_and_says_what_is() -> None:
    answer = ask(lvef())
    assert verdict(answer) == "MISSING"
    assert answer.next_fact == "LVEF"
    assert ask(Compare(query=query("lv-ef"), limit=limit(">= 40", "%"))).next_fact == "lv ef"


def test_the_latest_day_decides() -> None:
    answer = ask(lvef(), lvef_value("60", "2026-03-05"), lvef_value("30", "2026-03-09"))
    assert verdict(answer) == "NOT_MET"
    assert [each.reference for each in answer.evidence] == ["Observation/lvef-2026-03-09-30"]


def test_same_day_values_on_both_sides_conflict_and_both_are_cited() -> None:
    answer = ask(lvef(), lvef_value("60", "2026-03-09T08:00"), lvef_value("30", "2026-03-09T20:00"))
    assert verdict(answer) == "CONFLICTING"
    assert len(answer.evidence) == 2


def test_same_day_values_on_one_side_decide_by_the_latest() -> None:
    answer = ask(lvef(), lvef_value("60", "2026-03-09T08:00"), lvef_value("50", "2026-03-09T20:00"))
    assert verdict(answer) == "MET"
    assert [each.reported.value for each in answer.evidence if each.reported] == ["50"]


@pytest.mark.parametrize(
    ("on_conflict", "lets_in", "expected"),
    [
        (OnConflict.UNKNOWN, Truth.MET, "CONFLICTING"),
        (OnConflict.WORST, Truth.MET, "NOT_MET"),
        (OnConflict.EITHER, Truth.MET, "MET"),
        (OnConflict.WORST, Truth.NOT_MET, "MET"),
        (OnConflict.EITHER, Truth.NOT_MET, "NOT_MET"),
        (OnConflict.WORST, None, "CONFLICTING"),
    ],
)
def test_a_setting_may_take_a_side_in_a_conflict(
    on_conflict: OnConflict, lets_in: Truth | None, expected: str
) -> None:
    answer = ask(lvef(on_conflict=on_conflict), lvef_value("60"), lvef_value("30"), lets_in=lets_in)
    assert verdict(answer) == expected
    assert len(answer.evidence) == 2


def test_a_partial_date_that_may_be_the_latest_joins_the_latest() -> None:
    node = lvef(days(90))
    assert outcome(lvef_value("60", "2026-02-10"), lvef_value("30", "2026-02"), node=node) == "CONFLICTING"
    assert outcome(lvef_value("60", "2026-03-01"), lvef_value("30", "2026-02"), node=node) == "MET"
    assert outcome(lvef_value("60", "2026-01-31"), lvef_value("30", "2026-02"), node=node) == "NOT_MET"


def test_a_date_that_cannot_be_placed_does_no_harm_on_the_same_side() -> None:
    assert outcome(lvef_value("60"), lvef_value("50", None)) == "MET"
    assert outcome(lvef_value("60"), lvef_value("30", None)) == "PARTIAL_DATE"
    assert outcome(lvef_value("60"), lvef_value("30", "2026-02")) == "MET"  # all of it before the latest one


@pytest.mark.parametrize(
    ("value", "expected"), [("<40", "NOT_MET"), ("<=40", "CENSORED"), (">39", "CENSORED"), (">=40", "MET")]
)
def test_a_censored_value_decides_where_the_limit_lies_outside(value: str, expected: str) -> None:
    assert outcome(lvef_value(value)) == expected


def test_mrd_below_its_limit_of_detection_is_negative_for_a_strict_limit() -> None:
    node = Compare(query=query("mrd"), limit=limit("> 0.01", "%"))
    assert verdict(ask(node, finding("mrd", "<0.01", "%"))) == "NOT_MET"
    assert verdict(ask(node, finding("mrd", "0.01", "%"))) == "NOT_MET"
    assert verdict(ask(node, finding("mrd", "0.010001", "%"))) == "MET"
    assert verdict(ask(node, finding("mrd", "<0.1", "%"))) == "CENSORED"


def test_another_unit_is_unusable_and_a_word_is_unmapped() -> None:
    assert outcome(finding("lvef", "0.6", "1")) == "UNIT_UNUSABLE"
    assert outcome(finding("lvef", answer="detected")) == "UNMAPPED"
    assert outcome(lvef_value("1E+999999")) == "UNMAPPED"
    assert outcome(lvef_value("NaN")) == "UNMAPPED"


class TestTimesUln:
    node = Compare(query=query("alt", window=days(14)), limit=limit("<= 3", "1"), times_uln=True)

    @pytest.mark.parametrize(
        ("value", "expected"),
        [("119.9", "MET"), ("120", "MET"), ("120.1", "NOT_MET"), (">1000", "NOT_MET"), (">100", "CENSORED")],
    )
    def test_three_times_the_limit_of_the_same_result(self, value: str, expected: str) -> None:
        answer = ask(self.node, finding("alt", value, "U/L", uln="40"))
        assert verdict(answer) == expected

    def test_the_limit_is_evidence(self) -> None:
        answer = ask(self.node, finding("alt", "30", "U/L", uln="40"))
        assert [(each.role, each.path) for each in answer.evidence] == [
            ("uln", "Observation.referenceRange[0]"),
            ("value", "Observation.value"),
        ]

    def test_without_a_limit_nothing_is_assumed(self) -> None:
        answer = ask(self.node, finding("alt", "30", "U/L", range_problem="several"))
        assert verdict(answer) == "NO_REFERENCE_RANGE"
        assert answer.notes == ("no upper limit of normal for this patient (several)",)
        assert answer.next_fact == "alt: the laboratory's upper limit of normal for this result"

    def test_a_limit_in_another_unit_is_unusable(self) -> None:
        uln = Quantity(Decimal(40), "ukat/L")
        assert outcome(replace(finding("alt", "30", "U/L"), uln=uln), node=self.node) == "UNIT_UNUSABLE"

    def test_an_astronomical_limit_is_no_limit(self) -> None:
        uln = Quantity(Decimal("1E+99"), "U/L")
        assert outcome(replace(finding("alt", "30", "U/L"), uln=uln), node=self.node) == "NO_REFERENCE_RANGE"

    def test_molar_values_are_exact_at_three_times_the_limit(self) -> None:
        # 63 and 21 umol/L, converted to mg/dL by 17.1, neither of which ends
        result = finding(
            "alt", standard=Quantity(Decimal(63) / Decimal("17.1"), "mg/dL"), value="63", unit="umol/L"
        )
        uln = Quantity(Decimal(21) / Decimal("17.1"), "mg/dL")
        assert outcome(replace(result, uln=uln), node=self.node) == "MET"
