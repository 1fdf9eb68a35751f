"""Does a subject count for the dose escalation, and as what?

Knows: observation windows, evaluability, what persons judged. Does not know: other subjects, the dose escalation's
rule, how syndromes are graded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from fhir_adapter.domain.safety.adjudication import assess_coded, is_pending, is_severe
from fhir_adapter.domain.safety.ending import Ending
from fhir_adapter.domain.safety.infusions_received import Received
from fhir_adapter.domain.safety.reviewed import Happened
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord
from fhir_adapter.domain.safety_model.judgements import EvaluabilityJudgement
from fhir_adapter.domain.safety_model.observation_rule import ObservationRule, Unassessed, Unfinished
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord, WindowState
from fhir_adapter.domain.safety_model.syndrome_records import SyndromeEpisode, SyndromeRecord
from fhir_adapter.domain.spans import midnight

JUDGE_EVALUABILITY = "a named person: does the subject count, or is it replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What is known of one subject's observation.

    Attributes:
        part: One of the rule's parts, or empty where nobody said.
        level: 0..1; the assigned dose level.
        received: 0..*; every cell infusion of the plan, and what became of it.
        syndromes: 0..*; as proposed and judged.
        events: 0..*; adverse events, for syndromes only the hospital coded.
        ending: 0..1; the earliest.
        reviewed: 0..*; what a person looks at before the subject counts, whenever it happened.
        judgement: 0..1; whether the subject counts.
    """

    part: str
    level: int | None
    received: tuple[Received, ...]
    syndromes: tuple[SyndromeRecord, ...] = ()
    events: tuple[AdverseEventRecord, ...] = ()
    ending: Ending | None = None
    reviewed: tuple[Happened, ...] = ()
    judgement: EvaluabilityJudgement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """Observation from the first infusion to the end of its last day."""

    start: datetime
    end: datetime
    state: WindowState
    ending: Ending | None
    zone: tzinfo

    def may_hold(self, happened: Happened) -> bool:
        """Say whether something can have begun inside the window."""
        last = self.end.astimezone(self.zone).date() - timedelta(days=1)
        return self.start.astimezone(self.zone).date() <= happened.last and happened.first <= last


@dataclass(frozen=True, slots=True, kw_only=True)
class _Toxicity:
    """Dose-limiting toxicity inside the window: the episodes and events found, and those to be judged."""

    found: tuple[str, ...]
    pending: tuple[str, ...]

    @property
    def answer(self) -> bool | None:
        return True if self.found else (None if self.pending else False)


def assess_dose_limiting(
    rule: ObservationRule, observed: Observed, *, as_of: datetime, zone: tzinfo
) -> DoseLimitingRecord:
    """Say whether one subject counts for the dose escalation, and as what.

    Does not decide what follows for the cohort, and judges no grade: dose-limiting is only what a named person
    called severe and associated. The window begins with the start of the first cell infusion received and ends
    with the end of calendar day `window_days` after the day of the last one received: with 28 days and an
    infusion on 6 March it is complete at 00:00 of 4 April at the hospital.

    Args:
        rule: The trial's rule.
        observed: What is known of the subject; infusions and judgements later than `as_of` do not count.
        as_of: Clinical time, aware.
        zone: The hospital's zone; calendar days are judged in it.

    Returns:
        The record. `evaluable` is True with a dose-limiting toxicity, or with every infusion received within its
        tolerance and the window complete; False for somebody to be replaced; None while that is open, or waits
        for a named person: one suspected toxicity, an infusion not received, a syndrome never assessed after an
        infusion, an ending inside the window, a relapse or another problem of the rule in it.

    Source:
        clinical review, section 2 (evaluable), A26 and PUT-14; rules sheet G.2.
    """
    now = as_of.astimezone(UTC)
    received = [each for each in observed.received if each.at is not None and each.at <= now]
    starts = sorted(each.at for each in received if each.at is not None)
    if not starts:
        return _untreated(observed, zone)
    window = _window(rule, starts, observed.ending, now=now, zone=zone)
    toxicity = _toxicity(rule, observed, window, now, zone)
    judged = observed.judgement if observed.judgement is not None and observed.judgement.at <= now else None
    evaluable, why = _evaluable(rule, observed, window, toxicity, judged)
    is_replaced = judged is not None and judged.replaced and toxicity.answer is False
    is_withheld = judged is not None and judged.withheld_for_toxicity and toxicity.answer is False
    state = WindowState.CLOSED if is_replaced and window.state is WindowState.OPEN else window.state
    return DoseLimitingRecord(
        part=observed.part,
        level=observed.level,
        state=state,
        window_start=window.start.astimezone(zone),
        window_end=window.end.astimezone(zone),
        dose_limiting=toxicity.answer,
        evaluable=evaluable,
        replaced=is_replaced,
        why=why,
        events=(*toxicity.found, *toxicity.pending),
        withheld=is_withheld,
        next_assessment=_next_assessment(observed, toxicity, evaluable, state, now.astimezone(zone).date()),
    )


