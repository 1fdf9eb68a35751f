"""Derive a story's safety with the real reader, definitions and rules, and compare it with what was told.

Knows: how stories write grades, events, syndromes and observation. Does not know: what should follow.

Under `then`, days as in `D4 07:00`:
`grades: {"Hyponatremia D4 07:00": 3}`: one result under one term, written as in tests/ctcae_cases.txt.
`events: {"Anemia D5": {grade: 3, state: ONGOING, resolved: D9, ...}}`: the adverse event of a term, with the day
it began where there are several; `none`: there is no such event. See _EVENT for what can be told of it.
`crs: {1: {grade: 2, worst: 3, driver: .., attest: yes, judged: 3}}`, `icans:` likewise, by cell infusion; `none`:
no such syndrome after it; `missing: [D6]` lists days without an assessment.
`dlt: {state: OPEN, ends: D34 00:00, evaluable: unknown, limiting: pending, ...}`: see _LIMITING.
Reports that are due stand under their event: `due: [SAE report to the sponsor D5 09:00]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from fhir_adapter.definitions.load import Definitions
from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.safety.asking import needs_judgement
from fhir_adapter.domain.safety.derive import Treated, derive_safety
from fhir_adapter.domain.safety.ending import Ending, find_death_ending
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord, SafetyRecord
from fhir_adapter.domain.safety_model.syndrome_records import ProposalStatus, SyndromeEpisode, SyndromeRecord
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.domain.timeline import Timeline
from fhir_adapter.r4.context import ReadingContext
from tests.ctcae_cases import told as told_grade
from tests.scenarios.judged import judgements_in, name_of
from tests.scenarios.story import ZONE, Story
from tests.scenarios.treatment import donor_of, timeline_of, treatment_of

Told = Mapping[str, Any]
Answers = Mapping[str, Callable[[Any], object]]

SAFETY = frozenset({"grades", "events", "crs", "icans", "dlt"})
"""What a story may tell of safety under `then`."""

_ANSWER = {True: "yes", False: "no", None: "unknown"}


def differences_of_safety(story: Story, definitions: Definitions, context: ReadingContext) -> list[str]:
    """List everything in which the story's safety ends otherwise than told; empty where it ends as told."""
    timeline = timeline_of(story, definitions, context)
    treatment = treatment_of(story, definitions, timeline, donor_of(story, definitions, context, timeline))
    return differences_in_safety(story, definitions, timeline, treatment)


def differences_in_safety(
    story: Story, definitions: Definitions, timeline: Timeline, treatment: TreatmentRecord | None
) -> list[str]:
    """List the same for what was read and given before."""
    record = safety_of(story, definitions, timeline, treatment)
    if record is None:
        return ["there is no safety record"]
    days = _Days(story)
    found = [*_grades(record, days, story.then.get("grades", {}))]
    found += _events(record, days, story.then.get("events", {}), definitions)
    for syndrome in record.syndromes:
        found += _syndrome(syndrome, days, story.then.get(syndrome.syndrome.value.lower(), {}))
    found += _compared("dlt", _LIMITING, (record.dose_limiting, days), story.then.get("dlt", {}))
    return found


def safety_of(
    story: Story, definitions: Definitions, timeline: Timeline, treatment: TreatmentRecord | None
) -> SafetyRecord | None:
    """Derive the story's safety record with what persons said of it."""
    if treatment is None:
        return None
    judged = (each for each in treatment.clearances if each.is_retrospective)
    treated = Treated(
        doses=treatment.records,
        infusions=tuple((each.infusion, each.as_of) for each in judged),
        day_zero=treatment.day_zero,
        level=treatment.level,
        ending=_ending(story, timeline, definitions),
    )

    def derived(*said: Any) -> SafetyRecord | None:
        return derive_safety(
            timeline,
            definitions.trial,
            subject=SubjectId(story.id),
            treated=treated,
            as_of=story.as_of,
            zone=definitions.traits.zone,
            judgements=said,
        )

    first = derived()
    return derived(*judgements_in(story, first)) if story.judged else first


def _ending(story: Story, timeline: Timeline, definitions: Definitions) -> Ending | None:
    died = find_death_ending(timeline, as_of=story.as_of, zone=definitions.traits.zone)
    found = [died] if died is not None else []
    found += [Ending(day=story.withdrawn_on, why="withdrawal")] if story.withdrawn_on is not None else []
    return min(found, key=lambda each: each.day, default=None)


class _Days:
    """Writes moments as stories do: by the day of the trial within words, as the date it stands for by itself."""

    def __init__(self, story: Story) -> None:
        assert story.day_zero is not None
        self._zero = story.day_zero

    def moment(self, at: datetime) -> str:
        """Write a moment within words: `D4 07:00`."""
        return f"{self.day(at.date())} {at:%H:%M}"

    def day(self, on: date) -> str:
        """Write a day within words: `D4`."""
        return f"D{(on - self._zero).days}"

    @staticmethod
    def alone(when: date | None) -> str:
        """Write a day or a moment that stands by itself."""
        local = when.astimezone(ZONE) if isinstance(when, datetime) else when
        return "none" if local is None else local.isoformat()


def _grades(record: SafetyRecord, days: _Days, told: Told) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for each in record.results:
        found.setdefault(f"{each.term} {days.moment(each.at)}", []).append(told_grade(each.grade))
    for name, wanted in told.items():
        grades = " and ".join(sorted(found.get(name, ["none"])))
        if grades != wanted:
            yield f"{name}: {grades}"


