"""What a named person may decide about dose levels, and what is refused.

Knows: which decisions break the rule, which only differ from the proposal. Does not know: who the person is, how a
decision is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from fhir_adapter.domain.cohort.cohort import Cohort, without_waiting
from fhir_adapter.domain.escalation.decide_next import NextAction
from fhir_adapter.domain.escalation.rule import TREATING, EscalationAction
from fhir_adapter.domain.escalation.situation import Situation
from fhir_adapter.domain.safety_model.observation_rule import Reopening
from fhir_adapter.errors import DecisionRefusedError

_FILLING: Final = frozenset({EscalationAction.ENROL, EscalationAction.EXPAND})
"""Both enrol at the open level."""

_ALWAYS: Final = frozenset({EscalationAction.WAIT, EscalationAction.STOP_STUDY})
"""Never less careful than the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person wants to decide."""

    action: EscalationAction
    level: int | None


def check_choice(cohort: Cohort, choice: Choice) -> bool:
    """Refuse a decision that breaks the rule; say of any other whether it differs from the proposal.

    A person may be more careful than the rule, and answers what the rule leaves to a person; nobody may be less
    careful. Waiting and stopping are always allowed until the study is stopped.

    Args:
        cohort: As the person sees it.
        choice: Action and level.

    Returns:
        True where it differs from what the rule proposes: it is recorded as a deviation.

    Raises:
        DecisionRefusedError: The study is stopped; the action needs a level, has none, or names one there is not;
            or it enrols at a closed or full level, skips one, opens a second, reopens one that is too toxic,
            leaves one that is not finished, declares one that is not tolerated, or goes on where the rule stops or
            waits.

    Source:
        clinical review, section 2 (never) and 1.7; rules sheet A28; design contracts, Who is written, who decides.
    """
    proposal = without_waiting(cohort)
    problem = _problem(cohort, proposal, choice)
    if problem:
        raise DecisionRefusedError(
            f"{_words(choice)} is refused: {problem}; the rule proposes {_proposed(proposal)}"
        )
    is_answer = proposal.action is EscalationAction.NEEDS_DECISION
    return not (is_answer or _is_proposed(proposal, choice)) or _is_reopened(cohort, choice)


def _is_reopened(cohort: Cohort, choice: Choice) -> bool:
    return choice.level is not None and choice.action in TREATING and _has_too_many(cohort, choice.level)


def _is_proposed(proposal: NextAction, choice: Choice) -> bool:
    if {proposal.action, choice.action} <= _FILLING:
        return proposal.level == choice.level
    return (proposal.action, proposal.level) == (choice.action, choice.level)


def _words(choice: Choice) -> str:
    return choice.action.value if choice.level is None else f"{choice.action.value} level {choice.level}"


def _proposed(proposal: NextAction) -> str:
    return proposal.action.value if proposal.level is None else f"{proposal.action.value} level {proposal.level}"


def _problem(cohort: Cohort, proposal: NextAction, choice: Choice) -> str:
    """Say what is wrong with a choice; empty where nothing is."""
    if cohort.opened.stopped:
        return "the study is stopped"
    if choice.action is EscalationAction.NEEDS_DECISION:
        return "it is a question, not an answer"
    if choice.action in _ALWAYS:
        return "" if choice.level is None else "it names no level"
    if choice.level not in cohort.scheme.rule.levels:
        return f"--level must be one of {', '.join(map(str, cohort.scheme.rule.levels))}"
    return _level_problem(cohort, proposal, choice)


def _level_problem(cohort: Cohort, proposal: NextAction, choice: Choice) -> str:
    if proposal.action is EscalationAction.STOP_STUDY:
        return "the stopping rule is met"
    if _is_proposed(proposal, choice):
        return ""
    return _CHECKS[choice.action](cohort, proposal, choice.level)


def _check_filling(cohort: Cohort, proposal: NextAction, level: int | None) -> str:
    if level is None or level != cohort.opened.level:
        return _closed(cohort, level)
    now = Situation(cohort.scheme.rule, cohort.state)
    count = cohort.state.at(level)
    if now.is_too_toxic(level):
        return f"level {level} is too toxic"
    if count.evaluable + count.pending >= cohort.scheme.rule.expanded:
        return f"level {level} has its {cohort.scheme.rule.expanded} evaluable or pending subjects"
    return _against_waiting(proposal)


def _closed(cohort: Cohort, level: int | None) -> str:
    open_level = cohort.opened.level
    now = "no level is open" if open_level is None else f"level {open_level} is open, and never two at once"
    return f"level {level} is closed: {now}"


def _against_waiting(proposal: NextAction) -> str:
    return "the rule waits" if proposal.action is EscalationAction.WAIT else ""


def _check_up(cohort: Cohort, proposal: NextAction, level: int | None) -> str:
    here = cohort.opened.level
    if level is None or here is None or level <= here:
        return _closed(cohort, level)
    if level != here + 1:
        return f"it skips level {here + 1}"
    if _has_too_many(cohort, level) and not _may_reopen(cohort, proposal):
        return f"level {level} is too toxic"
    if not _is_finished(cohort, here):
        return f"level {here} is not finished"
    return _against_waiting(proposal)


def _has_too_many(cohort: Cohort, level: int) -> bool:
    """Say whether a level is too toxic by what is counted, whatever was decided on earlier counts."""
    return cohort.state.at(level).dlts >= cohort.scheme.rule.too_toxic


def _may_reopen(cohort: Cohort, proposal: NextAction) -> bool:
    """Say whether a person may reopen a level that is too toxic: where the trial lets one, and only if asked."""
    is_asked = proposal.action is EscalationAction.NEEDS_DECISION
    return is_asked and cohort.scheme.observation.reopening is Reopening.PERSON


def _is_finished(cohort: Cohort, level: int) -> bool:
    rule, count = cohort.scheme.rule, cohort.state.at(level)
    if count.pending or _has_too_many(cohort, level):
        return False
    is_passed = level != rule.lowest and count.evaluable == rule.cohort and not count.dlts
    return is_passed or count.evaluable >= rule.expanded


def _check_down(cohort: Cohort, _: NextAction, level: int | None) -> str:
    here = _here(cohort)
    if level is None or here is None or level >= here:
        return _closed(cohort, level)
    usable = [one for one in cohort.scheme.rule.levels if one < here and not _has_too_many(cohort, one)]
    if level not in usable:
        return f"level {level} is too toxic"
    if level != usable[-1]:
        return f"it skips level {usable[-1]}"
    count = cohort.state.at(level)
    is_full = count.evaluable + count.pending >= cohort.scheme.rule.expanded
    return f"level {level} has its {cohort.scheme.rule.expanded} subjects" if is_full else ""


def _check_declared(cohort: Cohort, proposal: NextAction, level: int | None) -> str:
    here = _here(cohort)
    if level is None or here is None or level > here:
        return f"level {level} was never treated to the end"
    count, rule = cohort.state.at(level), cohort.scheme.rule
    if _has_too_many(cohort, level):
        return f"level {level} is too toxic"
    if count.evaluable < rule.expanded or count.pending:
        return f"level {level} does not have {rule.expanded} evaluable subjects observed to the end"
    return _against_waiting(proposal)


def _here(cohort: Cohort) -> int | None:
    """Give the level that is open, or was declared."""
    return cohort.opened.level if cohort.opened.level is not None else cohort.opened.mtd


_CHECKS: Final[Mapping[EscalationAction, Callable[[Cohort, NextAction, int | None], str]]] = {
    EscalationAction.ENROL: _check_filling,
    EscalationAction.EXPAND: _check_filling,
    EscalationAction.ESCALATE: _check_up,
    EscalationAction.DE_ESCALATE: _check_down,
    EscalationAction.DECLARE_MTD: _check_declared,
}
"""What the rule asks of each action that names a level."""
