"""Every usable result is graded once per term, against the right baseline, never against itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from fhir_adapter.domain.facts import ReferenceRange
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.safety.graded import CONFLICTING
from tests.builders import ZONE, finding, quantity
from tests.graded import alt, graded, lab, platelets, temperature, word, words
from tests.small_scale import ALT, HYPOKALEMIA, LYMPHOCYTES, PLATELETS


def test_a_baseline_is_never_graded_against_itself_and_later_results_are_graded_against_it() -> None:
    before = alt("100", "10T08:00")
    after = alt("150", "14T08:00")
    assert words(graded(before, after), ALT) == ["?1", "1"]


def test_an_abnormal_baseline_below_its_multiple_is_grade_0() -> None:
    assert words(graded(alt("100", "10T08:00"), alt("149", "14T08:00")), ALT) == ["?1", "0"]


def test_the_baseline_is_the_last_result_before_the_first_drug() -> None:
    results = graded(alt("30", "08T08:00"), alt("100", "11T08:59"), alt("150", "11T09:00"))
    assert [each.baseline for each in results] == [None, None, "Observation/alt-11T08.59-100"]
    assert [word(each) for each in results] == ["0", "?1", "1"]


@pytest.mark.parametrize(("at", "expected"), [("2026-02-25", ["?1", "1"]), ("2026-02-24", ["?2"])])
def test_a_baseline_is_at_most_fourteen_calendar_days_old(at: str, expected: list[str]) -> None:
    """14 days before 11 March is 25 February; what is older is not even graded."""
    assert words(graded(alt("100", f"{at}T00:00"), alt("150", "14T08:00")), ALT) == expected


def test_without_a_baseline_a_transaminase_above_normal_is_ungradable() -> None:
    (result,) = graded(alt("150", "14T08:00"))
    assert word(result) == "?2"
    assert result.grade.needed[0] == "baseline"


def test_of_contradicting_results_of_one_moment_none_is_the_baseline() -> None:
    first, second = alt("30", "10T08:00"), alt("100", "10T08:00")
    results = graded(first, second, alt("150", "14T08:00"))
    assert [each.baseline for each in results] == [None, None, None]
    assert all(CONFLICTING in each.grade.notes for each in results[:2])
    assert CONFLICTING not in results[2].grade.notes


def test_equal_results_of_one_moment_are_one_baseline_and_no_conflict() -> None:
    twice = (alt("30", "10T08:00"), alt("30.0", "10T08:00", id_="second"))
    results = graded(*twice, alt("150", "14T08:00"))
    assert results[2].baseline == "Observation/alt-10T08.00-30"
    assert not any(CONFLICTING in each.grade.notes for each in results)


def test_a_third_contradicting_result_does_not_settle_the_baseline() -> None:
    three = (alt("30", "10T08:00"), alt("100", "10T08:00"), alt("30", "10T08:00", id_="z"))
    assert graded(*three, alt("150", "14T08:00"))[3].baseline is None


def test_a_censored_result_is_no_baseline() -> None:
    assert graded(alt("<30", "10T08:00"), alt("150", "14T08:00"))[1].baseline is None


def test_a_baseline_of_the_first_drugs_day_without_time_of_day_is_none() -> None:
    """It may have been taken after the drug began."""
    assert graded(alt("30", "11"), alt("150", "14T08:00"))[1].baseline is None


def test_a_result_of_the_first_drugs_day_is_not_compared_with_a_later_baseline() -> None:
    results = graded(alt("150", "11"), alt("30", "11T08:00"))
    assert [(each.value, each.baseline) for each in results] == [("150 U/L", None), ("30 U/L", None)]


def test_values_of_another_standard_unit_have_a_baseline_of_their_own() -> None:
    results = graded(
        alt("30", "09T08:00"),
        alt("0.5", "10T08:00", unit="ukat/L", normal="0-0.7"),
        alt("100", "14T08:00"),
        alt("2", "14T09:00", unit="ukat/L", normal="0-0.7"),
    )
    assert [each.baseline for each in results[2:]] == [
        "Observation/alt-09T08.00-30",
        "Observation/alt-10T08.00-0.5",
    ]


def test_a_value_without_standard_unit_has_no_baseline_and_is_graded_by_its_own_limits() -> None:
    bare = replace(lab("platelets", "60", "14T08:00", normal="150-400"), standard=None)
    (result,) = graded(bare)
    assert (word(result), result.baseline, result.standard) == ("2", None, None)


def test_each_result_is_graded_with_the_range_printed_with_it() -> None:
    """Laboratories differ: 45 is above one upper limit and below the other."""
    baseline = alt("20", "10T08:00")
    results = graded(baseline, alt("45", "14T08:00", normal="0-40"), alt("45", "15T08:00", normal="0-50"))
    assert words(results, ALT) == ["0", "1", "0"]


def test_the_range_for_the_childs_age_and_sex_is_taken() -> None:
    ranges = (
        ReferenceRange(path="a", low=None, high=Quantity(Decimal(30), "U/L"), applies_to=("female",)),  # type: ignore[arg-type]
        ReferenceRange(path="b", low=None, high=Quantity(Decimal(50), "U/L"), applies_to=("male",)),  # type: ignore[arg-type]
    )
    results = (alt("20", "10T08:00"), alt("45", "14T08:00", normal=None, ranges=ranges))
    assert words(graded(*results), ALT) == ["0", "0"]
    assert words(graded(*results, gender="female"), ALT) == ["0", "1"]
    assert words(graded(*results, gender=None), ALT) == ["0", "?4"]


def test_a_range_for_another_age_leaves_the_result_ungradable() -> None:
    young = ReferenceRange(path="a", low=None, high=Quantity(Decimal(30), "U/L"), age_high=Fraction(5))
    (result,) = graded(alt("45", "14T08:00", normal=None, ranges=(young,)))
    assert word(result) == "?4"


def test_a_range_whose_ends_contradict_each_other_is_none() -> None:
    assert word(graded(platelets("100", "14T08:00", normal="150-90"))[0]) == "?1"


def test_limits_in_another_unit_than_the_value_are_none() -> None:
    odd = finding("platelets", "100", "10*9/L", at="2026-03-14T08:00", lln=quantity("150000", "/uL"))
    assert word(graded(odd)[0]) == "?1"


def test_within_its_own_range_a_result_says_so() -> None:
    (result,) = graded(lab("lymphocytes", "7", "14T08:00", normal="4-10"))
    assert (word(result), result.grade.within_range) == ("2", True)


def test_unknown_symptoms_give_at_least_a_grade() -> None:
    assert words(graded(lab("potassium", "3.2", "14T08:00", normal="3.5-5.0")), HYPOKALEMIA) == [">=1"]


def test_a_censored_count_is_graded_as_far_as_it_goes() -> None:
    assert words(graded(platelets("<25", "14T08:00"), platelets("<40", "15T08:00")), PLATELETS) == ["4", ">=3"]


@pytest.mark.parametrize("status", ["preliminary", "registered", "unknown"])
def test_results_that_are_not_final_are_not_graded(status: str) -> None:
    assert graded(alt("150", "14T08:00", status=status)) == ()


def test_contested_undated_coarse_or_coded_results_are_not_graded() -> None:
    assert (
        graded(
            alt("150", "14T08:00", contested=True),
            alt("150", "14", effective=None, id_="undated"),
            finding("alt", "150", "U/L", at="2026-03"),
            finding("alt", answer="detected", at="2026-03-14"),
            finding("alt", "1E+40", "U/L", at="2026-03-14"),
        )
        == ()
    )


def test_results_later_than_as_of_do_not_exist() -> None:
    at = datetime(2026, 3, 14, 8, 0, tzinfo=ZONE)
    assert len(graded(alt("150", "14T08:00"), alt("150", "14T08:01"), as_of=at)) == 1


def test_before_anything_was_given_or_planned_nothing_is_graded() -> None:
    assert graded(alt("150", "14T08:00"), baseline_before=None, infusions=()) == ()


def test_where_the_start_of_treatment_is_unknown_results_around_the_infusion_are_graded_without_baseline() -> None:
    results = graded(alt("100", "01T08:00"), alt("150", "14T08:00"), baseline_before=None)
    assert [(word(each), each.baseline) for each in results] == [("?1", None), ("?2", None)]
    assert graded(alt("100", "2026-02-26T08:00"), baseline_before=None) == ()


def test_a_result_says_after_which_infusion_it_was_taken() -> None:
    days = ("13T10:59", "13T11:00", "13T11:01", "13", "30T11:01")
    results = graded(*(platelets("60", day) for day in days))
    assert {each.effective[8:16]: each.after_infusion for each in results} == {
        "13T10:59": None,
        "13T11:00": None,
        "13T11:01": 1,
        "13": 1,
        "30T11:01": 2,
    }


def test_a_result_of_a_day_stands_at_its_first_moment_and_says_until_when_it_can_be() -> None:
    (result,) = graded(platelets("60", "14"))
    assert result.at == datetime(2026, 3, 14, 0, 0, tzinfo=ZONE)
    assert result.until == datetime(2026, 3, 14, 23, 59, 59, 999999, tzinfo=ZONE)


def test_evidence_names_the_value_its_limits_and_the_baseline_with_its_own() -> None:
    result = graded(alt("100", "10T08:00"), alt("150", "14T08:00"))[1]
    assert [each.role for each in result.evidence] == [
        "value",
        "lln",
        "uln",
        "baseline",
        "baseline-lln",
        "baseline-uln",
    ]


def test_a_result_of_two_concepts_of_one_term_is_graded_once() -> None:
    both = platelets("60", "14T08:00", concepts=("platelets", "platelets-manual"))
    assert len(graded(both)) == 1


def test_an_age_that_can_be_two_is_not_used() -> None:
    """Nothing here asks for the age: it must only not raise."""
    assert len(graded(temperature("38.5", "14T08:00"), born="2018-03")) == 2
    assert len(graded(temperature("38.5", "14T08:00"), born=None)) == 2


def test_lymphocytes_of_a_healthy_infant_are_graded_and_within_range() -> None:
    (result,) = graded(lab("lymphocytes", "9", "14T08:00", normal="4-10"), born="2025-02-01")
    assert (result.term, result.grade.within_range) == (LYMPHOCYTES, True)


def test_a_result_of_the_first_drugs_day_is_compared_with_one_of_the_days_first_moment() -> None:
    results = graded(alt("30", "11T00:00"), alt("150", "11"))
    assert {each.value: each.baseline for each in results} == {
        "30 U/L": None,
        "150 U/L": "Observation/alt-11T00.00-30",
    }
