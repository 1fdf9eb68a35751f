"""Assess `SteroidLoad`: every rolling total of steroids before the anchor against a limit per kilogram.

Knows: totals, body weight, what an open route or a missing dose leaves open. Does not know: which drugs and
factors; how one administration is reckoned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Context
from fractions import Fraction
from typing import Final

from fhir_adapter.domain.answers import Cause, decided, in_words, next_fact, unknown
from fhir_adapter.domain.completeness import MEDICATION_ADMINISTRATION, Sought, find_unread
from fhir_adapter.domain.evidence import of_finding, plain
from fhir_adapter.domain.formula_input import Input, take_input
from fhir_adapter.domain.intervals import interval_of, lies
from fhir_adapter.domain.judgement import CONFLICT
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.quantity import Quantity, to_decimal
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Amount, Answer, Computation, Evidence
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.selection import select_current
from fhir_adapter.domain.steroid_doses import MINUTE, SteroidDose, SteroidDoses, find_doses, opening
from fhir_adapter.domain.treatment_operators import SteroidLoad

EQUIVALENCE_SOURCE: Final = "rules sheet C.3, equal milligrams of systemic steroids; clinical review, section 8"

_SHOWN: Final = Context(prec=8)
_NOTHING: Final = Fraction(0)
_ANY_WEIGHT: Final = Fraction(1)
"""Stands where no weight is needed: amounts per kilogram are not divided by it."""


@dataclass(frozen=True, slots=True)
class Total:
    """The amount of one span: when it begins, and how much [mg/kg]."""

    start: datetime
    per_kg: Fraction


@dataclass(frozen=True, slots=True)
class _Weights:
    """Current body weights, and why they cannot be used.

    Attributes:
        each: 0..*; every current one [kg] with its source; several where a child was weighed twice that day, one
            without source where none is needed.
    """

    each: tuple[tuple[Fraction, Evidence | None], ...]
    causes: tuple[Cause, ...]
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class _Work:
    """Everything one assessment rests on."""

    node: SteroidLoad
    scene: Scene
    doses: SteroidDoses
    weights: _Weights

    def exceeds(self, given: Sequence[SteroidDose]) -> set[bool]:
        """Say for each current weight whether the worst total is beyond the limit."""
        return {self._is_beyond(given, weight) for weight, _ in self.weights.each}

    def exceeds_by_any_weight(self) -> bool:
        """Say whether amounts written per kilogram alone are beyond the limit."""
        return self._is_beyond([each for each in self.doses.certain if each.is_per_kg], _ANY_WEIGHT)

    def _is_beyond(self, given: Sequence[SteroidDose], weight: Fraction) -> bool:
        limit, total = self.node.limit, worst_total(self.node, self.scene, given, weight)
        value = interval_of(Quantity(to_decimal(total.per_kg), limit.unit))
        return lies(value, limit.operator, limit.value) is False

    def evidence(self) -> list[Evidence]:
        """Cite every administration counted and every weight used."""
        doses = [each for dose in self.doses.given for each in dose.evidence]
        return doses + [evidence for _, evidence in self.weights.each if evidence is not None]

    def computations(self) -> tuple[Computation, ...]:
        """Show the worst total with the latest weight; nothing where nothing was given or nobody was weighed."""
        return (_shown(self),) if self.doses.given and self.weights.each else ()


def assess_steroid_load(node: SteroidLoad, scene: Scene) -> Answer:
    """Say whether every rolling total of steroids before the anchor lies on this side of the limit.

    Does not take an order for an administration, and never takes silence for abstinence.

    Args:
        node: Drugs with factors, routes, window, limit, weight.
        scene: What it is assessed against.

    Returns:
        NOT_MET where what is known to have been given is beyond the limit already. MET where everything given,
        administrations of open route included, keeps it, and MedicationAdministration was read in full. Else
        UNKNOWN with every cause; an open route that decides is UNMAPPED, a weight that is missing while mg were
        given is MISSING or STALE.

    Source:
        reading A20; rules sheet C.3; clinical review, sections 8 and 10.
    """
    doses = find_doses(node, scene)
    work = _Work(node, scene, doses, _weigh(node, scene, doses))
    sought = Sought(types=(MEDICATION_ADMINISTRATION,), window=node.within, what="steroids given", lasting=True)
    unread = find_unread(scene, sought)
    turns = doses.turns if scene.is_moving else []
    expires = scene.next_of([*turns, work.weights.expires, unread.expires])
    beyond = set() if work.weights.causes else work.exceeds(doses.certain)
    if beyond == {True} or work.exceeds_by_any_weight():
        return decided(
            node, Truth.NOT_MET, evidence=work.evidence(), computations=work.computations(), expires=expires
        )
    causes = [*doses.causes, *work.weights.causes, *unread.causes, *_undecided(work, beyond)]
    evidence = [*work.evidence(), *unread.receipts]
    if causes:
        return unknown(
            node,
            causes,
            what="steroids given and body weight",
            evidence=evidence,
            computations=work.computations(),
            expires=expires,
        )
    return decided(node, Truth.MET, evidence=evidence, computations=work.computations(), expires=expires)


def _undecided(work: _Work, beyond: set[bool]) -> list[Cause]:
    if len(beyond) > 1:
        return [replace(CONFLICT, note="weights of one day put the total on both sides of the limit")]
    if True not in work.exceeds(work.doses.given):
        return []
    open_routes = [each for each in work.doses.given if not each.counts]
    evidence = tuple(each for dose in open_routes for each in dose.evidence)
    drugs = sorted({drug for dose in open_routes for drug in dose.exposure.concepts})
    return [
        Cause(
            reason=UnknownReason.UNMAPPED,
            note="an administration's route is not stated or not mapped, and the total depends on it",
            wanted=f"route by which {in_words(drugs)} was given",
            evidence=evidence,
        )
    ]


def _weigh(node: SteroidLoad, scene: Scene, doses: SteroidDoses) -> _Weights:
    """Select the current weights; none is needed where nothing was given by mass."""
    if not any(each.amount and not each.is_per_kg for each in doses.given):
        return _Weights(((_ANY_WEIGHT, None),), (), None)
    selection = select_current(node.weight, scene)
    taken = [take_input("weight", finding, "kg") for finding in selection.current]
    causes = [*selection.causes, *(each.cause for each in selection.obstacles)]
    causes += [each for each in taken if isinstance(each, Cause)]
    weights = [each for each in taken if isinstance(each, Input)]
    causes += [_censored(each) for each in weights if each.quantity.comparator is not None]
    what = in_words(node.weight.concepts)
    named = (
        replace(each, note=f"weight: {each.note}" if each.note else "no weight", wanted=next_fact(each, what))
        for each in causes
    )
    cited = tuple((Fraction(each.quantity.value), of_finding(each.finding, role="weight")) for each in weights)
    return _Weights(cited, tuple(named), selection.expires)


def _censored(weight: Input) -> Cause:
    note = "the reported value is itself a limit"
    return Cause(reason=UnknownReason.CENSORED, note=note, evidence=(of_finding(weight.finding, role="weight"),))


def worst_total(node: SteroidLoad, scene: Scene, given: Sequence[SteroidDose], weight: Fraction) -> Total:
    """Find the highest total of one span, an infusion counted at its start and spread over its period.

    Args:
        node: Window and span.
        scene: For the anchor.
        given: 0..*; administrations in the window.
        weight: What amounts by mass are divided by [kg].

    Returns:
        The earliest of the highest totals [mg/kg], one that begins with an administration before others; zero
        from the window's edge where nothing was given.
    """
    opens, span = opening(node, scene), timedelta(hours=node.span.amount)
    totals = [Total(opens, _NOTHING)]
    for start in sorted({each.first for each in given}):
        within = (each for each in given if start <= each.first < start + span)
        totals.append(Total(start, sum((_per_kg(each, weight) for each in within), _NOTHING)))
    for start in sorted(_edges(given, opens, span)):
        shares = (_per_kg(each, weight) * _share(each, start, start + span) for each in given)
        totals.append(Total(start, sum(shares, _NOTHING)))
    return max(totals, key=lambda total: total.per_kg)


def _per_kg(dose: SteroidDose, weight: Fraction) -> Fraction:
    return dose.amount if dose.is_per_kg else dose.amount / weight


def _edges(given: Iterable[SteroidDose], opens: datetime, span: timedelta) -> set[datetime]:
    """Give where a span must begin for a highest total of spread amounts: at some end of some infusion."""
    ends = {end for dose in given for end in (dose.first, dose.last)}
    starts = {start for end in ends for start in (end, end - span, end - span + MINUTE)}
    return {max(start, opens) for start in starts}


def _share(dose: SteroidDose, start: datetime, end: datetime) -> Fraction:
    """Give the share of an administration that lies in [start, end) if it ran evenly."""
    whole = dose.last - dose.began
    if not whole:
        return Fraction(start <= dose.began < end)
    inside = min(dose.last, end) - max(dose.began, start)
    return Fraction(max(inside, timedelta(0)) // MINUTE, whole // MINUTE)


def _shown(work: _Work) -> Computation:
    weight, evidence = work.weights.each[-1]
    total = worst_total(work.node, work.scene, work.doses.given, weight)
    hours, begins = work.node.span.amount, total.start.astimezone(work.scene.zone).isoformat(timespec="minutes")
    inputs = [(f"worst {hours} h, from", Amount(begins))]
    if evidence is not None:
        inputs.append((f"given in {hours} h", _amount(total.per_kg * weight, work.node.doses.standard)))
        inputs.append(("weight", _amount(weight, "kg")))
    result = _amount(total.per_kg, work.node.limit.unit)
    return Computation(
        formula="prednisone-equivalent", source=EQUIVALENCE_SOURCE, inputs=tuple(inputs), result=result
    )


def _amount(number: Fraction, unit: str) -> Amount:
    return Amount(plain(_SHOWN.plus(to_decimal(number))), unit)
