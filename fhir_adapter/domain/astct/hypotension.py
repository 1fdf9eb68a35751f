"""Hypotension: pressures that are low for the age, hypotension on the problem list, vasopressors needed.

Knows: limits by age, how many pressors run at one time. Does not know: fever, what a pressor was given for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum

from fhir_adapter.domain.answers import Cause, in_words
from fhir_adapter.domain.astct.level import Level, join_levels
from fhir_adapter.domain.astct.pressors import Dosing, Standing, find_pressors
from fhir_adapter.domain.astct.readings import (
    TICK,
    Run,
    View,
    edges_of,
    find_readings,
    going_on,
    lay_runs,
    loose_runs,
)
from fhir_adapter.domain.astct.windows import Infusions
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import of_event
from fhir_adapter.domain.facts import Diagnosis, Finding
from fhir_adapter.domain.intervals import interval_of, lies
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.queries import Limit, UnknownReason
from fhir_adapter.domain.safety_model.crs_rule import CrsRule, HypotensionRule, PressureLimit
from fhir_adapter.domain.spans import Span, age_range, midnight, span

HYPOTENSION = "hypotension"
PRESSURE = "pressure"

_OVER = frozenset({"inactive", "resolved", "remission"})
_ANY_AGE = (0, 150)
_REFUTED = "refuted"
_SURE = frozenset({"confirmed", None})
_UNSURE = Cause(
    reason=UnknownReason.MISSING,
    note="whether the blood pressure is low for the age is not certain",
    wanted="a final systolic pressure, and the date of birth",
)
_UNCONFIRMED = Cause(
    reason=UnknownReason.NEEDS_ATTESTATION,
    note="hypotension on the problem list is not confirmed",
    wanted="whether there is hypotension",
)


class Low(Enum):
    """What a pressure says."""

    LOW = "low"
    NORMAL = "normal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Circulation:
    """Everything that speaks of hypotension.

    Attributes:
        pressures: Runs of pressures, and single ones that end no other.
        documented: Hypotension on the problem list.
        pressors: When pressors ran.
    """

    rule: HypotensionRule
    pressures: tuple[Run[Low], ...]
    documented: tuple[Run[str], ...]
    pressors: tuple[Dosing, ...]

    @property
    def edges(self) -> Iterator[datetime]:
        """Give the moments at which it changes."""
        yield from edges_of(self.pressures)
        yield from edges_of(self.documented)
        for each in self.pressors:
            yield each.start
            yield each.end

    def at(self, moment: datetime) -> Level:
        """Say how far hypotension goes at a moment.

        Args:
            moment: Any.

        Returns:
            By the pressors that run together, else by pressures and what the problem list says.

        Source:
            rules sheet E.1.
        """
        dosings = [each for each in self.pressors if each.covers(moment)]
        pressed = self._pressed(dosings)
        low = self._low(moment)
        return join_levels(pressed, low)

    def _pressed(self, dosings: list[Dosing]) -> Level:
        sure = {each.drug for each in dosings if each.standing is Standing.RUNS}
        may_be = {each.drug for each in dosings if each.standing in {Standing.MAY_RUN, Standing.SINGLE}} - sure
        grade, worst = self._needed(sure), self._needed(sure | may_be)
        cited = [each for each in dosings if each.drug in sure and each.standing is Standing.RUNS]
        open_ones = [each for each in dosings if each.drug in may_be] if worst > grade else []
        aside = [each for each in dosings if each.standing in {Standing.REACTION, Standing.INOTROPE}]
        return Level(
            driver=HYPOTENSION,
            grade=grade,
            worst=worst,
            causes=tuple(each.cause for each in open_ones if each.cause is not None),
            raised=tuple(each.cause for each in aside if each.cause is not None),
            notes=(*(each.note for each in cited if each.note), *self._alone(sure)),
            evidence=tuple(one for each in cited for one in each.evidence),
        )

    def _needed(self, drugs: set[ConceptId]) -> int:
        """Give the grade of pressors that run together; an add-on counts only where nothing else runs."""
        counted = len(drugs.intersection(self.rule.counted))
        if counted >= self.rule.many:
            return self.rule.several
        return self.rule.one if drugs else 0

    def _alone(self, drugs: set[ConceptId]) -> Iterator[str]:
        if drugs and drugs.isdisjoint(self.rule.counted):
            yield f"flag: {in_words(sorted(drugs))} is the only pressor; graded as one pressor needed"

    def _low(self, moment: datetime) -> Level:
        pressures = going_on(self.pressures, moment)
        low = [run for run in pressures if run.kind is Low.LOW and run.is_sure]
        noted = going_on(self.documented, moment)
        evidence = tuple(each for run in low for each in run.evidence)
        evidence += tuple(each for run in noted if run.is_sure for each in run.evidence)
        if evidence:
            grade = self.rule.grade
            return Level(driver=HYPOTENSION, grade=grade, worst=grade, evidence=evidence)
        doubted = [run for run in pressures if run.kind is not Low.NORMAL]
        causes = [replace(_UNSURE, evidence=run.evidence) for run in doubted]
        causes += [replace(_UNCONFIRMED, evidence=run.evidence) for run in noted]
        return Level(driver=HYPOTENSION, worst=self.rule.grade if causes else 0, causes=tuple(causes))


def read_circulation(view: View, rule: CrsRule, infusions: Infusions, birth: FhirDateTime | None) -> Circulation:
    """Read everything that speaks of hypotension.

    Args:
        view: The facts.
        rule: Limits, drugs, readings.
        infusions: Cell infusions.
        birth: 0..1; date of birth, may be partial.

    Returns:
        Pressures over time, the problem list, pressors.
    """
    hypotension = rule.hypotension

    def kind(finding: Finding, at: Span) -> Low:
        return _kind(finding, _limits(hypotension.limits, birth, at.first_day))

    def worst(said: list[Low]) -> Low:
        return next(each for each in (Low.LOW, Low.UNKNOWN, Low.NORMAL) if each in said)

    readings = list(find_readings(view, hypotension.pressure))
    runs = lay_runs(view, readings, kind, worst, role=PRESSURE, silent=Low.NORMAL)
    return Circulation(
        rule=hypotension,
        pressures=(*runs, *loose_runs(view, readings, kind, role=PRESSURE)),
        documented=tuple(_documented(view, hypotension)),
        pressors=find_pressors(view, rule, infusions),
    )


def _limits(rules: tuple[PressureLimit, ...], birth: FhirDateTime | None, day: date) -> list[Limit]:
    """Give every limit that may hold for the patient on a day."""
    youngest, oldest = age_range(birth, day, day) if birth is not None else _ANY_AGE
    found: dict[Limit, None] = {}
    for rule in rules:
        above = oldest if rule.below_years is None else min(oldest, rule.below_years - 1)
        for age in range(max(youngest, rule.from_years), above + 1):
            value = rule.limit.value + rule.per_year * age
            found[replace(rule.limit, value=value)] = None
            if not rule.per_year:
                break
    return list(found)


def _kind(finding: Finding, limits: list[Limit]) -> Low:
    standard = finding.standard
    if standard is None or not limits or any(standard.unit != limit.unit for limit in limits):
        return Low.UNKNOWN
    said = {lies(interval_of(standard), limit.operator, limit.value) for limit in limits}
    if said == {True}:
        return Low.LOW
    return Low.NORMAL if said == {False} else Low.UNKNOWN


def _documented(view: View, rule: HypotensionRule) -> Iterator[Run[str]]:
    for concept in rule.documented:
        for problem in view.timeline.diagnoses.get(concept, ()):
            begun = _begun(problem, view)
            if problem.verification_status != _REFUTED and begun is not None and begun.first <= view.as_of:
                yield Run(
                    kind=HYPOTENSION,
                    start=begun.first,
                    end=_ended(problem, begun, view),
                    evidence=of_event(problem, view.timeline, role=PRESSURE),
                    is_sure=problem.verification_status in _SURE and not problem.contested,
                )


def _begun(problem: Diagnosis, view: View) -> Span | None:
    """Give when a problem began, else when it was recorded; None where neither is known to the day."""
    onset = problem.onset.start if problem.onset is not None else None
    moment = onset or problem.recorded
    at = span(moment, view.zone) if moment is not None else None
    return at if at is not None and at.first_day == at.last_day else None


def _ended(problem: Diagnosis, begun: Span, view: View) -> datetime:
    """Give when a problem ended; one that is over without a date is known for its first day only."""
    abatement = problem.abatement
    moment = (abatement.end or abatement.start) if abatement is not None else None
    if moment is not None:
        return max(span(moment, view.zone).last, begun.first) + TICK
    if problem.abated or problem.clinical_status in _OVER:
        return midnight(begun.first_day + timedelta(days=1), view.zone)
    return view.as_of + TICK
