"""Every path the rule leads to, each subject observed to the end before the next one.

Knows: all states such an escalation can reach. Does not know: how likely each of them is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from fhir_adapter.domain.escalation.course import advance, first_state, treats
from fhir_adapter.domain.escalation.decide_next import NextAction, decide_next
from fhir_adapter.domain.escalation.paths import DLT, NO_DLT, PathOutcome
from fhir_adapter.domain.escalation.rule import EscalationAction, EscalationRule
from fhir_adapter.domain.escalation.state import CohortState

_Key = tuple[int | None, tuple[tuple[int, int], ...], frozenset[int]]

MOST_STATES: Final = 100_000
"""A table that leads to more states than this is none of the kind these paths are listed for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One state and what follows.

    Attributes:
        next: What the rule says.
        without_dlt: 0..1; number of the stage after a subject without a dose-limiting toxicity; None = the end.
        with_dlt: 0..1; the same after one with it.
    """

    state: CohortState
    next: NextAction
    without_dlt: int | None = None
    with_dlt: int | None = None

    @property
    def is_dead_end(self) -> bool:
        """True where everybody is observed and the table still says to wait, or something it must not."""
        return self.next.refused or self.next.action is EscalationAction.WAIT


def explore(rule: EscalationRule) -> tuple[Stage, ...]:
    """Find every state the rule leads to when each proposal is followed.

    Args:
        rule: The trial's rule.

    Returns:
        The stages; the first is the state before the first subject. Empty where there are too many.
    """
    states = [first_state(rule)]
    numbers: dict[_Key, int] = {_key(rule, states[0]): 0}
    stages: list[Stage] = []
    while len(stages) < len(states):
        if len(states) > MOST_STATES:
            return ()
        state = states[len(stages)]
        proposal = decide_next(rule, state)
        if not treats(proposal):
            stages.append(Stage(state=state, next=proposal))
            continue
        following = [advance(state, proposal, dlt=dlt) for dlt in (False, True)]
        places = [numbers.setdefault(_key(rule, one), len(numbers)) for one in following]
        states += [one for one, place in zip(following, places, strict=True) if place >= len(states)]
        stages.append(Stage(state=state, next=proposal, without_dlt=places[0], with_dlt=places[1]))
    return tuple(stages)


def _key(rule: EscalationRule, state: CohortState) -> _Key:
    counts = tuple((state.at(level).evaluable, state.at(level).dlts) for level in rule.levels)
    return state.open_level, counts, state.too_toxic


def list_paths(stages: tuple[Stage, ...]) -> Iterator[PathOutcome]:
    """List every complete path, N before T.

    Args:
        stages: As explored.

    Yields:
        Each path to its end; a new group stands where the rule opens or expands a level.
    """
    waiting: list[tuple[int, str]] = [(0, "")] if stages else []
    while waiting:
        number, path = waiting.pop()
        stage = stages[number]
        if stage.without_dlt is None or stage.with_dlt is None:
            yield PathOutcome(path=path, state=stage.state, next=stage.next)
            continue
        told = _opened(path, stage.next)
        waiting.append((stage.with_dlt, told + DLT))
        waiting.append((stage.without_dlt, told + NO_DLT))


def _opened(path: str, proposal: NextAction) -> str:
    if path and proposal.action is EscalationAction.ENROL:
        return path
    return f"{path} {proposal.level}".lstrip()


def count_situations(stages: tuple[Stage, ...]) -> int:
    """Count how many different questions the table is asked: open level, n and t there, and its answer."""
    asked = {
        (
            stage.state.open_level,
            stage.state.here.evaluable,
            stage.state.here.dlts,
            stage.next.action,
            stage.next.level,
        )
        for stage in stages
    }
    return len(asked)


def count_answers(stages: tuple[Stage, ...]) -> Mapping[tuple[EscalationAction, int | None], int]:
    """Count complete paths by how they end: the action and, where a dose is declared, its level."""
    ends: dict[tuple[EscalationAction, int | None], int] = {}
    for outcome in list_paths(stages):
        end = (outcome.next.action, outcome.mtd)
        ends[end] = ends.get(end, 0) + 1
    return ends
