"""A small scale and a rule of episodes, made of real terms: for tests of graded results and events."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.safety_model.episode_rule import (
    ActionRule,
    CombinationRule,
    CorrectionRule,
    EpisodeRule,
    ExpectedRule,
    InputRule,
    RecoveryRule,
    Resolution,
)
from fhir_adapter.domain.toxicity.result import Direction
from fhir_adapter.domain.toxicity.scale import (
    BaselineCondition,
    ClinicalInput,
    Condition,
    GradeRule,
    InputCondition,
    MultipleCondition,
    NumberCondition,
    Raise,
    Reference,
    Scale,
    Term,
    UnitFamily,
)

CELLS = UnitFamily(id="cells", printed="10*9/L", factors={"10*9/L": Fraction(1)})
PER_DECILITRE = UnitFamily(id="mass", printed="mg/dL", factors={"mg/dL": Fraction(1)})
MOLAR = UnitFamily(id="molar", printed="mmol/L", factors={"mmol/L": Fraction(1)})
GRAMS = UnitFamily(id="grams", printed="g/dL", factors={"g/dL": Fraction(1), "g/L": Fraction(1, 10)})
CELSIUS = UnitFamily(id="celsius", printed="Cel", factors={"Cel": Fraction(1)})

ALT = "Alanine aminotransferase increased"
PLATELETS = "Platelet count decreased"
NEUTROPHILS = "Neutrophil count decreased"
LYMPHOCYTES = "Lymphocyte count increased"
ANEMIA = "Anemia"
HYPOKALEMIA = "Hypokalemia"
HYPOCALCEMIA = "Hypocalcemia"
FEBRILE_NEUTROPENIA = "Febrile neutropenia"
FEVER = "Fever"


def _below(*limits: str, unit: str = "10*9/L", others: tuple[tuple[str, ...], ...] = ()) -> tuple[GradeRule, ...]:
    """Grades from 2 on by printed numbers, grade 1 by the lower limit of normal; `others` in a second unit."""
    rules: list[GradeRule] = []
    for place, limit in enumerate(limits):
        numbers = {unit: Decimal(limit)} | {each[0]: Decimal(each[place + 1]) for each in others}
        condition = NumberCondition(operator=Operator.LESS, numbers=numbers)
        rules.insert(0, GradeRule(grade=place + 2, any_of=((condition,),)))
    normal = MultipleCondition(operator=Operator.LESS, times=Decimal(1), of=Reference.LLN)
    return (*rules, GradeRule(grade=1, any_of=((normal,),)))


def _times(times: str, of: Reference, operator: Operator = Operator.GREATER) -> Condition:
    return MultipleCondition(operator=operator, times=Decimal(times), of=of)


def _alt() -> tuple[GradeRule, ...]:
    higher = [
        GradeRule(grade=grade, any_of=((_times(times, Reference.REFERENCE),),))
        for grade, times in ((4, "20"), (3, "5"), (2, "3"))
    ]
    normal = (BaselineCondition(abnormal=False), _times("1", Reference.ULN))
    abnormal = (
        BaselineCondition(abnormal=True),
        _times("1.5", Reference.BASELINE, Operator.GREATER_OR_EQUAL),
    )
    return (*higher, GradeRule(grade=1, any_of=(normal, abnormal)))


def _fever() -> tuple[GradeRule, ...]:
    bounds = ((3, Operator.GREATER, "40"), (2, Operator.GREATER, "39"), (1, Operator.GREATER_OR_EQUAL, "38"))
    return tuple(
        GradeRule(grade=grade, any_of=((NumberCondition(operator=sign, numbers={"Cel": Decimal(limit)}),),))
        for grade, sign, limit in bounds
    )


def _febrile() -> tuple[GradeRule, ...]:
    low = NumberCondition(
        operator=Operator.LESS, numbers={"10*9/L": Decimal("1.0")}, concept=ConceptId("neutrophils")
    )
    single = NumberCondition(
        operator=Operator.GREATER, numbers={"Cel": Decimal("38.3")}, concept=ConceptId("body-temperature")
    )
    lasting = NumberCondition(
        operator=Operator.GREATER_OR_EQUAL, numbers={"Cel": Decimal(38)}, concept=ConceptId("body-temperature")
    )
    lasts = InputCondition(input=ClinicalInput.DURATION, holds=True, widens=True)
    return (GradeRule(grade=3, any_of=((low, single), (low, lasting, lasts))),)


def _potassium() -> tuple[GradeRule, ...]:
    three, normal = _below("3.0", unit="mmol/L")
    symptoms = InputCondition(input=ClinicalInput.SYMPTOMS, holds=True, widens=True)
    return (
        replace(three, grade=3),
        GradeRule(grade=2, any_of=((*normal.any_of[0], symptoms),)),
        normal,
    )


def a_term(name: str, concept: str, rules: tuple[GradeRule, ...], *families: UnitFamily, **more: Any) -> Term:
    """A term of one concept, of both kinds of blood count only where said so."""
    return Term(**{
        "name": name,
        "meddra": "1",
        "soc": "Investigations",
        "direction": Direction.LOW,
        "hematologic": False,
        "concepts": (ConceptId(concept),),
        "wording": {each.grade: name for each in rules},
        "rules": rules,
        "families": families,
        **more,
    })


_COUNT: dict[str, Any] = {"hematologic": True}
SCALE = Scale(
    id="small",
    title="Small 1",
    version="1",
    terms=(
        a_term(ALT, "alt", _alt(), direction=Direction.HIGH, meddra="10001551"),
        a_term(
            PLATELETS,
            "platelets",
            _below("75", "50", "25"),
            CELLS,
            concepts=(ConceptId("platelets"), ConceptId("platelets-manual")),
            **_COUNT,
        ),
        a_term(
            NEUTROPHILS,
            "neutrophils",
            _below("1.5", "1.0", "0.5"),
            CELLS,
            bounded_by=(ConceptId("leukocytes"),),
            **_COUNT,
        ),
        a_term(
            LYMPHOCYTES,
            "lymphocytes",
            tuple(
                GradeRule(
                    grade=grade,
                    any_of=((NumberCondition(operator=Operator.GREATER, numbers={"10*9/L": Decimal(limit)}),),),
                )
                for grade, limit in ((3, "20"), (2, "4"))
            ),
            CELLS,
            direction=Direction.HIGH,
            **_COUNT,
        ),
        a_term(
            ANEMIA,
            "hemoglobin",
            _below("10.0", "8.0", unit="g/dL"),
            GRAMS,
            raised=(Raise(input=ClinicalInput.TRANSFUSION, to=3),),
            note="lab-only grade",
            **_COUNT,
        ),
        a_term(HYPOKALEMIA, "potassium", _potassium(), MOLAR),
        a_term(
            HYPOCALCEMIA,
            "calcium-corrected",
            _below("8.0", "7.0", "6.0", unit="mg/dL", others=(("mmol/L", "2.0", "1.75", "1.5"),)),
            PER_DECILITRE,
            MOLAR,
        ),
        a_term(FEVER, "body-temperature", _fever(), CELSIUS, direction=Direction.HIGH),
        a_term(
            FEBRILE_NEUTROPENIA,
            "neutrophils",
            _febrile(),
            CELLS,
            CELSIUS,
            concepts=(ConceptId("neutrophils"), ConceptId("body-temperature")),
            combined=True,
            direction=None,
            **_COUNT,
        ),
    ),
)

RED_CELLS, PLATELET_BAG = ConceptId("red-cell-transfusion"), ConceptId("platelet-transfusion")
RULE = EpisodeRule(
    baseline_days=14,
    resolution=Resolution.GRADE_0,
    gap_days=7,
    dose_days=28,
    action_hours=6,
    recoveries=(
        RecoveryRule(
            term=NEUTROPHILS,
            title="neutrophil recovery",
            limit=Decimal("0.5"),
            unit="10*9/L",
            days=3,
            every_day=True,
        ),
        RecoveryRule(
            term=PLATELETS,
            title="platelet recovery",
            limit=Decimal(20),
            unit="10*9/L",
            days=7,
            every_day=False,
            without=(PLATELET_BAG,),
        ),
    ),
    expected=(
        ExpectedRule(terms=frozenset({NEUTROPHILS, PLATELETS, ANEMIA}), text="conditioning aplasia", last_day=28),
    ),
    actions=(
        ActionRule(
            title="red cell transfusion", role="transfusion", concepts=(RED_CELLS,), terms=frozenset({ANEMIA})
        ),
        ActionRule(
            title="interleukin blocker",
            role="rescue",
            concepts=(ConceptId("tocilizumab"),),
            terms=frozenset({FEVER}),
        ),
    ),
    inputs=(
        InputRule(input=ClinicalInput.TRANSFUSION, concepts=(RED_CELLS,), terms=frozenset({ANEMIA}), hours=24),
    ),
    corrections=(
        CorrectionRule(
            concepts=(ConceptId("calcium-total"),),
            graded_as=ConceptId("calcium-corrected"),
            albumin=(ConceptId("albumin"),),
            hours=24,
            lowest=Decimal(1),
            highest=Decimal(6),
        ),
    ),
    combinations=(
        CombinationRule(
            term=FEBRILE_NEUTROPENIA,
            leading=ConceptId("body-temperature"),
            beside=ConceptId("neutrophils"),
            hours=48,
            lasting_from=Decimal(38),
            lasting_minutes=60,
        ),
    ),
)
