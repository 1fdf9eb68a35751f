"""What a row's term, code and unit can mean, before any number is looked at."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.toxicity.cells import BadCell
from fhir_adapter.domain.toxicity.lab_table import Kind
from fhir_adapter.domain.toxicity.result import Direction
from tests.lab_tables import (
    ABOVE_ULN,
    BARE,
    FREE,
    FREE_SALT,
    HIGH_SALT,
    LOW_SALT,
    PAIR,
    SALT_MASS,
    SALT_MOLAR,
    SCALE,
    TABLE,
    UPPER,
    rules,
    term,
)

SALT, FREE_CONCEPT, UPPER_CONCEPT, LOWER_CONCEPT = map(ConceptId, ("salt", "free-salt", "upper", "lower"))
EITHER = term(
    "Pressure raised",
    Direction.HIGH,
    "",
    concepts=(UPPER_CONCEPT, LOWER_CONCEPT),
    rules=rules({1: ((ABOVE_ULN,),)}),
)


def test_a_term_of_two_kinds_of_result_is_graded_by_each() -> None:
    assert TABLE.kinds_of_terms((EITHER,)) == (
        Kind(UPPER_CONCEPT, BARE, (EITHER,)),
        Kind(LOWER_CONCEPT, BARE, (EITHER,)),
    )


def test_a_term_that_combines_results_is_graded_by_its_first() -> None:
    assert TABLE.kinds_of_terms((PAIR,)) == (Kind(SALT, SALT_MASS, (PAIR,)), Kind(SALT, SALT_MOLAR, (PAIR,)))


def test_a_kind_of_result_without_units_is_graded_by_no_number() -> None:
    colour = term("Colour", None, "colour", rules=rules({1: ((ABOVE_ULN,),)}))
    with pytest.raises(BadCell, match="UNMAPPED: term: a clinical term"):
        TABLE.kinds_of_terms((colour,))
    assert TABLE.kinds_of_terms((colour, UPPER)) == (Kind(UPPER_CONCEPT, BARE, (UPPER,)),)


def test_every_entry_of_a_term_is_found_in_the_order_of_the_scale() -> None:
    assert [each.concepts for each in TABLE.terms_named(" SALT decreased ")] == [
        (SALT,),
        (FREE_CONCEPT,),
        (ConceptId("bound-salt"),),
    ]


def test_a_code_stands_for_the_first_of_its_results_that_is_graded() -> None:
    assert TABLE.kinds_of_code("5-5", None) == (Kind(SALT, SALT_MASS, (LOW_SALT, HIGH_SALT)),)
    assert TABLE.kinds_of_code("5-5", (HIGH_SALT,)) == (Kind(SALT, SALT_MASS, (HIGH_SALT,)),)
    colour_first = replace(TABLE.codes["5-5"], concepts=(ConceptId("colour"), SALT))
    other = replace(TABLE, codes={"5-5": colour_first})
    assert other.kinds_of_code("5-5", None) == (Kind(SALT, SALT_MASS, (LOW_SALT, HIGH_SALT)),)


def test_a_term_graded_by_two_results_of_a_code_is_named_once() -> None:
    both = replace(TABLE.codes["4-4"], concepts=(UPPER_CONCEPT, LOWER_CONCEPT))
    table = replace(TABLE, scale=replace(SCALE, terms=(EITHER,)), codes={"4-4": both})
    assert table.kinds_of_code("4-4", None) == (Kind(UPPER_CONCEPT, BARE, (EITHER,)),)


def test_a_unit_keeps_the_kinds_that_are_reported_in_it() -> None:
    kinds = TABLE.kinds_of_terms((LOW_SALT, FREE_SALT))
    assert TABLE.kinds_in_unit(kinds, " mM ") == (
        "mmol/L",
        (Kind(SALT, SALT_MOLAR, (LOW_SALT,)), Kind(FREE_CONCEPT, FREE, (FREE_SALT,))),
    )
    assert TABLE.kinds_in_unit(kinds, "mg/dL") == ("mg/dL", (Kind(SALT, SALT_MASS, (LOW_SALT,)),))
    bare = TABLE.kinds_of_terms((UPPER,))
    assert TABLE.kinds_in_unit(bare, "") == (None, bare)
    assert TABLE.kinds_in_unit(bare, "kPa") == ("kPa", bare)


@pytest.mark.parametrize(
    ("lln", "uln", "fits"),
    [
        (None, None, True),
        ("0.8", None, True),
        ("0.79", None, False),
        ("1.6", None, True),
        ("1.61", None, False),
        (None, "0.8", True),
        (None, "0.79", False),
        (None, "1.7", True),
        ("0.79", "1.7", False),
    ],
)
def test_limits_of_normal_are_never_graded_beyond_the_other_side_nor_severe_on_their_own(
    lln: str | None, uln: str | None, fits: bool
) -> None:
    """Free salt: below 0.8 mmol/L is grade 3, above 1.6 grade 1."""
    low, high = (None if each is None else Decimal(each) for each in (lln, uln))
    assert TABLE.fits_limits(Kind(FREE_CONCEPT, FREE, ()), "mmol/L", low, high) is fits


def test_limits_say_nothing_of_a_kind_without_sides() -> None:
    sideless = replace(FREE_SALT, direction=None)
    table = replace(TABLE, scale=replace(SCALE, terms=(sideless,)))
    assert table.fits_limits(Kind(FREE_CONCEPT, FREE, ()), "mmol/L", Decimal("0.1"), Decimal("0.2"))
