"""Where a trial's dose escalation stands: counts traced to subjects, what the rule proposes.

Knows: subjects, recorded decisions, the rule. Does not know: the store, how a subject's record is derived.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from fhir_adapter.domain.cohort.decision import EscalationDecision, LevelTally
from fhir_adapter.domain.cohort.later_part import ask_later_part
from fhir_adapter.domain.cohort.opened import Opened, read_opened
from fhir_adapter.domain.cohort.subject import (
    EVALUABLE,
    PENDING,
    UNKNOWN,
    CohortSubject,
    Counted,
    count_as,
)
from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.escalation.decide_next import NextAction, decide_next
from fhir_adapter.domain.escalation.rule import EscalationAction, EscalationRule
from fhir_adapter.domain.escalation.state import CohortState, LevelCount
from fhir_adapter.domain.safety_model.observation_rule import ObservationRule

_ASKED: Final[Mapping[Counted, str]] = {
    Counted.UNKNOWN_PART: "nobody said to which part of the study the subject belongs",
    Counted.UNKNOWN_LEVEL: "the dose level of a treated subject is not known",
    Counted.UNKNOWN_RECORD: "there is no safety record yet",
}

FINISHED: Final = "finished"
STOPPED: Final = "stopped"
"""Names of rows for what a decision, not the table, says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortScheme:
    """The trial's definitions the cohort is read by."""

    rule: EscalationRule
    observation: ObservationRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One subject behind a count: what it counts as, and the events that say so."""

    subject: CohortSubject
    counted: Counted

    @property
    def events(self) -> tuple[str, ...]:
        """Ids of the syndrome episodes and adverse events it rests on."""
        return self.subject.record.events if self.subject.record is not None else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The dose escalation at one moment. A proposal: a named person decides.

    Attributes:
        traces: 0..*; every subject that is or may be part of it, by subject id.
        answered: 0..*; questions a decision answered already.
        proposal: What the rule says comes next.
        digest: Digest of what a person sees who decides now.
    """

    scheme: CohortScheme
    state: CohortState
    opened: Opened
    traces: tuple[Trace, ...]
    proposal: NextAction
    digest: str
    answered: tuple[str, ...] = ()

    def at_level(self, level: int) -> tuple[Trace, ...]:
        """Give the subjects behind the counts of one level."""
        return tuple(each for each in self.traces if each.subject.level == level and _is_counted(each))


def _is_counted(trace: Trace) -> bool:
    return trace.counted in EVALUABLE | PENDING or trace.counted is Counted.REPLACED


def read_cohort(
    scheme: CohortScheme, subjects: Iterable[CohortSubject], decisions: Iterable[EscalationDecision]
) -> Cohort:
    """Read where the dose escalation stands.

    Decides nothing. The order of subjects and decisions never shows.

    Args:
        scheme: The trial's definitions.
        subjects: 0..*; every subject of the trial, with its newest safety record.
        decisions: 0..*; every recorded decision.

    Returns:
        State, traces and proposal. A stopped study stays stopped whatever is counted; a declared maximum
        tolerated dose stands until a count it rests on changes or a question about the later part opens.

    Source:
        clinical review, sections 2 and 3, PUT-14; design contracts, Who is written, who decides.
    """
    made = tuple(decisions)
    opened = read_opened(scheme.rule, made)
    ordered = sorted(subjects, key=lambda each: each.subject)
    traces = tuple(Trace(subject=each, counted=count_as(each, scheme.observation.escalating)) for each in ordered)
    asked = ask_later_part(scheme.observation, [trace.subject for trace in traces])
    answered = tuple(each for each in asked if opened.last is not None and each in opened.last.questions)
    state = CohortState(
        open_level=opened.level,
        counts=_counts(scheme.rule, opened, traces),
        too_toxic=opened.too_toxic,
        questions=tuple(each for each in asked if each not in answered),
        waits=_waits(opened, traces),
    )
    proposal = _propose(scheme.rule, state, opened)
    seen = [(trace.subject.subject, trace.counted, trace.subject.level, trace.events) for trace in traces]
    return Cohort(
        scheme=scheme,
        state=state,
        opened=opened,
        traces=tuple(trace for trace in traces if trace.counted is not Counted.OUTSIDE),
        proposal=proposal,
        digest=digest_of(seen, [each.id for each in sorted(made, key=lambda one: one.at)], proposal.reason),
        answered=answered,
    )


