"""Whether there is fever after an infusion, and whether drugs may hide it.

Knows: readings of temperature, drugs that mask a fever and for how long. Does not know: other signs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum

from fhir_adapter.domain.answers import in_words
from fhir_adapter.domain.astct.given import find_given
from fhir_adapter.domain.astct.readings import (
    TICK,
    Run,
    View,
    decides,
    edges_of,
    find_readings,
    going_on,
    lay_runs,
    loose_runs,
)
from fhir_adapter.domain.astct.windows import InfusionWindow
from fhir_adapter.domain.evidence import of_event
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.intervals import interval_of, lies
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.crs_rule import FeverRule, MaskingDrugs
from fhir_adapter.domain.spans import FIRST_DAY, LAST_DAY, Span, midnight, stale_from

TEMPERATURE = "temperature"
MASKING = "masking"


class Heat(Enum):
    """What is known of fever."""

    FEVER = "fever"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Temperature:
    """Fever over one infusion's window.

    Attributes:
        runs: Of readings that decide.
        loose: Of a day only, or not deciding.
    """

    runs: tuple[Run[Heat], ...]
    loose: tuple[Run[Heat], ...]

    @property
    def edges(self) -> Iterator[datetime]:
        """Give the moments at which it changes."""
        yield from edges_of(self.runs)
        yield from edges_of(self.loose)

    def at(self, moment: datetime) -> tuple[Heat, tuple[Evidence, ...]]:
        """Say whether there is fever at a moment, and by which readings."""
        found = [*going_on(self.runs, moment), *going_on(self.loose, moment)]
        for kind, sure in ((Heat.FEVER, True), (Heat.FEVER, False), (Heat.UNKNOWN, True), (Heat.UNKNOWN, False)):
            cited = [run for run in found if run.kind is kind and run.is_sure is sure]
            if cited:
                heat = kind if sure else Heat.UNKNOWN
                return heat, tuple(each for run in cited for each in run.evidence)
        known = any(run.kind is Heat.NONE and run.is_sure for run in found)
        return (Heat.NONE if known else Heat.UNKNOWN), ()

    @property
    def first_fever(self) -> datetime | None:
        """The first moment of a sure fever."""
        return min((each.start for each in self._fevers()), default=None)

    def _fevers(self) -> Iterator[Run[Heat]]:
        return (run for run in (*self.runs, *self.loose) if run.kind is Heat.FEVER and run.is_sure)


def read_temperature(view: View, rule: FeverRule, window: InfusionWindow) -> Temperature:
    """Lay fever out over one infusion's window.

    A fever measured before the infusion is none after it: until the next reading nobody knows.

    Args:
        view: The facts.
        rule: From which temperature.
        window: The infusion's.

    Returns:
        What readings say over time; of readings at one moment the highest counts.

    Source:
        rules sheet E.1.
    """

    def heat(finding: Finding, at: Span) -> Heat:
        standard = finding.standard
        if standard is None or standard.unit != rule.limit.unit:
            return Heat.UNKNOWN
        is_fever = lies(interval_of(standard), rule.limit.operator, rule.limit.value)
        if is_fever is False:
            return Heat.NONE
        return Heat.FEVER if is_fever and at.first >= window.start else Heat.UNKNOWN

    def worst(said: list[Heat]) -> Heat:
        return next(each for each in (Heat.FEVER, Heat.UNKNOWN, Heat.NONE) if each in said)

    readings = [(each, at) for each, at in find_readings(view, rule.concepts) if at.first < window.end]
    return Temperature(
        lay_runs(view, readings, heat, worst, role=TEMPERATURE, silent=Heat.NONE),
        loose_runs(view, readings, heat, role=TEMPERATURE),
    )


def temperatures_taken(view: View, rule: FeverRule) -> Iterator[Span]:
    """Give when each temperature that decides was taken."""
    return (at for finding, at in find_readings(view, rule.concepts) if decides(finding))


def unmeasured_days(view: View, rule: FeverRule, windows: Iterable[InfusionWindow]) -> tuple[date, ...]:
    """List the days inside the windows, over at as_of, on which no temperature that decides was taken."""
    measured = {at.first_day for at in temperatures_taken(view, rule)}
    days: dict[date, None] = {}
    for window in windows:
        day = window.start.astimezone(view.zone).date()
        while midnight(day + timedelta(days=1), view.zone) <= window.end:
            days[day] = None
            day += timedelta(days=1)
    return tuple(day for day in days if day not in measured)


def read_masking(view: View, rules: Iterable[MaskingDrugs]) -> tuple[Run[str], ...]:
    """Give the times in which a missing fever proves nothing, each with the drug that may hide it.

    What may have been given counts, and so does a route nobody stated: masking only ever asks a person. A drug
    given on a day nobody knows may mask at any time.

    Args:
        view: The facts.
        rules: 0..*; drugs, routes that do not count, how long.

    Returns:
        One run per administration.

    Source:
        clinical review PUT-7; rules sheet T9.
    """
    return tuple(run for rule in rules for run in _masked(view, rule))


def _masked(view: View, rule: MaskingDrugs) -> Iterator[Run[str]]:
    for given in find_given(view, rule.concepts, local=rule.local):
        at = given.start
        end = given.end or at
        drug = in_words(given.exposure.concepts[:1])
        if at is None or end is None:
            begun, over = midnight(FIRST_DAY, view.zone), midnight(LAST_DAY, view.zone)
        else:
            begun, over = at.first, stale_from(end.last, end.last_day, rule.within, view.zone)
            over = max(over, view.as_of + TICK) if given.runs_on else over
        yield Run(
            kind=f"{rule.title} ({drug})",
            start=begun,
            end=over,
            evidence=of_event(given.exposure, view.timeline, role=MASKING),
        )


def masking_at(runs: Iterable[Run[str]], moment: datetime) -> tuple[Run[str], ...]:
    """Give the runs that go on at a moment, each drug once."""
    found: dict[str, Run[str]] = {}
    for run in going_on(runs, moment):
        known = found.get(run.kind)
        found[run.kind] = run if known is None else replace(known, evidence=(*known.evidence, *run.evidence))
    return tuple(found[kind] for kind in sorted(found))