def _events(record: SafetyRecord, days: _Days, told: Told, definitions: Definitions) -> Iterator[str]:
    assert definitions.trial.safety is not None
    least = definitions.trial.safety.judged_from_grade
    for name, wanted in told.items():
        named = [each for each in record.events if name in {each.term, name_of(each)}]
        if wanted == "none" or len(named) != 1:
            if wanted != "none" or named:
                yield f"{name}: {', '.join(name_of(each) for each in named) or 'none'}"
            continue
        yield from _compared(name, _EVENT, (named[0], days, least), wanted)


def _compared(name: str, answers: Answers, of: object, told: Told) -> Iterator[str]:
    for key, wanted in told.items():
        is_ = answers[key](of)
        if is_ != wanted:
            yield f"{name} {key}: {is_}"


def _grade_of(event: AdverseEventRecord) -> str:
    """Write a grade as the story does: `3`, `>=2 (3)`, `? (3)`."""
    if event.grade is None:
        return f"? ({event.worst_possible})"
    return f">={event.grade} ({event.worst_possible})" if event.at_least else str(event.grade)


_EVENT: Answers = {
    "grade": lambda of: _grade_of(of[0]),
    "state": lambda of: str(of[0].state),
    "onset": lambda of: of[1].alone(of[0].onset_on),
    "resolved": lambda of: of[1].alone(of[0].resolved_on),
    "by": lambda of: of[0].resolved_by or "nothing",
    "worst-on": lambda of: of[0].worst_on or "never",
    "changes": lambda of: [f"{of[1].day(one.at.date())} {one.grade}" for one in of[0].changes],
    "gaps": lambda of: str(len(of[0].gaps)),
    "baseline": lambda of: str(of[0].baseline_grade),
    "emergent": lambda of: _ANSWER[of[0].treatment_emergent],
    "worsened": lambda of: _ANSWER[of[0].worsened],
    "pre-existing": lambda of: _ANSWER[of[0].pre_existing],
    "expected": lambda of: of[0].expected or "no",
    "hematologic": lambda of: _ANSWER[of[0].hematologic],
    "after": lambda of: str(of[0].after_infusion),
    "special": lambda of: str(of[0].special_interest or "none"),
    "scale": lambda of: of[0].scale,
    "origin": lambda of: str(of[0].origin),
    "reported": lambda of: [str(one.grade) for one in of[0].reported],
    "doses": lambda of: [f"{one.item} D{one.day}" for one in of[0].doses],
    "actions": lambda of: [one.title for one in of[0].actions],
    "roles": lambda of: sorted({one.role for one in of[0].actions}),
    "due": lambda of: [f"{what} {of[1].moment(at)}" for what, at in of[0].due],
    "asked": lambda of: _ANSWER[needs_judgement(of[0], of[2])],
    "notes": lambda of: list(of[0].notes),
}


def _syndrome(record: SyndromeRecord, days: _Days, told: Told) -> Iterator[str]:
    name = record.syndrome.value
    by_infusion = {str(each.after_infusion): each for each in record.episodes}
    for key, wanted in told.items():
        if key == "missing":
            missing = [days.alone(each) for each in record.missing]
            if missing != wanted:
                yield f"{name} missing: {missing}"
        elif wanted == "none" or key not in by_infusion:
            if wanted != "none" or key in by_infusion:
                yield f"{name} {key}: {'there is one' if key in by_infusion else 'none'}"
        else:
            yield from _compared(f"{name} {key}", _EPISODE, (by_infusion[key], days), wanted)


def _worst_driver(episode: SyndromeEpisode) -> str:
    return max(episode.intervals, key=lambda each: (each.grade or 0, each.worst)).driver


_EPISODE: Answers = {
    "grade": lambda of: str(of[0].grade),
    "worst": lambda of: str(of[0].worst),
    "from": lambda of: of[1].alone(of[0].start),
    "until": lambda of: of[1].alone(of[0].end),
    "driver": lambda of: _worst_driver(of[0]),
    "attest": lambda of: _ANSWER[any(one.status is ProposalStatus.NEEDS_ATTESTATION for one in of[0].intervals)],
    "reported": lambda of: [str(one.grade) for one in of[0].reported],
    "disagrees": lambda of: _ANSWER[of[0].disagrees],
    "judged": lambda of: "no" if of[0].judgement is None else str(of[0].judgement.grade),
}


def _limiting(record: DoseLimitingRecord) -> str:
    return "pending" if record.dose_limiting is None else _ANSWER[record.dose_limiting]


_LIMITING: Answers = {
    "state": lambda of: str(of[0].state),
    "begins": lambda of: of[1].alone(of[0].window_start),
    "ends": lambda of: of[1].alone(of[0].window_end),
    "part": lambda of: of[0].part or "nobody said",
    "level": lambda of: str(of[0].level),
    "limiting": lambda of: _limiting(of[0]),
    "evaluable": lambda of: _ANSWER[of[0].evaluable],
    "replaced": lambda of: _ANSWER[of[0].replaced],
    "withheld": lambda of: _ANSWER[of[0].withheld],
    "events": lambda of: list(of[0].events),
    "why": lambda of: of[0].why,
    "next": lambda of: str(of[0].next_assessment),
}
