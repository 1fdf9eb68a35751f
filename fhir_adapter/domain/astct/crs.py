"""Cytokine release syndrome after each cell infusion: a proposed grade per interval, by the ASTCT consensus.

Knows: how fever, hypotension and hypoxia make a grade, what a missing fever means. Does not know: how each of them
is read, whose fault it is: attribution, grade 5 and the final grade are a named person's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.astct.episodes import Laid, derive_episodes, place_of
from fhir_adapter.domain.astct.fever import (
    Heat,
    Temperature,
    masking_at,
    read_masking,
    read_temperature,
    temperatures_taken,
    unmeasured_days,
)
from fhir_adapter.domain.astct.hypotension import Circulation, read_circulation
from fhir_adapter.domain.astct.hypoxia import Breathing, read_breathing
from fhir_adapter.domain.astct.level import Level, join_levels
from fhir_adapter.domain.astct.readings import TICK, Run, View, edges_of
from fhir_adapter.domain.astct.stated import Stated, find_stated
from fhir_adapter.domain.astct.unread import Unread, notes_of, read_unread
from fhir_adapter.domain.astct.windows import (
    Infusions,
    InfusionWindow,
    State,
    asks,
    lay_intervals,
    unassessed_after,
    windows_of,
)
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.safety_model.crs_rule import CrsRule
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome, SyndromeRecord
from fhir_adapter.domain.timeline import Timeline

FEVER = "fever"
TITLE = "cytokine release syndrome"

_NO_FEVER = "no fever"


def propose_crs(  # noqa: PLR0913 - one named part per thing it is proposed from
    timeline: Timeline,
    rule: CrsRule,
    *,
    infusions: Infusions,
    until: datetime | None,
    as_of: datetime,
    zone: tzinfo,
    birth: FhirDateTime | None = None,
    stated: Sequence[Stated] = (),
) -> SyndromeRecord:
    """Propose grades of cytokine release syndrome over the time after each cell infusion.

    Does not attribute, never says grade 5, and never takes what nobody recorded for none. No combination of facts
    raises; the order of facts never shows.

    Args:
        timeline: The person's facts.
        rule: The consensus and the trial's readings of it.
        infusions: 0..*; number and start of each cell infusion given.
        until: 0..1; end of observation as known now; None = it goes on.
        as_of: Clinical time, aware; nothing later exists.
        zone: The hospital's.
        birth: 0..1; date of birth, may be partial.
        stated: 0..*; what the hospital says elsewhere than on its problem list (reported events).

    Returns:
        Intervals covering every infusion's window, one episode per infusion after which something is to be judged,
        days without a temperature, and what was not assessed.

    Source:
        Lee DW et al., BBMT 2019;25:625-638; rules sheet E.1; clinical review PUT-7 and section 5.
    """
    holds = timedelta(hours=rule.readings.holds.amount)
    view = View(timeline=timeline, zone=zone, as_of=as_of, holds=holds)
    windows = windows_of(infusions, until=until, as_of=as_of)
    begun = tuple((window.number, window.start) for window in windows)
    said = (*find_stated(timeline, rule.stated, as_of=as_of, zone=zone), *stated)
    person = _Person(
        view=view,
        rule=rule,
        circulation=read_circulation(view, rule, begun, birth),
        breathing=read_breathing(view, rule, begun),
        masking=read_masking(view, rule.masking),
        unread=read_unread(view, rule.masking),
    )
    judges = [(window, _judge(person, window, windows, said)) for window in windows]
    laid: list[Laid] = [
        (window, lay_intervals(window, judge.edges(), judge.at, subject=TITLE)) for window, judge in judges
    ]
    ahead = (edge for window, judge in judges if window.is_open for edge in judge.edges() if edge > as_of + TICK)
    return SyndromeRecord(
        syndrome=Syndrome.CRS,
        intervals=tuple(interval for _, intervals in laid for interval in intervals),
        episodes=derive_episodes(Syndrome.CRS, laid, said),
        missing=unmeasured_days(view, rule.fever, windows),
        unassessed=unassessed_after(windows, temperatures_taken(view, rule.fever)),
        notes=notes_of(view, rule, windows, person.circulation, person.breathing),
        expires=min(ahead, default=None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """Everything read of one person, whatever the infusion."""

    view: View
    rule: CrsRule
    circulation: Circulation
    breathing: Breathing
    masking: tuple[Run[str], ...]
    unread: Unread


def _judge(
    person: _Person, window: InfusionWindow, windows: Sequence[InfusionWindow], said: Sequence[Stated]
) -> _Judge:
    temperature = read_temperature(person.view, person.rule.fever, window)
    stated = [each.first for each in said if each.counts and place_of(each, windows) == window.number]
    declared = [each for each in (temperature.first_fever, *stated) if each is not None]
    return _Judge(person, temperature, min(declared, default=None))


@dataclass(frozen=True, slots=True)
class _Judge:
    """What grades one moment after one infusion.

    Attributes:
        declared: 0..1; when the syndrome was first there: afterwards fever is no longer required.
    """

    person: _Person
    temperature: Temperature
    declared: datetime | None

    def edges(self) -> Iterator[datetime]:
        """Give every moment at which anything changes."""
        yield from self.temperature.edges
        yield from self.person.circulation.edges
        yield from self.person.breathing.edges
        yield from edges_of(self.person.masking)
        yield from self.person.unread.edges
        if self.declared is not None:
            yield self.declared

    def at(self, moment: datetime) -> State:
        """Grade one moment by the consensus: the worse of both organ domains, if there is fever."""
        heat, evidence = self.temperature.at(moment)
        organ = join_levels(self.person.circulation.at(moment), self.person.breathing.at(moment))
        if heat is Heat.FEVER:
            fever = Level(driver=FEVER, grade=self._fever, worst=self._fever, evidence=evidence)
            return _state(join_levels(organ, fever))
        unknown = () if heat is Heat.NONE else (_unmeasured(evidence),)
        if not organ.worst:
            notes = tuple(cause.note for cause in organ.raised)
            if not unknown:
                return State(grade=0, worst=0, notes=notes)
            return State(grade=None, worst=self._fever, causes=unknown, notes=notes)
        doubts = (*self._not_required(moment), *unknown) or self.person.unread.at(moment)
        if not doubts:
            notes = (_NO_FEVER, *organ.notes, *(cause.note for cause in (*organ.causes, *organ.raised)))
            return State(grade=0, worst=0, notes=notes, evidence=organ.evidence)
        return _state(organ, doubts)

    @property
    def _fever(self) -> int:
        return self.person.rule.fever.grade

    def _not_required(self, moment: datetime) -> tuple[Cause, ...]:
        """Say why a missing fever proves nothing: it may be masked, or the syndrome was declared before."""
        wanted = f"whether hypotension or hypoxia without fever is {TITLE}"
        found = [
            asks(f"fever may be masked by {run.kind}", wanted, run.evidence)
            for run in masking_at(self.person.masking, moment)
        ]
        if self.declared is not None and self.declared <= moment:
            found.append(asks(f"{TITLE} was there before: fever is no longer required", wanted))
        return tuple(found)


def _unmeasured(evidence: tuple[object, ...]) -> Cause:
    note = "fever is not certain: the temperature may not decide" if evidence else "no temperature was measured"
    return Cause(reason=UnknownReason.MISSING, note=note, wanted="body temperature")


def _state(level: Level, doubts: tuple[Cause, ...] = ()) -> State:
    return State(
        grade=level.grade,
        worst=level.worst,
        driver=level.driver,
        causes=(*doubts, *level.causes, *level.raised),
        notes=level.notes,
        evidence=level.evidence,
    )
