"""Mutants of a trial's treatment plan, its clearance and its care plan, made on what they compile to.

Knows: which changes a plan invites. Does not know: how doses are derived.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any, Final

from fhir_adapter.definitions.load import Definitions
from fhir_adapter.domain.criterion import ClearanceCriterion
from fhir_adapter.domain.regimen import Basis, ItemKind, PlannedItem, Regimen, Tolerance
from tests.mutation.harness import Mutant
from tests.mutation.rule_mutants import field_changes, node_changes, with_trial
from tests.mutation.variants import Change, without_each

NO_TOLERANCE: Final = Tolerance(Fraction(0), Fraction(0))

OPTIONAL: Final = ("only_if", "undecided_outside", "exclusive", "warn_above", "course")
"""What an item may do without: each is left out in turn."""

STOPPED: Final = ("administered", "ordered", "unknown")


def treatment_mutants(definitions: Definitions) -> Iterator[Mutant]:
    """Give every mutant of the treatment plan, of the criteria to receive an infusion, and of the care plan."""
    trial = definitions.trial
    for words, regimen in regimen_changes(trial.regimen) if trial.regimen is not None else ():
        if _loads(regimen):
            yield Mutant(f"regimen.{words}", partial(with_trial, definitions, "regimen", regimen))
    for words, clearance in clearance_changes(trial.clearance):
        yield Mutant(words, partial(with_trial, definitions, "clearance", clearance))
    for words, plan in field_changes(trial.care_plan) if trial.care_plan is not None else ():
        yield Mutant(f"care_plan.{words}", partial(with_trial, definitions, "care_plan", plan))
    yield from _stopped(definitions)


def _stopped(definitions: Definitions) -> Iterator[Mutant]:
    """Let the hospital mean something else by the dose of a stopped administration."""
    means = definitions.traits.stopped_dose
    for other in STOPPED:
        if other != means:
            changed = replace(definitions.traits, stopped_dose=other)
            yield Mutant(f"hospital.stopped_dose:{means}>{other}", partial(replace, definitions, traits=changed))


def _loads(regimen: Regimen) -> bool:
    """Say whether the loader would take the plan: what it refuses needs no story."""
    infusions = [item.infusion for item in regimen.items if item.infusion is not None]
    return (
        all(_item_loads(item, regimen.day_zero.first_day) for item in regimen.items)
        and len(infusions) == len(set(infusions)) == len([one for one in infusions if one > 0])
        and min(regimen.levels.totals.values(), default=0) > 0
    )


def _item_loads(item: PlannedItem, first_day: int) -> bool:
    days = [day.day for day in item.days]
    return (
        days == sorted(set(days))
        and days[0] >= first_day
        and item.reach >= 0
        and (item.minutes is not None or item.duration_tolerance == NO_TOLERANCE)
        and (item.basis is not Basis.NONE or (item.tolerance == NO_TOLERANCE and not item.locked_weight))
        and (not item.as_course or item.kind is ItemKind.IRRADIATION)
        and (item.exclusive is None or item.only_if is not None)
    )


def regimen_changes(regimen: Regimen) -> Iterator[Change]:
    """Step every number, shift every day, leave out every row and every optional part, reckon by another basis."""
    yield from field_changes(regimen)
    for place, item in enumerate(regimen.items):
        for words, changed in _item_changes(item):
            items = (*regimen.items[:place], changed, *regimen.items[place + 1 :])
            yield f"items.{item.id}.{words}", replace(regimen, items=items)


def _item_changes(item: PlannedItem) -> Iterator[Change]:
    for name in OPTIONAL:
        if getattr(item, name) is not None:
            without: dict[str, Any] = {name: None}
            yield f"{name}:dropped", replace(item, **without)
    if item.minutes is not None:
        yield "minutes:dropped", replace(item, minutes=None, duration_tolerance=NO_TOLERANCE)
    for place, day in enumerate(item.days):
        if day.only_if is not None:
            days = (*item.days[:place], replace(day, only_if=None), *item.days[place + 1 :])
            yield f"days.{place}.only_if:dropped", replace(item, days=days)
    reckoned = {Basis.KG: Basis.M2, Basis.M2: Basis.KG, Basis.ABSOLUTE: Basis.KG, Basis.LEVEL: Basis.KG}
    if item.basis in reckoned:
        other = reckoned[item.basis]
        yield f"basis:{item.basis}>{other}", replace(item, basis=other)


def clearance_changes(rows: tuple[ClearanceCriterion, ...]) -> Iterator[Change]:
    """Leave out every criterion and every infusion it is asked at, and change its rule as any other."""
    for place, fewer in without_each(rows):
        yield f"clearance.{rows[place].criterion.id}:drop", fewer
    for place, row in enumerate(rows):
        name = row.criterion.id
        for number, infusions in without_each(row.infusions):
            changed = replace(row, infusions=infusions)
            yield f"{name}.infusions:drop {row.infusions[number]}", _with(rows, place, changed)
        for words, rule in node_changes(row.criterion.rule):
            changed = replace(row, criterion=replace(row.criterion, rule=rule))
            yield f"{name}.{words}", _with(rows, place, changed)


def _with(
    rows: tuple[ClearanceCriterion, ...], place: int, row: ClearanceCriterion
) -> tuple[ClearanceCriterion, ...]:
    return (*rows[:place], row, *rows[place + 1 :])
