"""Which vasopressors run at one time: overlapping infusions, sequential ones, single doses, open ends.

Knows: periods of administrations, joining parts of one infusion, what a single dose is. Does not know: blood
pressure, what a pressor was given for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise

from fhir_adapter.domain.answers import Cause, in_words
from fhir_adapter.domain.astct.given import Given, find_given
from fhir_adapter.domain.astct.readings import TICK, View
from fhir_adapter.domain.astct.windows import Infusions, asks
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import of_event
from fhir_adapter.domain.queries import UnknownReason, Window
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.crs_rule import CrsRule, HypotensionRule
from fhir_adapter.domain.spans import Span
from fhir_adapter.domain.steroid_doses import to_minute

PRESSOR = "pressor"

_STATED = frozenset({"completed", "stopped", "in-progress"})


class Standing(Enum):
    """What an administration says of the pressors that run.

    RUNS: an infusion, for certain. MAY_RUN: an infusion whose end, status or route leaves it open. SINGLE: a
    single dose that may have been given for hypotension. REACTION: a single dose as anaphylaxis is treated.
    INOTROPE: no pressor.
    """

    RUNS = "runs"
    MAY_RUN = "may-run"
    SINGLE = "single"
    REACTION = "reaction"
    INOTROPE = "inotrope"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosing:
    """One stretch in which a drug stands so.

    Attributes:
        drug: Its concept.
        cause: 0..1; what has to be asked; None where nothing has.
        note: 0..1; said whenever it goes on.
    """

    drug: ConceptId
    standing: Standing
    start: datetime
    end: datetime
    evidence: tuple[Evidence, ...]
    cause: Cause | None = None
    note: str = ""

    def covers(self, moment: datetime) -> bool:
        """Say whether it goes on at a moment."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class _Extent:
    """All the time an administration may take: for certain in [sure_from, sure_to), at most in [first, last)."""

    given: Given
    first: datetime
    last: datetime
    sure_from: datetime
    sure_to: datetime
    doubt: Cause | None
    note: str = ""

    @property
    def is_exact(self) -> bool:
        """True where start and end are known to the minute and nothing is in doubt."""
        return self.doubt is None and (self.first, self.last) == (self.sure_from, self.sure_to)


@dataclass(frozen=True, slots=True)
class _Work:
    """What one search rests on."""

    view: View
    rule: HypotensionRule
    short: timedelta
    open_end: timedelta
    reaction: timedelta
    infusions: Infusions


def find_pressors(view: View, rule: CrsRule, infusions: Infusions) -> tuple[Dosing, ...]:
    """Find when vasopressors and inotropes ran, or may have run.

    Parts of one infusion that touch are one. Times are compared to the minute, an end excluded: a pressor that
    begins as another ends does not run with it. An infusion in progress runs on. One that is over without a stated
    end ran at least as long as a single dose takes, and may have run for `open_end`.

    Args:
        view: The facts.
        rule: Drugs, routes, lengths.
        infusions: Cell infusions, whose reactions are treated with single doses.

    Returns:
        Stretches in order of time.

    Source:
        rules sheet E.1, notes 1, 5 and 9, and C.4; clinical review, section 5.
    """
    readings = rule.readings
    work = _Work(
        view,
        rule.hypotension,
        timedelta(minutes=readings.short_dose),
        _hours(readings.open_end),
        _hours(readings.reaction),
        infusions,
    )
    found = [each for drug in (*rule.hypotension.counted, *rule.hypotension.add_on) for each in _of(drug, work)]
    found += [each for drug in rule.hypotension.inotropes for each in _inotropes(drug, work)]
    return tuple(sorted(found, key=lambda each: (each.start, each.drug, each.standing.value, each.end)))


def _hours(window: Window) -> timedelta:
    return timedelta(hours=window.amount)


def undated_pressors(view: View, rule: HypotensionRule) -> int:
    """Count the administrations of pressors and inotropes whose time nobody states."""
    drugs = (*rule.counted, *rule.add_on, *rule.inotropes)
    return sum(each.start is None for each in find_given(view, drugs, local=rule.local))


def _of(drug: ConceptId, work: _Work) -> Iterator[Dosing]:
    extents = sorted(_extents(drug, work), key=lambda each: (each.first, each.last))
    for chain in _chains([each for each in extents if _is_infusion(each.given, work)]):
        if all(each.is_exact for each in chain) and chain[-1].last - chain[0].first < work.short:
            yield from (_single(drug, each, work) for each in chain)
        else:
            yield from _joined([piece for each in chain for piece in _running(drug, each, work)])
    yield from (_single(drug, each, work) for each in extents if not _is_infusion(each.given, work))


def _extents(drug: ConceptId, work: _Work) -> Iterator[_Extent]:
    for given in find_given(work.view, (drug,), local=work.rule.local):
        if given.start is not None:
            yield _extent(drug, given, given.start, work)


def _extent(drug: ConceptId, given: Given, start: Span, work: _Work) -> _Extent:
    doubt, what = _doubt(given, drug), in_words([drug])
    first, sure_from = to_minute(start.first), to_minute(start.last)
    if given.end is not None:
        return _Extent(given, first, to_minute(given.end.last), sure_from, to_minute(given.end.first), doubt)
    if given.runs_on:
        end = work.view.as_of + TICK
        return _Extent(
            given, first, end, sure_from, end, doubt, f"the end of {what} is not stated: taken to go on"
        )
    note = f"{what} was given and its end is not stated"
    unended = Cause(reason=UnknownReason.PARTIAL_DATE, note=note, wanted=f"end of {what}")
    last = sure_from + max(work.open_end, work.short)
    return _Extent(given, first, last, sure_from, sure_from + work.short, doubt or unended)


