"""A toxicity scale compiles to what it says, and slips in it are refused by name."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load_scale import load_scale
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.scale import (
    AgeCondition,
    BaselineCondition,
    Change,
    ChangeCondition,
    ClinicalInput,
    Condition,
    InputCondition,
    MultipleCondition,
    NumberCondition,
    Raise,
    Reference,
    Scale,
)
from fhir_adapter.errors import DefinitionError
from tests.scale_samples import SCALE, write_scaled


def scale(root: Path, *changes: tuple[str, str]) -> Scale:
    written = write_scaled(root, *((SCALE, old, new) for old, new in changes))
    return load_scale(mapping_roots((written,), default=False), "sample-v1")


def test_the_highest_grade_stands_first_and_grades_without_numbers_have_no_rule(tmp_path: Path) -> None:
    creatinine, muscle = scale(tmp_path).terms
    assert [rule.grade for rule in creatinine.rules] == [3, 2, 1]
    assert creatinine.wording == {1: ">ULN", 2: ">2 mg/dL", 3: ">3 mg/dL", 5: "Death"}
    assert creatinine.raised == (Raise(input=ClinicalInput.TRANSFUSION, to=3),)
    assert (creatinine.highest_worded, muscle.highest_worded) == (3, 4)
    assert muscle.age == AgeCondition(from_years=18)


OLD = "{above: 1 x uln}"


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        (OLD, MultipleCondition(operator=Operator.GREATER, times=Decimal(1), of=Reference.ULN)),
        (
            "{at_least: 2.5 x reference}",
            MultipleCondition(operator=Operator.GREATER_OR_EQUAL, times=Decimal("2.5"), of=Reference.REFERENCE),
        ),
        (
            "{below: 0.75 x lln}",
            MultipleCondition(operator=Operator.LESS, times=Decimal("0.75"), of=Reference.LLN),
        ),
        (
            "{at_most: 1 x baseline}",
            MultipleCondition(operator=Operator.LESS_OR_EQUAL, times=Decimal(1), of=Reference.BASELINE),
        ),
        (
            "{at_least: 25 % drop}",
            MultipleCondition(operator=Operator.LESS_OR_EQUAL, times=Decimal("0.75"), of=Reference.BASELINE),
        ),
        (
            "{above: 25 % drop}",
            MultipleCondition(operator=Operator.LESS, times=Decimal("0.75"), of=Reference.BASELINE),
        ),
        (
            "{above: 25 % rise}",
            MultipleCondition(operator=Operator.GREATER, times=Decimal("1.25"), of=Reference.BASELINE),
        ),
        (
            "{below: {mg/dL: 2}, of: creatinine}",
            NumberCondition(
                operator=Operator.LESS, numbers={"mg/dL": Decimal(2)}, concept=ConceptId("creatinine")
            ),
        ),
        (
            "{above: {mg/dL: 2}, rise_from: reference}",
            ChangeCondition(
                operator=Operator.GREATER,
                change=Change.RISE,
                of=Reference.REFERENCE,
                numbers={"mg/dL": Decimal(2)},
            ),
        ),
        (
            "{at_most: {mg/dL: 2}, drop_from: lln}",
            ChangeCondition(
                operator=Operator.LESS_OR_EQUAL,
                change=Change.DROP,
                of=Reference.LLN,
                numbers={"mg/dL": Decimal(2)},
            ),
        ),
        ("{baseline: abnormal}", BaselineCondition(abnormal=True)),
        ("{baseline: normal}", BaselineCondition(abnormal=False)),
        ("{age: {from: 1, below: 18}}", AgeCondition(from_years=1, below_years=18)),
        ("{input: symptoms}", InputCondition(input=ClinicalInput.SYMPTOMS, holds=True, widens=True)),
        (
            '{recorded: exercise, is: "false"}',
            InputCondition(input=ClinicalInput.EXERCISE, holds=False, widens=False),
        ),
    ],
)
def test_every_condition_compiles_to_what_it_says(written: str, condition: Condition, tmp_path: Path) -> None:
    compiled = scale(tmp_path, (OLD, written)).terms[0].rules[-1].any_of
    assert compiled == ((condition,),)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (OLD, "{above: 1 x normal}", "not a limit"),
        (OLD, "{above: 0 x uln}", "not a limit"),
        (OLD, "{above: 25 percent drop}", "not a limit"),
        (OLD, "{above: 1 x uln, below: 2 x uln}", "not exactly one condition"),
        (OLD, "{above: 1 x uln, input: symptoms}", "not exactly one condition"),
        (OLD, "{is: true}", "not exactly one condition"),
        (OLD, "{above: 1 x uln, rise_from: uln}", "rise_from, drop_from and of go with numbers"),
        (OLD, "{input: symptoms, of: creatinine}", "rise_from, drop_from and of go with numbers"),
        (OLD, "{above: {mg/dL: 1}, rise_from: uln, drop_from: lln}", "exclude each other"),
        (OLD, "{above: {mg/dL: 1}, rise_from: uln, of: creatinine}", "exclude each other"),
        (OLD, '{above: 1 x uln, is: "false"}', "`is` goes with input and recorded"),
        (OLD, "{above: {g/L: 1}}", "a limit in g/L without unit family"),
        (OLD, "{above: {}}", "a limit without number"),
        (OLD, "{above: {mg/dL: 1}, of: potassium}", "potassium is none of the term's concepts"),
        ("families: [mass, amount]", "families: [mass, weight]", "unknown family weight"),
        ("families: [mass, amount]", "families: [mass, mass]", "shares a unit"),
        ("- {id: amount,", "- {id: mass,", "duplicate family mass"),
        ("{umol/L: 1}, source", "{mmol/L: 1}, source", "the printed unit umol/L is not listed as 1"),
        ("mg/L: 1/10", "mg/L: 0", "a factor of zero"),
        ("grade: 2,", "grade: 3,", "duplicate grade 3"),
        ("{grade: 5, wording: Death}", "{grade: 5, wording: Death, any: [[{age: {from: 1}}]]}", "grade 5"),
        ("to: 3}", "to: 4}", "the term has no grade 4"),
        ("name: Muscle lost", "name: CREATININE increased\n    concepts: [creatinine]", "stands here twice"),
        ("    direction: high\n", "    direction: high\n    refused: albumin\n", "refuses every number has rules"),
        ("    direction: high\n", "    direction: high\n    combined: true\n", "number without `of`"),
        ("id: sample-v1\n", "id: sample-v2\n", "id is not the file's name sample-v1"),
    ],
)  # fmt: skip
def test_a_slip_is_refused(old: str, new: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as refusal:
        scale(tmp_path, (old, new))
    assert problem in refusal.value.problem
    assert refusal.value.line is not None
