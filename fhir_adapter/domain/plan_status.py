"""Which status a subject's plan may have next: the machine writes drafts, everything else is a person's.

Knows: statuses of FHIR R4 CarePlan, the moves between them. Does not know: who decides, what is written.
"""

from __future__ import annotations

from collections.abc import Mapping

from fhir_adapter.domain.care_plan import CarePlanRule
from fhir_adapter.errors import DecisionRefusedError

DRAFT = "draft"
ACTIVE = "active"
ON_HOLD = "on-hold"
REVOKED = "revoked"
COMPLETED = "completed"

_MOVES: Mapping[str, tuple[str, ...]] = {
    DRAFT: (ACTIVE, REVOKED),
    ACTIVE: (ON_HOLD, COMPLETED, REVOKED),
    ON_HOLD: (ACTIVE, REVOKED),
    REVOKED: (),
    COMPLETED: (),
}
_ENDS = frozenset({REVOKED, COMPLETED})


def allowed_plan_moves(status: str | None, *, ended: bool = False, stopped: bool = False) -> tuple[str, ...]:
    """List the statuses a person may choose next.

    Args:
        status: 0..1; where the plan stands; None = the machine's draft.
        ended: The subject's participation has ended: the plan can only end too.
        stopped: Consent is withdrawn or the patient died: the plan can only be revoked.

    Returns:
        0..*; nothing once a plan has ended. A draft is never held: nobody acts on it yet.

    Source:
        http://hl7.org/fhir/R4/valueset-request-status.html; design contracts, Who decides; review PUT-13.

    >>> allowed_plan_moves("active"), allowed_plan_moves("active", stopped=True)
    (('on-hold', 'completed', 'revoked'), ('revoked',))
    """
    moves = _MOVES.get(status or DRAFT, ())
    if stopped:
        return tuple(each for each in moves if each == REVOKED)
    return tuple(each for each in moves if each in _ENDS) if ended else moves


def check_plan_move(status: str | None, to: str, *, ended: bool = False, stopped: bool = False) -> None:
    """Refuse a status the plan cannot have next.

    Args:
        status: 0..1; where the plan stands; None = the machine's draft.
        to: Where a person wants to put it.
        ended: The subject's participation has ended.
        stopped: Consent is withdrawn or the patient died.

    Raises:
        DecisionRefusedError: It may not follow; the message names those that may.
    """
    allowed = allowed_plan_moves(status, ended=ended, stopped=stopped)
    if to not in allowed:
        choice = ", ".join(allowed) if allowed else "nothing: the plan has ended"
        raise DecisionRefusedError(f"no move of the plan from {status or DRAFT} to {to}; allowed: {choice}")


def following_plan_status(rule: CarePlanRule | None, status: str | None, reached: str) -> str | None:
    """Say where a person's move of the subject puts the plan.

    Args:
        rule: 0..1; the trial's rule: participation status -> plan status.
        status: 0..1; where the plan stands.
        reached: The participation status the person chose.

    Returns:
        The plan's status; unchanged where the rule names none, or the plan has ended. A plan a person put on hold
        stays so until a person takes it up again or participation ends.

    Source:
        design contracts, Who is written, who decides: CarePlan.
    """
    if rule is None or status in _ENDS:
        return status
    follows = rule.status.get(reached, status)
    return status if status == ON_HOLD and follows not in _ENDS else follows


def revoked_plan_status(rule: CarePlanRule | None, status: str | None) -> str | None:
    """Give the plan's status once a person confirmed death or withdrawal: nothing is planned any more.

    Args:
        rule: 0..1; None = the trial writes no plan.
        status: 0..1; where the plan stands.

    Returns:
        `revoked`, unless the plan had ended before.

    Source:
        clinical review PUT-13 and section 1: CarePlan revoked.
    """
    return status if rule is None or status in _ENDS else REVOKED