def without_waiting(cohort: Cohort) -> NextAction:
    """Give what the rule proposes apart from a person's own decision to wait."""
    if cohort.opened.waiting is None:
        return cohort.proposal
    words = _waiting_words(cohort.opened.waiting)
    state = replace(cohort.state, waits=tuple(each for each in cohort.state.waits if each != words))
    return _propose(cohort.scheme.rule, state, cohort.opened)


def tallies_of(cohort: Cohort) -> tuple[LevelTally, ...]:
    """Give the counts of every level, for the decision that is made on them."""
    return tuple(
        LevelTally(
            level=level,
            evaluable=cohort.state.at(level).evaluable,
            dlts=cohort.state.at(level).dlts,
            withheld=_withheld(cohort.at_level(level)),
        )
        for level in cohort.scheme.rule.levels
    )


def _propose(rule: EscalationRule, state: CohortState, opened: Opened) -> NextAction:
    if opened.stopped:
        return NextAction(
            action=EscalationAction.STOP_STUDY,
            level=None,
            row=STOPPED,
            reason="a named person stopped the study: nobody is enrolled or infused",
            hold_from=rule.lowest,
        )
    proposal = decide_next(rule, state)
    if opened.mtd is None or proposal.action is not EscalationAction.WAIT:
        return proposal
    if state.questions:
        return replace(proposal, action=EscalationAction.NEEDS_DECISION, reason="; ".join(state.questions))
    return replace(
        proposal,
        action=EscalationAction.DECLARE_MTD,
        level=opened.mtd,
        row=FINISHED,
        reason=f"level {opened.mtd} was declared the maximum tolerated dose; the dose escalation is over",
    )


def _counts(rule: EscalationRule, opened: Opened, traces: Sequence[Trace]) -> dict[int, LevelCount]:
    by_level: defaultdict[int, list[Trace]] = defaultdict(list)
    for trace in traces:
        if trace.subject.level is not None and _is_counted(trace):
            by_level[trace.subject.level].append(trace)
    left = {tally.level: tally for tally in opened.settled.tallies} if opened.settled is not None else {}
    return {
        level: _count(by_level[level], left.get(level), is_open=level == opened.level)
        for level in sorted({*rule.levels, *by_level})
        if by_level[level] or level in left
    }


def _count(traces: Sequence[Trace], seen: LevelTally | None, *, is_open: bool) -> LevelCount:
    kinds = [trace.counted for trace in traces]
    withheld = _withheld(traces)
    return LevelCount(
        evaluable=sum(kind in EVALUABLE for kind in kinds),
        dlts=kinds.count(Counted.TOXIC),
        suspected=kinds.count(Counted.SUSPECTED),
        pending=sum(kind in PENDING for kind in kinds),
        withheld=withheld if seen is None or seen.withheld < withheld else 0,
        left_with=None if seen is None or is_open else (seen.evaluable, seen.dlts),
    )


def _withheld(traces: Iterable[Trace]) -> int:
    return sum(trace.subject.record is not None and trace.subject.record.withheld for trace in traces)


def _waits(opened: Opened, traces: Iterable[Trace]) -> tuple[str, ...]:
    found = [f"{trace.subject.subject}: {_ASKED[trace.counted]}" for trace in traces if trace.counted in UNKNOWN]
    if opened.waiting is not None:
        found.append(_waiting_words(opened.waiting))
    return tuple(found)


def _waiting_words(decision: EscalationDecision) -> str:
    return f"{decision.by} decided to wait ({decision.id})"
