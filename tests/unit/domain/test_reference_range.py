from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import ReferenceRange
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.reference_range import find_limits, find_upper_limit
from tests.builders import finding, patient
from tests.scenes import scene

BOY = patient("2018-05-20", "male")


def limits(high: str | None, **more: Any) -> ReferenceRange:
    upper = Quantity(Decimal(high), "U/L") if high is not None else None
    name = f"range-{high}-{more}"
    return ReferenceRange(**{"path": name, "low": None, "high": upper, **more})


def ages(low: int | None, high: int | None, upper: str) -> ReferenceRange:
    return limits(
        upper,
        age_low=Fraction(low) if low is not None else None,
        age_high=Fraction(high) if high is not None else None,
    )


def sex(word: str, upper: str) -> ReferenceRange:
    return limits(upper, applies_to=(ConceptId(word),))


def upper(*ranges: ReferenceRange, who: Any = BOY, at: str | None = "2026-03-09T08:00") -> str | None:
    found = find_upper_limit(finding("alt", "30", "U/L", at=at, ranges=ranges), scene(who))
    return str(found.quantity.value) if found is not None else None


def test_the_only_range_for_everybody_is_taken() -> None:
    assert upper(limits("40")) == "40"


def test_a_limit_without_its_range_is_cited_from_the_result() -> None:
    bare = finding("alt", "30", "U/L", uln="40", range_path=None)
    found = find_upper_limit(bare, scene(BOY))
    assert found is not None
    assert (found.quantity.value, found.path) == (Decimal(40), "Observation.value")


def test_no_range_no_limit() -> None:
    assert find_upper_limit(finding("alt", "30", "U/L"), scene(BOY)) is None


@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_limit_that_is_not_positive_is_none(value: str) -> None:
    assert find_upper_limit(finding("alt", "30", "U/L", uln=value), scene(BOY)) is None
    assert upper(limits(value)) is None


def test_two_ranges_for_everybody_that_differ_leave_it_open() -> None:
    assert upper(limits("40"), limits("50")) is None
    assert upper(limits("40"), limits("40.0")) == "40"


def test_the_range_of_the_patients_sex_goes_before_one_for_everybody() -> None:
    assert upper(limits("40"), sex("male", "55"), sex("female", "33")) == "55"
    assert upper(limits("40"), sex("female", "33")) == "40"


def test_without_a_known_sex_ranges_by_sex_leave_it_open() -> None:
    child = patient("2018-05-20", "unknown")
    assert upper(sex("male", "55"), sex("female", "33"), who=child) is None
    assert upper(sex("male", "55"), sex("female", "55"), who=child) == "55"


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("2024-03-10", "30"),  # 1 year and 364 days
        ("2024-03-09", None),  # exactly 2 years: both ranges hold
        ("2024-03-08", "50"),
        ("2008-03-10", "50"),  # the day before the 18th birthday
        ("2007-03-09", "70"),
        ("2026-03-10", None),  # not yet born
    ],
)
def test_the_range_of_the_patients_age_at_the_result_is_taken(born: str, expected: str | None) -> None:
    ranges = (ages(0, 2, "30"), ages(2, 17, "50"), ages(18, None, "70"))
    assert upper(*ranges, who=patient(born)) == expected


def test_an_age_in_completed_years_is_used_where_no_exact_one_fits() -> None:
    assert upper(ages(1, 17, "50"), ages(18, None, "70"), who=patient("2008-03-20")) == "50"


def test_a_child_of_29_february_has_an_exact_age_too() -> None:
    assert upper(ages(0, 2, "30"), ages(2, 17, "50"), who=patient("2020-02-29")) == "50"


def test_an_age_that_is_not_known_leaves_it_open() -> None:
    ranges = (ages(0, 7, "30"), ages(7, 17, "50"))
    assert upper(*ranges, who=patient(None)) is None
    assert upper(*ranges, who=patient("2019")) is None
    assert upper(*ranges, who=patient("0001-01-01")) is None
    assert upper(*ranges, at=None) is None


def test_ranges_that_may_hold_decide_where_they_agree_with_the_one_for_everybody() -> None:
    assert upper(limits("40"), ages(0, 17, "40"), who=patient(None)) == "40"
    assert upper(limits("40"), ages(0, 17, "30"), who=patient(None)) is None


def test_a_range_under_a_condition_that_was_not_read_leaves_it_open() -> None:
    assert upper(limits("40"), limits("60", is_unread=True)) is None
    assert upper(limits("40"), limits(None, is_unread=True)) is None
    assert upper(sex("male", "55"), limits("60", is_unread=True)) == "55"


def test_a_range_for_a_population_nobody_can_check_leaves_it_open() -> None:
    pregnant = limits("60", applies_to=(ConceptId("female"), ConceptId("pregnant")))
    assert upper(limits("40"), pregnant, who=patient("2000-01-01", "female")) is None
    assert upper(limits("40"), pregnant) == "40"


def lower(*ranges: ReferenceRange, lln: str | None = None) -> str | None:
    bound = Quantity(Decimal(lln), "U/L") if lln is not None else None
    found, _ = find_limits(finding("alt", "30", "U/L", ranges=ranges, lln=bound), scene(BOY))
    return str(found.quantity.value) if found is not None else None


def floor(low: str | None, **more: Any) -> ReferenceRange:
    bound = Quantity(Decimal(low), "U/L") if low is not None else None
    return ReferenceRange(**{"path": f"range-{low}", "low": bound, "high": None, **more})


def test_a_lower_limit_is_chosen_as_an_upper_one() -> None:
    boys, girls = (ConceptId("male"),), (ConceptId("female"),)
    assert lower(floor("10", applies_to=boys), floor("20", applies_to=girls)) == "10"
    assert lower(floor("10"), floor("20")) is None
    assert lower(floor("10"), floor(None)) is None
    assert lower(lln="5") == "5"
    assert lower() is None


def test_nothing_lies_below_a_lower_limit_of_zero_and_one_below_zero_is_none() -> None:
    assert lower(lln="0") == "0"
    assert lower(lln="-1") is None
    assert lower(lln="NaN") is None
