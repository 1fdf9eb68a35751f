"""Propose the grade of ICANS over time after each cell infusion.

Knows: putting scores, consciousness and recorded signs together. Does not know: attribution, grade 5, the final
grade: a named person says those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Final

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.astct.arousal import consciousness_held, find_consciousness, unused_levels
from fhir_adapter.domain.astct.assessments import find_assessed, missing_days, scores_held, unused_scores
from fhir_adapter.domain.astct.episodes import derive_episodes
from fhir_adapter.domain.astct.held import Held, state_of
from fhir_adapter.domain.astct.observed import Watched
from fhir_adapter.domain.astct.signs import signs_held, unused_signs
from fhir_adapter.domain.astct.stated import Stated, find_stated
from fhir_adapter.domain.astct.windows import Infusions, State, lay_intervals, unassessed_after, windows_of
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.safety_model.icans_rule import IcansRule
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome, SyndromeRecord
from fhir_adapter.domain.timeline import Timeline

_SUBJECT: Final = "neurotoxicity"
_RESTS_ON: Final = ("Observation", "Condition")
_UNASSESSED: Final = Cause(
    reason=UnknownReason.MISSING, note="no ICE or CAPD for this time", wanted="an ICE or CAPD for the age"
)


def propose_icans(  # noqa: PLR0913 - whom, by which rule, when: each is another kind of thing
    timeline: Timeline,
    rule: IcansRule,
    *,
    infusions: Infusions,
    until: datetime | None,
    as_of: datetime,
    zone: tzinfo,
    birth: FhirDateTime | None = None,
    stated: Sequence[Stated] = (),
) -> SyndromeRecord:
    """Propose the grade of ICANS over time after each cell infusion.

    Does not decide: attribution, the final grade and grade 5 are a named person's. Does not take missing
    assessments for grade 0: they are ungradable stretches and listed days.

    Args:
        timeline: The person's facts.
        rule: The consensus table and the trial's readings of it.
        infusions: 0..*; number and start of each cell infusion given.
        until: 0..1; end of observation as known now.
        as_of: Clinical time; later facts do not exist.
        zone: The hospital's; calendar days are judged in it.
        birth: 0..1; date of birth, which may be partial.
        stated: 0..*; what the hospital says elsewhere than on its problem list (reported events).

    Returns:
        Intervals over each infusion's window, the episodes in them beside the hospital's own statements, the days
        without an assessment, and what was not counted and why.

    Source:
        rules sheet E.2, E.3; clinical review PUT-8 and section 5.
    """
    windows = windows_of(infusions, until=until, as_of=as_of)
    if not windows:
        return SyndromeRecord(syndrome=Syndrome.ICANS, intervals=(), episodes=())
    watched = Watched(
        timeline=timeline, zone=zone, as_of=as_of, starts=tuple(window.start for window in windows), birth=birth
    )
    known = find_consciousness(watched, rule)
    assessed = find_assessed(watched, rule, known)
    held = [
        *scores_held(watched, rule, assessed),
        *consciousness_held(watched, known, [each.group.at for each in assessed]),
        *signs_held(watched, rule),
    ]
    laid = [(window, lay_intervals(window, _edges(held), _judge(held), subject=_SUBJECT)) for window in windows]
    told = (*find_stated(timeline, rule.stated, as_of=as_of, zone=zone), *stated)
    unused = [
        *unused_scores(watched, rule, assessed),
        *unused_levels(watched, known),
        *unused_signs(watched, rule),
        *_not_read(timeline),
    ]
    return SyndromeRecord(
        syndrome=Syndrome.ICANS,
        intervals=tuple(interval for _, intervals in laid for interval in intervals),
        episodes=derive_episodes(Syndrome.ICANS, laid, told),
        missing=missing_days(watched, assessed, windows),
        unassessed=unassessed_after(windows, (each.group.at for each in assessed if each.is_assessment)),
        notes=tuple(dict.fromkeys(unused)),
    )


def _not_read(timeline: Timeline) -> Iterator[str]:
    """Say which types were not read to their end: what is missing there is not known to be absent."""
    for kind in _RESTS_ON:
        receipt = timeline.completeness.get(kind)
        if receipt is not None and (receipt.hidden or receipt.truncated or not receipt.complete):
            yield f"{kind} was not read completely: a sign of neurotoxicity may be missing"


def _edges(held: Sequence[Held]) -> list[datetime]:
    return [moment for each in held for moment in (each.start, each.end) if moment is not None]


def _judge(held: Sequence[Held]) -> Callable[[datetime], State]:
    def judge(moment: datetime) -> State:
        return state_of([each for each in held if each.covers(moment)], _UNASSESSED)

    return judge
