"""What the shipped terminology makes of tables of results: codes, units, spellings, the short way of grading."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_adapter.definitions.lab_table import load_lab_table
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.quantity import Comparator, Quantity, standardise
from fhir_adapter.domain.toxicity.grade import grade_measurement
from fhir_adapter.domain.toxicity.lab_row import COLUMNS, RowGrader
from fhir_adapter.domain.toxicity.lab_table import LabTable
from fhir_adapter.domain.toxicity.measurement import Measurement
from fhir_adapter.domain.toxicity.quick import grade_quickly
from fhir_adapter.domain.toxicity.result import GradeStatus
from fhir_adapter.domain.toxicity.scale import ClinicalInput, Term
from fhir_adapter.report.grade import tell_row
from tests.ctcae_cases import cases, term_of

LABORATORY = """
alkaline-phosphatase ggt inr aptt hemoglobin platelets neutrophils leukocytes lymphocytes t-helper-cells sodium
potassium calcium-corrected calcium-total calcium-ionized magnesium glucose albumin fibrinogen lipase amylase cpk
ldh haptoglobin cholesterol triglycerides uric-acid blood-ph bicarbonate eosinophils methemoglobin troponin-i
troponin-t tsh qtc
urine-output urine-protein-24h urine-protein-creatinine fev1-percent dlco systolic-blood-pressure
diastolic-blood-pressure phosphate alt ast bilirubin-total creatinine lvef spo2 body-temperature body-weight
"""


@cache
def table() -> LabTable:
    return load_lab_table("ctcae-v5")


@pytest.mark.parametrize("concept", LABORATORY.split())
def test_every_result_the_scale_grades_has_a_code_and_units(concept: str) -> None:
    assert table().concept_rules[ConceptId(concept)]


@pytest.mark.parametrize(
    ("code", "value", "unit", "standard"),
    [
        ("59260-0", "1", "mmol/L", "1.61145 g/dL"),
        ("718-7", "85", "g/L", "8.5 g/dL"),
        ("29265-6", "2.5", "mmol/L", "10.0195 mg/dL"),
        ("1994-3", "2.4", "meq/L", "1.2 mmol/L"),
        ("2601-3", "1", "mmol/L", "2.4305 mg/dL"),
        ("14749-6", "5", "mmol/L", "90.08 mg/dL"),
        ("2951-2", "140", "meq/L", "140 mmol/L"),
        ("777-3", "150000", "/uL", "150.000 10*9/L"),
        ("24467-3", "250", "{cells}/uL", "0.25 10*9/L"),
        ("6690-2", "7.5", "10*3/uL", "7.5 10*9/L"),
        ("1751-7", "35", "g/L", "3.5 g/dL"),
        ("3255-7", "2", "g/L", "200 mg/dL"),
        ("6301-6", "1.1", "1", "1.1 {INR}"),
        ("2744-1", "7.4", "[pH]", "7.4 [pH]"),
        ("6598-7", "14", "ng/L", "0.014 ng/mL"),
        ("3016-3", "4", "mU/L", "4 m[IU]/L"),
        ("6768-6", "2", "ukat/L", "120 U/L"),
        ("1742-6", "40", "[IU]/L", "40 U/L"),
        ("2889-4", "300", "mg/(24.h)", "0.3 g/d"),
        ("2890-2", "500", "mg/g", "0.5 g/g"),
        ("8480-6", "16", "kPa", "120.0098648379998 mm[Hg]"),
        ("8310-5", "100.4", "[degF]", "38 Cel"),
    ],
)
def test_a_result_is_standardised_in_its_family(code: str, value: str, unit: str, standard: str) -> None:
    rule = table().rules[str(table().codes[code].unit_rule)]
    number, _, name = standard.partition(" ")
    found = standardise(Quantity(Decimal(value), unit), rule)
    assert found.unit == name
    assert abs(found.value - Decimal(number)) < Decimal("0.0001")


@pytest.mark.parametrize(
    ("spelled", "unit"),
    [
        ("10^9/L", "10*9/L"),
        ("x10^9/L", "10*9/L"),
        ("G/L", "10*9/L"),
        ("K/uL", "10*3/uL"),
        ("cells/uL", "/uL"),
        ("/mm³", "/mm3"),
        ("U/l", "U/L"),
        ("mmol/l", "mmol/L"),
        ("\u00b5mol/L", "umol/L"),
        ("\u03bcmol/L", "umol/L"),
        ("mEq/L", "meq/L"),
        ("mmHg", "mm[Hg]"),
        ("°F", "[degF]"),
        ("°C", "Cel"),
        ("\u0433/\u043b", "g/L"),
    ],
)
def test_common_spellings_are_known_letter_by_letter(spelled: str, unit: str) -> None:
    assert table().spellings[spelled] == unit


@pytest.mark.parametrize("spelled", ["g / dL", "Mg/dL", "mol/L", "G/l ", "10^9", "mL/min/1.73.m2", "", "10*9/L"])
def test_nothing_near_a_spelling_is_one(spelled: str) -> None:
    assert spelled not in table().spellings


@pytest.mark.parametrize(
    ("term", "value", "unit", "limits", "expected"),
    [
        ("Hypocalcemia", "1.15", "mmol/L", {"lln": "1.12"}, ("0", "calcium-ionized")),
        ("Hypocalcemia", "1.15", "mmol/L", {"lln": "1.12", "uln": "1.32"}, ("0", "calcium-ionized")),
        ("Hypocalcemia", "1.15", "mmol/L", {"lln": "2.1"}, ("4", "")),
        ("Hypercalcemia", "2.7", "mmol/L", {"uln": "2.6"}, ("1", "")),
        ("Hypercalcemia", "2.95", "mmol/L", {"uln": "2.6"}, ("2", "")),
    ],
)
def test_one_limit_of_normal_says_which_calcium_a_row_is_of(
    term: str, value: str, unit: str, limits: dict[str, str], expected: tuple[str, str]
) -> None:
    """1.15 mmol/L is a normal ionized calcium, and a grade 4 as a corrected one."""
    told = RowGrader(table()).grade({"term": term, "value": value, "unit": unit, **limits})
    assert told.grade is not None
    grade, kind = expected
    assert str("" if told.grade.grade is None else told.grade.grade) == grade
    assert told.notes == ((f"read as {kind} by its limits of normal",) if kind else ())


def test_the_short_way_grades_every_case_as_the_long_way() -> None:
    alone = [case for case in cases() if not case.others]
    graded = [(case, term_of(table().scale, case)) for case in alone]
    differing = [
        case.line
        for case, term in graded
        if grade_quickly(term, case.measurement) != grade_measurement(term, case.measurement)
    ]
    assert differing == []
    assert len(alone) > 800


def _numbers_of(term: Term) -> Iterator[Decimal]:
    for condition in term.conditions:
        yield from getattr(condition, "numbers", {}).values()


def _units_of(term: Term) -> list[str]:
    return sorted({unit for family in term.families for unit in family.factors}) or ["U/L"]


@st.composite
def _measurements(draw: st.DrawFn) -> tuple[Term, Measurement]:
    """A result near what its term prints, with any part of the rest."""
    term = draw(st.sampled_from([each for each in table().scale.terms if each.rules]))
    near = sorted({*_numbers_of(term), Decimal(2), Decimal(40), Decimal(120)})
    number = st.one_of(
        st.sampled_from(near),
        st.decimals(0, 700, places=2),
        st.sampled_from([each + Decimal("0.01") for each in near]),
    )
    maybe = st.none() | number
    inputs = draw(st.dictionaries(st.sampled_from(list(ClinicalInput)), st.booleans(), max_size=3))
    comparator = draw(st.none() | st.none() | st.sampled_from(list(Comparator)))
    return term, Measurement(
        reported=Quantity(draw(number), draw(st.sampled_from(_units_of(term))), comparator),
        lln=draw(maybe),
        uln=draw(maybe),
        baseline=draw(maybe),
        baseline_lln=draw(maybe),
        baseline_uln=draw(maybe),
        inputs=inputs,
        age_years=draw(st.none() | st.integers(0, 90)),
    )


@settings(max_examples=50)
@given(_measurements())
def test_the_short_way_grades_any_result_as_the_long_way(drawn: tuple[Term, Measurement]) -> None:
    term, measurement = drawn
    assert grade_quickly(term, measurement) == grade_measurement(term, measurement)


_WORDS = ["1", "<1", ">=7.5", "0", "1e3", "-1", "nan", "9,5", "true", "FALSE", "mg/dL", "mmol/L", "10*9/L"]


def _anything() -> st.SearchStrategy[str]:
    names = [*(term.name for term in table().scale.terms), *table().codes, *table().spellings]
    return st.one_of(st.text(max_size=12), st.sampled_from(names), st.sampled_from(_WORDS))


@settings(max_examples=50)
@given(st.fixed_dictionaries(dict.fromkeys(COLUMNS, st.deferred(_anything))))
def test_whatever_stands_in_its_cells_a_row_is_graded_or_says_why_not(cells: dict[str, str]) -> None:
    told = tell_row(RowGrader(table()).grade(cells))
    assert (told.status is GradeStatus.UNGRADABLE) is (told.grade == "")
    assert told.grade in {"", "0", "1", "2", "3", "4"}
    assert told.reason or told.status is GradeStatus.GRADED