def _doubt(given: Given, drug: ConceptId) -> Cause | None:
    """Say what keeps an infusion from being known to run at all."""
    what = in_words([drug])
    if given.exposure.contested:
        return Cause(reason=UnknownReason.CONFLICTING, note=f"two contents of one administration of {what}")
    if given.exposure.status not in _STATED:
        note = f"the status of an administration of {what} does not say whether it ran"
        return Cause(reason=UnknownReason.UNMAPPED, note=note, wanted=f"whether {what} ran, and until when")
    if given.exposure.route == ():
        note = f"the route of {what} is not mapped"
        return Cause(reason=UnknownReason.UNMAPPED, note=note, wanted=f"route by which {what} was given")
    return None


def _is_infusion(given: Given, work: _Work) -> bool:
    """Say whether something ran for a time, by a route that raises the pressure of the whole body."""
    exposure = given.exposure
    by_vein = not exposure.route or not set(exposure.route).isdisjoint(work.rule.routes)
    lasts = exposure.rate is not None or (exposure.effective is not None and exposure.effective.is_period)
    return by_vein and lasts


def _chains(extents: list[_Extent]) -> Iterator[list[_Extent]]:
    """Give administrations of one drug that touch or overlap as one infusion."""
    chain: list[_Extent] = []
    for each in extents:
        if chain and each.first > max(one.last for one in chain):
            yield chain
            chain = []
        chain.append(each)
    if chain:
        yield chain


def _running(drug: ConceptId, extent: _Extent, work: _Work) -> Iterator[Dosing]:
    """Give the time an infusion ran for certain, and the time before and after in which it may have run."""
    evidence = of_event(extent.given.exposure, work.view.timeline, role=PRESSOR)
    doubted = extent.doubt is not None and extent.doubt.reason is not UnknownReason.PARTIAL_DATE
    sure = (extent.first, extent.first) if doubted else (extent.sure_from, max(extent.sure_from, extent.sure_to))
    coarse = Cause(
        reason=UnknownReason.PARTIAL_DATE,
        note=f"the time of {in_words([drug])} is not exact",
        wanted=f"exact start and end of {in_words([drug])}",
    )
    cause = replace(extent.doubt or coarse, evidence=evidence)
    edges = (extent.first, *sure, max(extent.last, *sure))
    standings = (Standing.MAY_RUN, Standing.RUNS, Standing.MAY_RUN)
    for (start, end), standing in zip(pairwise(edges), standings, strict=True):
        if start < end:
            is_sure = standing is Standing.RUNS
            yield Dosing(
                drug=drug,
                standing=standing,
                start=start,
                end=end,
                evidence=evidence,
                cause=None if is_sure else cause,
                note=extent.note if is_sure else "",
            )


def _joined(pieces: list[Dosing]) -> Iterator[Dosing]:
    """Join the parts of one infusion that touch: a changed rate is often a record of its own."""
    running: list[Dosing] = []
    for each in sorted(pieces, key=lambda piece: (piece.start, piece.end)):
        if each.standing is not Standing.RUNS:
            yield each
        elif running and running[-1].note == each.note and each.start <= running[-1].end:
            last = running[-1]
            running[-1] = replace(last, end=max(last.end, each.end), evidence=last.evidence + each.evidence)
        else:
            running.append(each)
    yield from running


def _single(drug: ConceptId, extent: _Extent, work: _Work) -> Dosing:
    evidence = of_event(extent.given.exposure, work.view.timeline, role=PRESSOR)
    what = in_words([drug])
    is_reaction = _may_treat_reaction(extent, work)
    note = f"a single dose of {what} is not counted as an infusion"
    note += ": it may have treated a reaction" if is_reaction else ""
    return Dosing(
        drug=drug,
        standing=Standing.REACTION if is_reaction else Standing.SINGLE,
        start=extent.first,
        end=max(extent.sure_from + work.short, extent.sure_to),
        evidence=evidence,
        cause=asks(note, f"what a single dose of {what} was given for", evidence),
    )


def _may_treat_reaction(extent: _Extent, work: _Work) -> bool:
    """Say whether a single dose is given as anaphylaxis is treated: by another route, or soon after cells."""
    route = extent.given.exposure.route
    if route and set(route).isdisjoint(work.rule.routes):
        return True
    return any(
        to_minute(start) <= extent.sure_from and extent.first < to_minute(start) + work.reaction
        for _, start in work.infusions
    )


def _inotropes(drug: ConceptId, work: _Work) -> Iterator[Dosing]:
    what = in_words([drug])
    for extent in _extents(drug, work):
        evidence = of_event(extent.given.exposure, work.view.timeline, role=PRESSOR)
        yield Dosing(
            drug=drug,
            standing=Standing.INOTROPE,
            start=extent.first,
            end=max(extent.last, extent.first + work.short),
            evidence=evidence,
            cause=asks(f"{what} is an inotrope: not counted as a pressor", f"what {what} was given for", evidence),
        )
