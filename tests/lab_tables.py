"""A small scale of invented terms, with what a table of results is graded by."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from fhir_adapter.domain.codes import CodeMeaning, ConceptId
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.queries import Operator
from fhir_adapter.domain.toxicity.lab_table import LabTable
from fhir_adapter.domain.toxicity.result import Direction, Needed
from fhir_adapter.domain.toxicity.scale import (
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

MASS = UnitFamily(id="mass", printed="mg/dL", factors={"mg/dL": Fraction(1), "mg/L": Fraction(1, 10)})
MOLAR = UnitFamily(id="molar", printed="mmol/L", factors={"mmol/L": Fraction(1)})
SYMPTOMS = InputCondition(input=ClinicalInput.SYMPTOMS, holds=True, widens=True)


def number(operator: Operator, mass: str, molar: str | None = None) -> NumberCondition:
    """Compare with numbers printed for mass and, where they are, for moles."""
    numbers = {"mg/dL": Decimal(mass)} | ({} if molar is None else {"mmol/L": Decimal(molar)})
    return NumberCondition(operator=operator, numbers=numbers)


def times(operator: Operator, multiple: str, of: Reference) -> MultipleCondition:
    """Compare with a multiple."""
    return MultipleCondition(operator=operator, times=Decimal(multiple), of=of)


BELOW_LLN = times(Operator.LESS, "1", Reference.LLN)
ABOVE_ULN = times(Operator.GREATER, "1", Reference.ULN)


def rules(graded: Mapping[int, tuple[tuple[Condition, ...], ...]]) -> tuple[GradeRule, ...]:
    """Order the rules of a term."""
    return tuple(GradeRule(grade=grade, any_of=graded[grade]) for grade in sorted(graded, reverse=True))


def term(name: str, direction: Direction | None, concept: str, **more: object) -> Term:
    """Build an invented term."""
    concepts = (ConceptId(concept),) if concept else ()
    parts: dict[str, object] = {"meddra": "1", "soc": "Investigations", "hematologic": False, "wording": {1: "x"}}
    return Term(**{**parts, "name": name, "direction": direction, "concepts": concepts, **more})  # type: ignore[arg-type]


LOW_SALT = term(
    "Salt decreased",
    Direction.LOW,
    "salt",
    families=(MASS, MOLAR),
    rules=rules({
        3: ((number(Operator.LESS, "60", "1.5"),), (number(Operator.LESS, "80", "2"), SYMPTOMS)),
        1: ((BELOW_LLN,),),
    }),
    raised=(Raise(input=ClinicalInput.INTERVENTION, to=2),),
)
HIGH_SALT = term("Salt increased", Direction.HIGH, "salt", rules=rules({1: ((ABOVE_ULN,),)}))
FREE_SALT = term(
    "Salt decreased",
    Direction.LOW,
    "free-salt",
    families=(MOLAR,),
    rules=rules({
        3: ((NumberCondition(operator=Operator.LESS, numbers={"mmol/L": Decimal("0.8")}),),),
        1: ((BELOW_LLN,),),
    }),
)
HIGH_FREE_SALT = term(
    "Free salt increased",
    Direction.HIGH,
    "free-salt",
    families=(MOLAR,),
    rules=rules({1: ((NumberCondition(operator=Operator.GREATER, numbers={"mmol/L": Decimal("1.6")}),),)}),
)
BOUND_SALT = term("Salt decreased", Direction.LOW, "bound-salt", refused=Needed.ALBUMIN, wording={1: "x", 3: "y"})
UPPER = term("Pressure increased", Direction.HIGH, "upper", rules=rules({1: ((ABOVE_ULN,),)}))
LOWER = term("Pressure increased", Direction.HIGH, "lower", rules=rules({1: ((ABOVE_ULN,),)}))
PAIR = term(
    "Salt and pressure",
    None,
    "",
    concepts=(ConceptId("salt"), ConceptId("upper")),
    combined=True,
    families=(MASS,),
    rules=rules({1: ((number(Operator.LESS, "60"),),)}),
)
CLINICAL = term("Faintness", None, "")

SCALE = Scale(
    id="invented-v1",
    title="Invented 1",
    version="1",
    terms=(LOW_SALT, FREE_SALT, BOUND_SALT, HIGH_SALT, HIGH_FREE_SALT, UPPER, LOWER, PAIR, CLINICAL),
)


def unit_rule(name: str, standard: str, **more: object) -> UnitRule:
    """Build a unit rule of one unit."""
    parts: dict[str, object] = {"factors": {standard: Fraction(1)}, "offsets": {}}
    return UnitRule(**{**parts, "id": name, "standard": standard, **more})  # type: ignore[arg-type]


SALT_MASS = unit_rule(
    "salt-mass", "mg/dL", factors={"mg/dL": Fraction(1), "mg/L": Fraction(1, 10)}, highest=Decimal(1000)
)
SALT_MOLAR = unit_rule(
    "salt-molar", "mg/dL", factors={"mg/dL": Fraction(1), "mmol/L": Fraction(40)}, standard_refused=True
)
FREE = unit_rule("free-salt", "mmol/L")
BARE = unit_rule("pressure", "{p}", unitless=True, as_is=frozenset({"kPa"}))

TABLE = LabTable(
    scale=SCALE,
    codes={
        "1-1": CodeMeaning(concepts=(ConceptId("salt"),), unit_rule="salt-mass"),
        "2-2": CodeMeaning(concepts=(ConceptId("free-salt"),), unit_rule="free-salt"),
        "3-3": CodeMeaning(concepts=(ConceptId("bound-salt"),), unit_rule="salt-mass"),
        "4-4": CodeMeaning(concepts=(ConceptId("upper"),), unit_rule="pressure"),
        "5-5": CodeMeaning(concepts=(ConceptId("salt"), ConceptId("colour")), unit_rule="salt-mass"),
        "6-6": CodeMeaning(concepts=(ConceptId("colour"),), unit_rule="pressure"),
        "7-7": CodeMeaning(concepts=(ConceptId("colour"),)),
    },
    rules={rule.id: rule for rule in (SALT_MASS, SALT_MOLAR, FREE, BARE)},
    concept_rules={
        ConceptId("salt"): (SALT_MASS, SALT_MOLAR),
        ConceptId("free-salt"): (FREE,),
        ConceptId("bound-salt"): (SALT_MASS, SALT_MOLAR),
        ConceptId("upper"): (BARE,),
        ConceptId("lower"): (BARE,),
    },
    spellings={"milligrams per decilitre": "mg/dL", "mM": "mmol/L"},
    catalogue=frozenset({"salt decreased", "salt increased", "nausea"}),
)
