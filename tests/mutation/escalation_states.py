"""Every state of a dose escalation by which one table is told from another, and what the table answers to it.

Knows: every count a level can have, and what a person decided or nobody knows. Does not know: how a table is
changed.
"""

from __future__ import annotations

import random
from functools import cache

from fhir_adapter.domain.escalation.decide_next import decide_next
from fhir_adapter.domain.escalation.rule import EscalationRule
from fhir_adapter.domain.escalation.state import CohortState
from tests.escalation import Answer, answer_of, cohort_at, count

Said = tuple[Answer, int | None, bool]
"""Action, level and row; from which level on second infusions are on hold; whether the action was refused."""


@cache
def asked() -> tuple[CohortState, ...]:
    """Every count of every level, then what a person decided or nobody knows."""
    states = [
        cohort_at(d, f"{n}/{t}", u, p, up=up, below=below)
        for n in (3, 6, 2, 4, 5, 0, 1, 7)
        for t in range(min(n, 3) + 1)
        for d in range(4)
        for u, p in ((0, 0), (0, 1), (0, 3), (2, 2))
        for up in (False, True)[: 1 + (d in {1, 2})]
        for below in ("3/0", "6/1")[: 1 + (d > 1)]
    ]
    random.Random(20).shuffle(states)  # so that most mutants are noticed soon
    return (
        CohortState(open_level=0, counts={0: count("3/0"), 1: count("3/1", left=(3, 1))}),
        CohortState(open_level=None),
        CohortState(open_level=None, counts={0: count("3/2", left=(3, 2))}),
        CohortState(open_level=1, questions=("who?",)),
        CohortState(open_level=1, waits=("what?",)),
        CohortState(open_level=1, counts={1: count("1/0", withheld=1)}),
        CohortState(open_level=1, counts={1: count("1/0", withheld=2)}),
        CohortState(open_level=1, counts={1: count("1/0", withheld=3)}),
        CohortState(open_level=2, counts={1: count("3/1", left=(3, 0))}),
        CohortState(open_level=2, counts={1: count("3/0", 1, 1, left=(3, 0))}),
        CohortState(open_level=2, counts={1: count("6/1"), 2: count("3/2"), 0: count("6/1", 1, 1, left=(6, 1))}),
        *states,
    )


def said(rule: EscalationRule, state: CohortState) -> Said:
    proposal = decide_next(rule, state)
    return answer_of(proposal), proposal.hold_from, proposal.refused


@cache
def said_by(rule: EscalationRule) -> tuple[Said, ...]:
    return tuple(said(rule, state) for state in asked())


def is_noticed(rule: EscalationRule, mutant: EscalationRule) -> bool:
    return any(said(mutant, state) != before for state, before in zip(asked(), said_by(rule), strict=True))
