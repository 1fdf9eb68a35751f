"""A dose escalation seen one evaluable subject after the other, nobody waited for and nothing suspected.

Knows: how one outcome moves the cohort on when every proposal is followed. Does not know: open windows, decisions
that differ from the proposal.
"""

from __future__ import annotations

from dataclasses import replace

from fhir_adapter.domain.escalation.decide_next import NextAction
from fhir_adapter.domain.escalation.rule import TREATING, EscalationAction, EscalationRule
from fhir_adapter.domain.escalation.state import CohortState, LevelCount


def first_state(rule: EscalationRule) -> CohortState:
    """Give the state before the first subject: the start level is open and nobody was treated."""
    return CohortState(open_level=rule.start)


def treats(proposal: NextAction) -> bool:
    """Say whether somebody is treated next."""
    return proposal.action in TREATING


def advance(state: CohortState, proposal: NextAction, *, dlt: bool) -> CohortState:
    """Give the state after one more evaluable subject.

    Args:
        state: Before.
        proposal: What the rule said then; somebody is treated by it.
        dlt: Whether the subject had a dose-limiting toxicity.

    Returns:
        The state after; a level that is left keeps the counts it was left with, one left as too toxic is closed.
    """
    level = state.open_level if proposal.level is None else proposal.level
    counts = dict(state.counts)
    too_toxic = state.too_toxic
    if level != state.open_level and state.open_level is not None:
        left = state.at(state.open_level)
        counts[state.open_level] = replace(left, left_with=(left.evaluable, left.dlts))
        if proposal.action is EscalationAction.DE_ESCALATE:
            too_toxic |= {state.open_level}
    if level is not None:
        before = state.at(level)
        counts[level] = LevelCount(evaluable=before.evaluable + 1, dlts=before.dlts + dlt)
    return CohortState(open_level=level, counts=counts, too_toxic=too_toxic)