def _untreated(observed: Observed, zone: tzinfo) -> DoseLimitingRecord:
    """Describe a subject without an infusion: reserved, or gone before the first one."""
    ending = observed.ending
    if ending is None:
        return DoseLimitingRecord(
            part=observed.part,
            level=observed.level,
            state=WindowState.NOT_STARTED,
            why="no cell infusion received yet",
            next_assessment="infusion 1",
        )
    return DoseLimitingRecord(
        part=observed.part,
        level=observed.level,
        state=WindowState.CLOSED,
        window_end=midnight(ending.day + timedelta(days=1), zone).astimezone(zone),
        evaluable=False,
        why=f"no cell infusion received before {ending.said}",
    )


def observation_end(
    rule: ObservationRule, infusions: Sequence[tuple[int, datetime]], zone: tzinfo
) -> datetime | None:
    """Say when observation for dose-limiting toxicity ends, as far as infusions are received now.

    Args:
        rule: The trial's rule.
        infusions: (number, start) of the cell infusions received, in any order.
        zone: The hospital's zone.

    Returns:
        The first moment after its last calendar day [UTC]; None before the first infusion.

    Source:
        rules sheet A26; the last day belongs to the window wholly.
    """
    last = max((at for _, at in infusions), default=None)
    if last is None:
        return None
    return midnight(last.astimezone(zone).date() + timedelta(days=rule.window_days + 1), zone)


def _window(
    rule: ObservationRule, starts: Sequence[datetime], ending: Ending | None, *, now: datetime, zone: tzinfo
) -> _Window:
    """Give the window; an ending that may lie inside it closes it, with the last day it can have been."""
    end = midnight(starts[-1].astimezone(zone).date() + timedelta(days=rule.window_days + 1), zone)
    if ending is not None:
        begins = midnight(max(ending.earliest, starts[0].astimezone(zone).date()), zone)
        if begins < end and begins <= now:
            closed = min(end, max(midnight(ending.day + timedelta(days=1), zone), starts[-1]))
            return _Window(start=starts[0], end=closed, state=WindowState.CLOSED, ending=ending, zone=zone)
    state = WindowState.COMPLETE if now >= end else WindowState.OPEN
    return _Window(start=starts[0], end=end, state=state, ending=None, zone=zone)


def _toxicity(
    rule: ObservationRule, observed: Observed, window: _Window, now: datetime, zone: tzinfo
) -> _Toxicity:
    """Sort what may be dose-limiting and began inside the window into what a person found and what waits."""
    episodes = [
        episode
        for syndrome in observed.syndromes
        if syndrome.syndrome in rule.syndromes
        for episode in syndrome.episodes
        if window.start <= episode.start < window.end
    ]
    events = {event.id: assess_coded(event, rule.grade, now) for event in _coded(observed, episodes, window, zone)}
    return _Toxicity(
        found=(
            *(each.id for each in episodes if is_severe(each, rule.grade, now)),
            *(event for event, answer in events.items() if answer),
        ),
        pending=(
            *(each.id for each in episodes if is_pending(each, rule.grade, now)),
            *(event for event, answer in events.items() if answer is None),
        ),
    )


