"""Which kind of result a term's row is of: what its limits of normal say, each of them alone too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.lab_row import RowGrade, RowGrader
from fhir_adapter.domain.toxicity.lab_table import LabTable
from fhir_adapter.domain.toxicity.result import Direction
from tests.lab_tables import (
    FREE_SALT,
    LOW_SALT,
    MASS,
    MOLAR,
    SCALE,
    TABLE,
    number,
    rules,
    term,
)

FREE = ("read as free-salt by its limits of normal",)


def salt(table: LabTable = TABLE, /, **cells: str) -> RowGrade:
    """A row of salt in moles; grade 3 below 1.5 for the usual kind and below 0.8 for the free one."""
    return RowGrader(table).grade({"term": "Salt decreased", "unit": "mmol/L", **cells})


def told(graded: RowGrade) -> tuple[int | None, tuple[str, ...]]:
    assert graded.grade is not None
    return graded.grade.grade, graded.notes


@pytest.mark.parametrize(
    ("limits", "grade", "notes"),
    [
        ({"lln": "1.1", "uln": "1.3"}, 0, FREE),
        ({"lln": "1.1"}, 0, FREE),
        ({"lln": "1.4"}, 1, FREE),
        ({"lln": "1.5"}, 3, ()),
        ({"uln": "1.3"}, None, FREE),
        ({"uln": "2.2"}, 3, ()),
        ({"lln": "1.55", "uln": "2.2"}, 3, ()),
        ({"lln": "2.1", "uln": "2.6"}, 3, ()),
    ],
)
def test_a_limit_that_would_be_severe_itself_is_none_of_this_kind(
    limits: dict[str, str], grade: int | None, notes: tuple[str, ...]
) -> None:
    """1.2 mmol/L is normal for the free kind and grade 3 for the usual one: one limit is enough to say which."""
    assert told(salt(value="1.2", **limits)) == (grade, notes)


def test_a_lower_limit_the_usual_kind_would_call_too_high_is_none_of_it() -> None:
    """Where more than 2.5 mmol/L of the usual kind is too much, a lower limit of 3 is one of the free kind."""
    high = term(
        "Salt increased",
        Direction.HIGH,
        "salt",
        families=(MASS, MOLAR),
        rules=rules({1: ((number(Operator.GREATER, "100", "2.5"),),)}),
    )
    table = replace(TABLE, scale=replace(SCALE, terms=(LOW_SALT, FREE_SALT, high)))
    assert told(salt(table, value="2.8", lln="3")) == (1, FREE)
    assert told(salt(table, value="2.8", lln="2.5", uln="2.9"))[1] == ()


def test_a_limit_a_little_beyond_the_first_printed_numbers_is_still_a_limit() -> None:
    """A child's lower limit may lie below the number printed for grade 2, never below that of grade 3."""
    mild = replace(
        LOW_SALT,
        rules=rules({
            3: ((number(Operator.LESS, "60", "1.5"),),),
            2: ((number(Operator.LESS, "80", "2"),),),
        }),
    )
    table = replace(TABLE, scale=replace(SCALE, terms=(mild, FREE_SALT)))
    assert told(salt(table, value="1.9", lln="1.8")) == (2, ())
    assert told(salt(table, value="1.9", lln="1.4")) == (0, FREE)


def test_only_a_row_without_limits_says_that_none_told_the_kind() -> None:
    assert told(salt(value="1.2")) == (3, ("read as salt; no limit of normal says",))
    assert salt(value="1.2", uln="2.2").notes == ()


def test_a_column_that_is_not_there_is_empty() -> None:
    cells = {"term": "Salt decreased", "value": "50"}
    assert str(RowGrader(TABLE).grade(cells).problem) == (
        "MISSING: unit: empty; needed, for example mg/dL, mg/L, mmol/L"
    )
