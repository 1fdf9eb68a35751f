"""Assess `Formula`: a value computed from current findings against a limit.

Knows: for whom a formula is valid, its inputs, censored and conflicting ones. Does not know: the formulas'
constants, which findings are current.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from itertools import product
from typing import Final

from fhir_adapter.domain.answers import Cause, decided, in_words, next_fact, unknown
from fhir_adapter.domain.evidence import amount_of, of_finding, plain
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.formula_input import MOLAR, Input, extremes, spread, take_input
from fhir_adapter.domain.formulas import (
    AREA_UNIT,
    CARDS,
    GFR_UNIT,
    FormulaCard,
    compute_area,
    compute_ckd_epi_2021,
    compute_ckid_u25,
    compute_indexed,
    compute_schwartz,
    is_area,
)
from fhir_adapter.domain.intervals import EXACT, Interval, lies
from fhir_adapter.domain.judgement import CONFLICT, side_of
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.operators import Formula, FormulaId
from fhir_adapter.domain.queries import Limit, UnknownReason
from fhir_adapter.domain.records import Amount, Answer, Computation, Evidence
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.selection import Selection, select_current

_SHOWN: Final = Context(prec=8)
_MOLAR_PER_MASS: Final = Decimal("88.4")
"""Creatinine [umol/L] per [mg/dL]; rules sheet A.11."""


@dataclass(frozen=True, slots=True)
class _Person:
    """What a formula needs to know of the patient besides findings."""

    age: int = 0
    is_female: bool = False


Taken = Mapping[str, tuple[Input, ...]]
"""Input name -> every current one, the latest last."""


@dataclass(frozen=True, slots=True)
class _Work:
    """A formula with everything it is computed from."""

    node: Formula
    card: FormulaCard
    taken: Taken
    person: _Person

    @property
    def latest(self) -> dict[str, Input]:
        """The latest of each input."""
        return {name: inputs[-1] for name, inputs in self.taken.items()}

    def result(self, inputs: Mapping[str, Input]) -> Interval:
        """Compute all the formula can give for one combination of inputs."""
        units = {name: each.unit for name, each in inputs.items()}
        return spread(inputs, self.card.falling, lambda values: _compute(self.node, values, units, self.person))

    def results(self) -> list[Interval]:
        """Compute every combination of same-day inputs that can be the outermost."""
        choices = product(*(extremes(inputs) for inputs in self.taken.values()))
        return [self.result(dict(zip(self.taken, each, strict=True))) for each in choices]

    def computations(self) -> tuple[Computation, ...]:
        """Show how the value was computed from the latest inputs."""
        latest = self.latest
        inputs = tuple((name, amount_of(each.quantity)) for name, each in latest.items())
        shown = Computation(
            formula=self.node.formula.value,
            source=self.card.source,
            inputs=inputs,
            result=_shown(self.result(latest), self.card.unit),
        )
        if self.node.formula is not FormulaId.INDEXED_CLEARANCE or "weight" not in latest:
            return (shown,)
        body = {name: latest[name] for name in ("weight", "height")}
        area = spread(body, frozenset(), lambda values: _area(self.node.bsa, values))
        step = Computation(
            formula=self.node.bsa.value,
            source=CARDS[self.node.bsa].source,
            inputs=tuple((name, amount) for name, amount in inputs if name in body),
            result=_shown(area, AREA_UNIT),
        )
        return step, shown


def assess_formula(node: Formula, scene: Scene) -> Answer:
    """Say whether a value computed from current findings lies on this side of a limit.

    The comparison is made on the unrounded value; only what is shown is rounded. Every combination of same-day
    inputs must agree.

    Args:
        node: Formula, inputs, limit.
        scene: What it is assessed against.

    Returns:
        MET or NOT_MET; UNKNOWN with the causes of each input, CENSORED, CONFLICTING, NEEDS_ATTESTATION outside
        the ages the formula is valid for, or where it is supportive only (no limit).

    Source:
        rules sheet D; clinical review, PUT-10.
    """
    card = CARDS[node.formula]
    selections = _select(node, card, scene)
    expires = scene.next_of(selection.expires for selection in selections.values())
    taken, causes = _take(node, card, selections)
    person = _person(card, scene, taken.get("creatinine", ()))
    if isinstance(person, Cause):
        causes.append(person)
        person = _Person()
    work = None if causes else _Work(node, card, taken, person)
    if node.limit is None:
        causes = [_supportive(causes)]
    elif work is not None:
        side = _side(work, node.limit)
        if isinstance(side, Truth):
            cited = _cited({name: (each,) for name, each in work.latest.items()})
            return decided(node, side, evidence=cited, computations=work.computations(), expires=expires)
        causes = [side]
    computations = work.computations() if work is not None else ()
    return unknown(
        node, causes, what=_what(node), evidence=_cited(taken), computations=computations, expires=expires
    )


def _select(node: Formula, card: FormulaCard, scene: Scene) -> dict[str, Selection]:
    """Select the findings of every input; a clearance that is already indexed needs no body surface."""
    found = {name: select_current(query, scene) for name, query in node.inputs.items() if name in card.inputs}
    clearance = found.get("clearance")
    if clearance is not None and clearance.current and all(_unit(each) == GFR_UNIT for each in clearance.current):
        return {"clearance": clearance}
    missing = Selection(causes=(Cause(reason=UnknownReason.MISSING, note="no query is defined for an input"),))
    return {name: found.get(name, missing) for name in card.inputs}


def _unit(finding: Finding) -> str | None:
    return finding.standard.unit if finding.standard is not None else None


def _take(
    node: Formula, card: FormulaCard, selections: Mapping[str, Selection]
) -> tuple[dict[str, tuple[Input, ...]], list[Cause]]:
    """Take the inputs, and every cause that keeps one from being taken, named by its input."""
    taken: dict[str, tuple[Input, ...]] = {}
    causes: list[Cause] = []
    for name, selection in selections.items():
        given = [take_input(name, finding, card.inputs[name]) for finding in selection.current]
        taken[name] = tuple(each for each in given if isinstance(each, Input))
        wrong = [each for each in given if isinstance(each, Cause)]
        query = node.inputs.get(name)
        subject = in_words(query.concepts) if query is not None else name
        for cause in (*selection.causes, *(each.cause for each in selection.obstacles), *wrong):
            note = f"{name}: {cause.note}" if cause.note else f"{name} is missing"
            causes.append(replace(cause, note=note, wanted=next_fact(cause, subject)))
    return taken, causes


def _person(card: FormulaCard, scene: Scene, dated: tuple[Input, ...]) -> _Person | Cause:
    """Say age and sex for the formula, or why it is not valid for this patient."""
    if card.needs_sex and scene.gender not in {"male", "female"}:
        return Cause(reason=UnknownReason.MISSING, note="the formula differs by sex", wanted="sex")
    sexed = _Person(is_female=scene.gender == "female")
    if card.from_age is None or not dated:
        return sexed
    at = scene.start_of(dated[-1].finding.effective)
    ages = scene.ages_on(at.last_day) if at is not None else None
    if ages is None:
        note = f"the formula is valid from {card.from_age} years"
        return Cause(reason=UnknownReason.MISSING, note=note, wanted="date of birth")
    valid = {card.from_age <= age and (card.below_age is None or age < card.below_age) for age in ages}
    if valid == {True}:
        return replace(sexed, age=ages[0])
    if True in valid:
        return Cause(
            reason=UnknownReason.PARTIAL_DATE, note="age near the formula's limit", wanted="date of birth"
        )
    until = f" to below {card.below_age}" if card.below_age is not None else ""
    note = f"the formula is valid from {card.from_age}{until} years only"
    return Cause(reason=UnknownReason.NEEDS_ATTESTATION, note=note)


def _compute(node: Formula, values: Mapping[str, Decimal], units: Mapping[str, str], person: _Person) -> Decimal:
    formula, is_molar = node.formula, units.get("creatinine") == MOLAR
    if is_area(formula):
        return _area(formula, values)
    if formula is FormulaId.INDEXED_CLEARANCE:
        clearance = values["clearance"]
        if units["clearance"] == GFR_UNIT:
            return clearance
        return compute_indexed(clearance=clearance, area=_area(node.bsa, values))
    creatinine = values["creatinine"]
    if formula is FormulaId.BEDSIDE_SCHWARTZ:
        return compute_schwartz(creatinine=creatinine, height=values["height"], is_molar=is_molar)
    mass = EXACT.divide(creatinine, _MOLAR_PER_MASS) if is_molar else creatinine
    if formula is FormulaId.CKD_EPI_2021:
        return compute_ckd_epi_2021(creatinine=mass, age=person.age, is_female=person.is_female)
    return compute_ckid_u25(creatinine=mass, height=values["height"], is_female=person.is_female)


def _area(formula: FormulaId, values: Mapping[str, Decimal]) -> Decimal:
    return compute_area(formula, height=values["height"], weight=values["weight"])


def _side(work: _Work, limit: Limit) -> Truth | Cause:
    if limit.unit != work.card.unit:
        return Cause(reason=UnknownReason.UNIT_UNUSABLE, note=f"the formula gives {work.card.unit}")
    holds = {lies(result, limit.operator, limit.value) for result in work.results()}
    if None in holds:
        return side_of(None)
    return CONFLICT if len(holds) > 1 else side_of(True in holds)


def _supportive(causes: Iterable[Cause]) -> Cause:
    missing = tuple(dict.fromkeys(cause.note for cause in causes))
    note = "; ".join(("the computed value supports a person's decision, it does not decide", *missing))
    evidence = tuple(each for cause in causes for each in cause.evidence)
    return Cause(reason=UnknownReason.NEEDS_ATTESTATION, note=note, evidence=evidence)


def _cited(taken: Taken) -> list[Evidence]:
    return [of_finding(each.finding, role=name) for name, inputs in taken.items() for each in inputs]


def _what(node: Formula) -> str:
    return " and ".join(in_words(query.concepts) for query in node.inputs.values())


def _shown(result: Interval, unit: str) -> Amount:
    """Write a result as people read it: 8 significant digits, a censored one with its comparator."""
    low, high = result.low, result.high
    if low is not None and high is not None and low == high:
        return Amount(plain(_SHOWN.plus(low)), unit)
    if high is None:
        return Amount(plain(_SHOWN.plus(low or Decimal(0))), unit, ">" if result.low_open else ">=")
    if not low:
        return Amount(plain(_SHOWN.plus(high)), unit, "<" if result.high_open else "<=")
    return Amount(f"{plain(_SHOWN.plus(low))} to {plain(_SHOWN.plus(high))}", unit)