def _coded(
    observed: Observed, episodes: Sequence[SyndromeEpisode], window: _Window, zone: tzinfo
) -> tuple[AdverseEventRecord, ...]:
    """Give adverse events that no episode speaks for and that may have begun inside the window."""
    joined = {link.reference for episode in episodes for link in episode.reported}
    first, after = window.start.astimezone(zone).date(), window.end.astimezone(zone).date()
    return tuple(
        event
        for event in observed.events
        if not any(link.reference in joined for link in event.reported)
        and (event.onset_on is None or first <= event.onset_on < after)
        and not event.pre_existing
    )


def _evaluable(
    rule: ObservationRule,
    observed: Observed,
    window: _Window,
    toxicity: _Toxicity,
    judged: EvaluabilityJudgement | None,
) -> tuple[bool | None, str]:
    if toxicity.found:
        return True, f"dose-limiting toxicity judged: {', '.join(toxicity.found)}"
    if toxicity.pending:
        return None, f"to be judged: {', '.join(toxicity.pending)}"
    if judged is not None and judged.replaced:
        return False, "replaced by a named person"
    if window.state is WindowState.OPEN:
        return None, "the observation window is open"
    return _after_window(rule, observed, window, judged)


def _after_window(
    rule: ObservationRule, observed: Observed, window: _Window, judged: EvaluabilityJudgement | None
) -> tuple[bool | None, str]:
    """Judge a window that is over, without toxicity and without a replacement."""
    if judged is not None:
        return True, "counts by a named person"
    if window.ending is not None:
        where = "inside" if window.ending.is_dated else "perhaps inside"
        return None, f"{window.ending.said}, {where} the window: named review"
    happened = [each.said for each in observed.reviewed if window.may_hold(each)]
    if happened:
        return None, f"{', '.join(happened)}, inside the window: named review"
    answer, why = _by_doses(rule, observed.received)
    unassessed = _unassessed(rule, observed.syndromes)
    if answer is False or not unassessed:
        return answer, why
    never = f"never assessed for {', '.join(unassessed)}: does the subject count"
    return None, never if answer else f"{why}; {never}"


def _unassessed(rule: ObservationRule, syndromes: Sequence[SyndromeRecord]) -> tuple[str, ...]:
    """Name the syndromes for which nobody ever looked after an infusion; a single missing day is none of it."""
    if rule.unassessed is Unassessed.COUNTS:
        return ()
    looked_for = [each for each in syndromes if each.syndrome in rule.syndromes]
    return tuple(f"{each.syndrome} after infusion {number}" for each in looked_for for number in each.unassessed)


def _by_doses(rule: ObservationRule, received: Sequence[Received]) -> tuple[bool | None, str]:
    """Judge a complete window without toxicity by what was infused."""
    missed = [str(each.number) for each in received if not each.given]
    if missed:
        answer = False if rule.unfinished is Unfinished.RULE else None
        return answer, f"infusion {' and '.join(missed)} not received: why, and is the subject replaced"
    outside = [str(each.number) for each in received if each.within_tolerance is False]
    if outside:
        return False, f"dose of infusion {' and '.join(outside)} outside its tolerance: to be replaced"
    unknown = [str(each.number) for each in received if each.within_tolerance is None]
    if unknown:
        return None, f"not known whether the dose of infusion {' and '.join(unknown)} was within its tolerance"
    return True, "every infusion within its tolerance, window complete, no dose-limiting toxicity"


def _next_assessment(
    observed: Observed, toxicity: _Toxicity, evaluable: bool | None, state: WindowState, today: date
) -> str | None:
    if toxicity.pending:
        return f"judgement of {', '.join(toxicity.pending)}"
    if state is WindowState.OPEN:
        missing = sorted({day for syndrome in observed.syndromes for day in syndrome.missing if day <= today})
        day = missing[-1] if missing else today
        return f"ICE or CAPD of {day.isoformat()}"
    return JUDGE_EVALUABILITY if evaluable is None else None
