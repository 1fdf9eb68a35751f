"""dosing.yaml -> the domain's regimen and the criteria to receive a cell infusion.

Knows: how items, levels, weights, donor and clearance refer to each other. Does not know: any particular trial.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from fhir_adapter.definitions.compile_criterion import compile_criterion
from fhir_adapter.definitions.compile_item import compile_item
from fhir_adapter.definitions.compile_query import BODY_INPUTS, BODY_SURFACE, check_input, compile_query
from fhir_adapter.definitions.file_dosing import DonorFactRow, DosingFile
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.domain.criterion import ClearanceCriterion, Kind
from fhir_adapter.domain.protocol import LinkType
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.regimen import (
    BodyRule,
    CellRule,
    DayZeroRule,
    DonorFactRule,
    DonorRule,
    DoseUnit,
    LevelRule,
    PlannedItem,
    Regimen,
)

DOSE_RULES: Final[Mapping[DoseUnit, str]] = {
    DoseUnit.MASS: "dose-mass",
    DoseUnit.MASS_PER_KG: "dose-mass-per-kg",
    DoseUnit.MASS_PER_AREA: "dose-mass-per-area",
    DoseUnit.CELLS: "dose-cells",
    DoseUnit.CELLS_PER_KG: "dose-cells-per-kg",
    DoseUnit.VOLUME: "dose-volume",
    DoseUnit.RADIATION: "radiation-dose",
    DoseUnit.TIME: "dose-time",
    DoseUnit.RATE_MASS: "dose-rate-mass",
    DoseUnit.RATE_MASS_PER_KG: "dose-rate-mass-per-kg",
    DoseUnit.RATE_MASS_PER_AREA: "dose-rate-mass-per-area",
    DoseUnit.RATE_VOLUME: "dose-rate-volume",
    DoseUnit.RATE_CELLS: "dose-rate-cells",
}
"""What an amount may state -> the rule of units.yaml that reads it."""


@dataclass(frozen=True, slots=True)
class CompiledDosing:
    """A regimen with its clearance criteria."""

    regimen: Regimen
    clearance: tuple[ClearanceCriterion, ...]


def compile_dosing(scope: RuleScope, file: DosingFile, taken: frozenset[str]) -> CompiledDosing:
    """Compile dosing.yaml.

    Args:
        scope: dosing.yaml against the rest of the definitions; learns what it names.
        file: dosing.yaml, settings filled in.
        taken: Ids of the criteria of eligibility.yaml.

    Returns:
        The regimen and the clearance criteria.

    Raises:
        DefinitionError: Something named does not exist, is named twice, or does not fit.
    """
    dose_units = _dose_units(scope)
    items = _items(scope, file, dose_units)
    scope.rests_on((), "Patient")
    regimen = Regimen(
        items=items,
        day_zero=_day_zero(scope, file),
        body=_body(scope, file),
        levels=_levels(scope, file, dose_units),
        cells=_cells(scope, file, dose_units),
        donor=_donor(scope, file),
        implausible=file.implausible,
        dose_units={kind.value: rule for kind, rule in dose_units.items()},
    )
    if file.implausible <= 1:
        raise scope.error(("implausible",), "every amount would be taken for a slip", "write a factor above 1")
    return CompiledDosing(regimen, _clearance(scope, file, items, taken))


def _dose_units(scope: RuleScope) -> dict[DoseUnit, UnitRule]:
    rules: dict[DoseUnit, UnitRule] = {}
    readers: dict[str, str] = {}
    for kind, name in DOSE_RULES.items():
        rule = scope.unit_rules.get(name)
        if rule is None:
            raise scope.error((), f"units.yaml has no unit rule {name}", "doses are read with it; list it")
        for unit in rule.factors:
            if readers.setdefault(unit, name) != name:
                problem = f"{unit} stands in {readers[unit]} and in {name}"
                raise scope.error((), problem, "a unit must say by itself what a dose rests on")
        rules[kind] = rule
    return rules


def _items(scope: RuleScope, file: DosingFile, dose_units: Mapping[DoseUnit, UnitRule]) -> tuple[PlannedItem, ...]:
    items: dict[str, PlannedItem] = {}
    infusions: set[int] = set()
    for place, row in enumerate(file.items):
        steps = ("items", place)
        if row.id in items:
            raise scope.error((*steps, "id"), "duplicate item", "keep one")
        item = compile_item(scope, row, dose_units, steps)
        if item.infusion is not None and item.infusion in infusions:
            raise scope.error((*steps, "infusion"), f"infusion {item.infusion} is another item's", "number them")
        if item.infusion is not None:
            infusions.add(item.infusion)
        if item.days[0].day < file.day_zero.first_day:
            problem = f"due before the first day of treatment, {file.day_zero.first_day}"
            raise scope.error((*steps, "days"), problem, "correct day_zero.first_day or the day")
        items[row.id] = item
    return tuple(items.values())


def _day_zero(scope: RuleScope, file: DosingFile) -> DayZeroRule:
    row = file.day_zero
    scope.rests_on(("day_zero", "graft"), "Procedure", "MedicationAdministration")
    scope.link_of_type(row.plan_link, LinkType.DATE, ("day_zero", "plan_link"))
    return DayZeroRule(
        graft=scope.concepts(row.graft, ("day_zero", "graft")),
        plan_link=row.plan_link,
        first_day=row.first_day,
    )


def _body(scope: RuleScope, file: DosingFile) -> BodyRule:
    row = file.body
    queries = {
        name: compile_query(scope, written, ("body", name))
        for name, written in (("weight", row.weight), ("height", row.height))
    }
    for name, query in queries.items():
        check_input(scope, query.concepts, BODY_INPUTS[name], ("body", name))
        if not query.windows:
            raise scope.error(("body", name), "no limit of age", "a dose rests on a recent value: state `window`")
    if row.area not in BODY_SURFACE:
        raise scope.error(("body", "area"), "not a formula of body surface area", "for example bsa-mosteller")
    if row.doubt_share <= row.replan_share:
        raise scope.error(("body", "doubt_share"), "no more than replan_share", "state a larger share")
    return BodyRule(
        **queries,
        area=row.area,
        lock_day=row.lock_day,
        replan_share=row.replan_share,
        doubt_share=row.doubt_share,
    )


def _levels(scope: RuleScope, file: DosingFile, dose_units: Mapping[DoseUnit, UnitRule]) -> LevelRule:
    row = file.levels
    standard = dose_units[DoseUnit.CELLS_PER_KG].standard
    if row.unit != standard:
        raise scope.error(("levels", "unit"), f"levels in {row.unit}", f"write them in {standard}")
    scope.link_of_type(row.link, LinkType.INTEGER, ("levels", "link"))
    totals: dict[int, Fraction] = {}
    for place, one in enumerate(row.totals):
        if one.level in totals:
            raise scope.error(("levels", "totals", place, "level"), "duplicate level", "keep one")
        if one.total <= 0:
            raise scope.error(("levels", "totals", place, "total"), "no cells at all", "write its total")
        totals[one.level] = one.total
    return LevelRule(totals=totals, unit=row.unit, link_id=row.link, arm=row.arm)


def _cells(scope: RuleScope, file: DosingFile, dose_units: Mapping[DoseUnit, UnitRule]) -> CellRule:
    (content,) = scope.concepts([file.cells.content], ("cells", "content"))
    check_input(scope, (content,), dose_units[DoseUnit.CELLS].standard, ("cells", "content"))
    return CellRule(content=content, shown=scope.concepts(file.cells.shown, ("cells", "shown")))


def _donor(scope: RuleScope, file: DosingFile) -> DonorRule:
    row = file.donor
    scope.link_of_type(row.type_link, LinkType.CODE, ("donor", "type_link"))
    scope.link_of_type(row.same_donor_link, LinkType.BOOLEAN, ("donor", "same_donor_link"))
    shown: dict[str, DonorFactRule] = {}
    for place, fact in enumerate(row.shown):
        steps = ("donor", "shown", place)
        if fact.id in shown:
            raise scope.error((*steps, "id"), "duplicate donor fact", "keep one")
        shown[fact.id] = _donor_fact(scope, fact, steps)
    return DonorRule(type_link=row.type_link, same_donor_link=row.same_donor_link, shown=tuple(shown.values()))


def _donor_fact(scope: RuleScope, row: DonorFactRow, steps: Steps) -> DonorFactRule:
    if row.link is None and not row.concepts and not row.gender:
        raise scope.error(steps, "nothing says this of the donor", "state `link`, `concepts` or `gender`")
    if row.link is not None:
        if row.link not in scope.links:
            raise scope.error((*steps, "link"), f"no link {row.link}", "list it under `links` in trial.yaml")
        scope.used_links.add(row.link)
    return DonorFactRule(
        id=row.id,
        title=row.title,
        link_id=row.link,
        concepts=scope.concepts(row.concepts, (*steps, "concepts")),
        is_gender=row.gender,
    )


def _clearance(
    scope: RuleScope, file: DosingFile, items: tuple[PlannedItem, ...], taken: frozenset[str]
) -> tuple[ClearanceCriterion, ...]:
    infusions = {item.infusion for item in items} - {None}
    compiled: dict[str, ClearanceCriterion] = {}
    for place, row in enumerate(file.clearance):
        steps = ("clearance", place)
        if row.id in compiled or row.id in taken:
            raise scope.error((*steps, "id"), "duplicate criterion", "keep one")
        for number, infusion in enumerate(row.infusions):
            if infusion not in infusions:
                where = (*steps, "infusions", number)
                raise scope.error(where, f"no item is infusion {infusion}", "number an item so, or correct it")
        criterion = compile_criterion(scope, row, Kind.INCLUSION, steps)
        compiled[row.id] = ClearanceCriterion(criterion=criterion, infusions=tuple(row.infusions))
    return tuple(compiled.values())
