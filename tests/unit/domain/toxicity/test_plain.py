"""A plain result is graded the short way as the long way grades it; whatever is open is left to that one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.grade import grade_measurement
from fhir_adapter.domain.toxicity.plain import make_plain
from fhir_adapter.domain.toxicity.result import Direction, Needed
from fhir_adapter.domain.toxicity.scale import (
    AgeCondition,
    BaselineCondition,
    Change,
    ChangeCondition,
    ClinicalInput,
    InputCondition,
    NumberCondition,
    Raise,
    Reference,
    Term,
    UnitFamily,
)
from tests.ctcae_cases import measured, told
from tests.lab_tables import ABOVE_ULN, HIGH_SALT, MASS, MOLAR, SYMPTOMS, number, rules, term, times

UP, DOWN, AT_LEAST = Operator.GREATER, Operator.LESS, Operator.GREATER_OR_EQUAL
NORMAL, ABNORMAL = BaselineCondition(abnormal=False), BaselineCondition(abnormal=True)

ENZYME = term(
    "Enzyme increased",
    Direction.HIGH,
    "enzyme",
    rules=rules({
        4: ((times(UP, "20", Reference.REFERENCE),),),
        2: ((times(UP, "3", Reference.REFERENCE),),),
        1: ((NORMAL, ABOVE_ULN), (ABNORMAL, times(AT_LEAST, "1.5", Reference.BASELINE))),
    }),
)
PROTEIN = term(
    "Protein decreased",
    Direction.LOW,
    "protein",
    rules=rules({
        3: ((times(DOWN, "0.5", Reference.REFERENCE),),),
        1: ((times(DOWN, "1", Reference.LLN),), (times(DOWN, "0.75", Reference.BASELINE),)),
    }),
)
CREATININE = term(
    "Creatinine increased",
    Direction.HIGH,
    "creatinine",
    rules=rules({3: ((times(UP, "3", Reference.BASELINE),),), 1: ((ABOVE_ULN,),)}),
)
COLOUR = term(
    "Colour increased",
    Direction.HIGH,
    "colour",
    families=(MASS, MOLAR),
    rules=rules({
        3: (
            (
                ChangeCondition(
                    operator=UP, change=Change.RISE, of=Reference.REFERENCE, numbers={"mg/dL": Decimal(4)}
                ),
            ),
        ),
        2: ((number(UP, "90", "2"), SYMPTOMS),),
        1: ((ABOVE_ULN,),),
    }),
    raised=(Raise(input=ClinicalInput.BLEEDING, to=3),),
)
FALL = term(
    "Fall of fraction",
    Direction.LOW,
    "fraction",
    families=(MASS,),
    rules=rules({
        2: (
            (
                ChangeCondition(
                    operator=AT_LEAST, change=Change.DROP, of=Reference.BASELINE, numbers={"mg/dL": Decimal(10)}
                ),
            ),
        )
    }),
)
QUIET = InputCondition(input=ClinicalInput.INTERVENTION, holds=False, widens=True)
RECORDED = InputCondition(input=ClinicalInput.EXERCISE, holds=True, widens=False)
ASKED = term(
    "Asked",
    Direction.HIGH,
    "asked",
    rules=rules({3: ((ABOVE_ULN, RECORDED),), 2: ((ABOVE_ULN, SYMPTOMS),), 1: ((ABOVE_ULN, QUIET),)}),
)
PRINTED = term(
    "Printed",
    Direction.HIGH,
    "printed",
    families=(MASS,),
    rules=rules({2: ((number(UP, "90"),),), 1: ((ABOVE_ULN,),)}),
)
SIDELESS = term("Sideless", None, "sideless", rules=rules({1: ((NORMAL, ABOVE_ULN), (ABOVE_ULN,))}))

PLAIN = [
    (ENZYME, "40 U/L", "uln 40", "0"),
    (ENZYME, "41 U/L", "uln 40, baseline 30, baseline_uln 40", "1"),
    (ENZYME, "120 U/L", "uln 40, baseline 40, baseline_uln 40", "1"),
    (ENZYME, "121 U/L", "uln 40, baseline 40, baseline_uln 40", "2"),
    (ENZYME, "801 U/L", "uln 40, baseline 30, baseline_uln 40", "4"),
    (ENZYME, "89 U/L", "uln 40, baseline 60, baseline_uln 40", "0"),
    (ENZYME, "90 U/L", "uln 40, baseline 60, baseline_uln 40", "1"),
    (ENZYME, "181 U/L", "lln 10, uln 40, baseline 60, baseline_uln 40", "2"),
    (ENZYME, "2 ukat/L", "standard 120, uln 40, baseline 40, baseline_uln 40", "1"),
    (ENZYME, "1 ukat/L", "standard 121, lln 10, uln 40, baseline 40, baseline_uln 40", "2"),
    (ENZYME, "50 ukat/L", "standard 40, lln 10, uln 40", "0"),
    (PROTEIN, "2 g/L", "lln 2", "0"),
    (PROTEIN, "1.9 g/L", "lln 2, baseline 2, baseline_lln 2", "1"),
    (PROTEIN, "0.9 g/L", "lln 2, baseline 2, baseline_lln 2", "3"),
    (PROTEIN, "0.9 g/L", "lln 2, baseline 1.5, baseline_lln 2", "1"),
    (PROTEIN, "0.7 g/L", "lln 2, baseline 1.5, baseline_lln 2", "3"),
    (CREATININE, "3.1 mg/dL", "uln 4, baseline 1", "3"),
    (CREATININE, "5 mg/dL", "uln 4, baseline 2", "1"),
    (CREATININE, "4 mg/dL", "uln 4", "0"),
    (COLOUR, "30 mg/dL", "uln 26, baseline 20, baseline_uln 26", "1"),
    (COLOUR, "31 mg/dL", "uln 26, baseline 20, baseline_uln 26", "3"),
    (COLOUR, "310 mg/L", "uln 260, baseline 200, baseline_uln 260", "3"),
    (COLOUR, "31 mg/dL", "standard 31, uln 26, baseline 20, baseline_uln 26", "3"),
    (PRINTED, "901 mg/L", "standard 5, uln 6", "2"),
    (PRINTED, "900 mg/L", "standard 7, uln 6", "1"),
    (PRINTED, "900 mg/L", "standard 6, uln 6", "0"),
    (COLOUR, "34 mg/dL", "uln 26, baseline 30, baseline_uln 26", "1"),
    (COLOUR, "91 mg/dL", "uln 90, baseline 80, baseline_uln 90", ">=1 (2) symptoms"),
    (COLOUR, "91 mg/dL", "uln 90, baseline 80, baseline_uln 90, symptoms", "2"),
    (COLOUR, "91 mg/dL", "uln 90, baseline 80, baseline_uln 90, no symptoms", "1"),
    (FALL, "56 mg/dL", "baseline 65", "0"),
    (FALL, "55 mg/dL", "baseline 65", "2"),
    (FALL, "56 mg/dL", "lln 50", "0"),
    (ASKED, "5 U/L", "uln 5", "0"),
    (ASKED, "6 U/L", "uln 5", "? (2) symptoms intervention"),
    (ASKED, "6 U/L", "uln 5, exercise", "3"),
    (ASKED, "6 U/L", "uln 5, symptoms", "2"),
    (ASKED, "6 U/L", "uln 5, no symptoms", "? (1) intervention"),
    (ASKED, "6 U/L", "uln 5, no symptoms, intervention", "0"),
    (SIDELESS, "6 U/L", "uln 5, lln 3", "1"),
]
OPEN = [
    (ENZYME, "41 U/L", "uln 40"),
    (ENZYME, "40 U/L", ""),
    (ENZYME, "41 U/L", "uln 40, baseline 30"),
    (ENZYME, "41 U/L", "baseline 30, baseline_uln 40"),
    (ENZYME, "<41 U/L", "uln 40, baseline 30, baseline_uln 40"),
    (ENZYME, "41 U/L", "uln 0, baseline 30, baseline_uln 40"),
    (ENZYME, "41 U/L", "lln 50, uln 40, baseline 30, baseline_uln 40"),
    (ENZYME, "41 U/L", "uln 40, baseline 30, baseline_lln 50, baseline_uln 40"),
    (ENZYME, "41.00000000001 U/L", "uln 40, baseline 30, baseline_uln 40"),
    (ENZYME, "41 U/L", "uln 40.00000000001, baseline 30, baseline_uln 40"),
    (ENZYME, "41 U/L", "lln -1, uln 40, baseline 30, baseline_uln 40"),
    (ENZYME, "41 U/L", "uln 40, baseline 30.00000000001, baseline_uln 40"),
    (ENZYME, "41 U/L", "uln 40, baseline -1, baseline_uln 40"),
    (ENZYME, "1e16 U/L", "uln 40, baseline 30, baseline_uln 40"),
    (ENZYME, "41 U/L", "uln 40, baseline 30, baseline_uln 40, standard 41.00000000001"),
    (ENZYME, "41.00000000001 U/L", "uln 40, baseline 30, baseline_uln 40, standard 41"),
    (COLOUR, "310 mg/L", "standard 31, uln 26, baseline 20, baseline_uln 26"),
    (PROTEIN, "1 g/L", "lln 0"),
    (PROTEIN, "1.9 g/L", "lln 2"),
    (CREATININE, "5 mg/dL", "uln 4"),
    (CREATININE, "5 mg/dL", "uln 4, baseline 0"),
    (COLOUR, "95 g/L", "uln 90, baseline 80, baseline_uln 90"),
    (COLOUR, "95 g/L", "uln 90, baseline 80, baseline_uln 90, symptoms"),
    (COLOUR, "91 mg/dL", "uln 90, baseline 80, baseline_uln 90, bleeding"),
    (FALL, "55 mg/dL", "lln 56"),
    (ASKED, "6 U/L", ""),
    (replace(ASKED, rules=rules({1: ((AgeCondition(below_years=18), ABOVE_ULN),)})), "6 U/L", "uln 5, age 5"),
]


@pytest.mark.parametrize(("graded_by", "value", "given", "expected"), PLAIN)
def test_a_plain_result_is_graded_as_the_long_way_does(
    graded_by: Term, value: str, given: str, expected: str
) -> None:
    number_text, _, unit = value.partition(" ")
    measurement = measured(number_text, unit, given)
    plain = make_plain(graded_by)
    assert plain is not None
    found = plain.grade(measurement)
    assert found is not None
    assert told(found) == expected
    assert found == grade_measurement(graded_by, measurement)


@pytest.mark.parametrize(("graded_by", "value", "given"), OPEN)
def test_what_is_open_or_out_of_the_ordinary_is_not_graded_the_short_way(
    graded_by: Term, value: str, given: str
) -> None:
    number_text, _, unit = value.partition(" ")
    plain = make_plain(graded_by)
    assert plain is not None
    assert plain.grade(measured(number_text, unit, given)) is None


def test_a_family_with_a_long_factor_is_not_compared_the_short_way() -> None:
    long = UnitFamily(
        id="pressure", printed="mm[Hg]", factors={"mm[Hg]": Fraction(1), "kPa": Fraction(7500617, 1000000)}
    )
    pressure = term("Pressure", Direction.HIGH, "p", families=(long,), rules=rules({1: ((_pressure(120),),)}))
    plain = make_plain(pressure)
    assert plain is not None
    assert plain.grade(measured("16", "kPa")) is None
    assert plain.grade(measured("120", "mm[Hg]")) is not None


def _pressure(limit: int) -> NumberCondition:
    return NumberCondition(operator=AT_LEAST, numbers={"mm[Hg]": Decimal(limit)})


def test_a_number_of_another_result_is_open() -> None:
    other = NumberCondition(operator=UP, numbers={"mg/dL": Decimal(5)}, concept=ConceptId("other"))
    own = replace(other, concept=ConceptId("salt"))
    both = (ConceptId("salt"), ConceptId("other"))
    for condition, expected in ((other, None), (own, "1")):
        plain = make_plain(replace(HIGH_SALT, concepts=both, families=(MASS,), rules=rules({1: ((condition,),)})))
        assert plain is not None
        found = plain.grade(measured("6", "mg/dL"))
        assert (None if found is None else told(found)) == expected


@pytest.mark.parametrize(
    "other",
    [
        replace(ENZYME, rules=()),
        replace(ENZYME, refused=Needed.ALBUMIN),
        replace(ENZYME, age=AgeCondition(from_years=18)),
        replace(ENZYME, combined=True),
    ],
)
def test_a_term_that_rests_on_more_has_no_short_way(other: Term) -> None:
    assert make_plain(other) is None
