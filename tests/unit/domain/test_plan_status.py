from __future__ import annotations

import pytest

from fhir_adapter.domain.plan_status import (
    allowed_plan_moves,
    check_plan_move,
    following_plan_status,
    revoked_plan_status,
)
from fhir_adapter.errors import DecisionRefusedError
from tests.plans import RULE


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (None, ("active", "revoked")),
        ("draft", ("active", "revoked")),
        ("active", ("on-hold", "completed", "revoked")),
        ("on-hold", ("active", "revoked")),
        ("revoked", ()),
        ("completed", ()),
        ("entered-in-error", ()),
    ],
)
def test_a_plan_moves_along_its_graph(status: str | None, allowed: tuple[str, ...]) -> None:
    assert allowed_plan_moves(status) == allowed
    for to in allowed:
        check_plan_move(status, to)


def test_a_refused_move_names_the_allowed_ones() -> None:
    with pytest.raises(DecisionRefusedError, match="from draft to on-hold; allowed: active, revoked"):
        check_plan_move(None, "on-hold")
    with pytest.raises(DecisionRefusedError, match="from revoked to active; allowed: nothing: the plan has ended"):
        check_plan_move("revoked", "active")


def test_once_participation_ended_a_plan_can_only_end() -> None:
    assert allowed_plan_moves("active", ended=True) == ("completed", "revoked")
    with pytest.raises(DecisionRefusedError, match="allowed: completed, revoked"):
        check_plan_move("active", "on-hold", ended=True)


def test_after_withdrawal_or_death_a_plan_can_only_be_revoked() -> None:
    assert allowed_plan_moves("active", ended=True, stopped=True) == ("revoked",)
    with pytest.raises(DecisionRefusedError, match="allowed: revoked"):
        check_plan_move("active", "completed", stopped=True)


@pytest.mark.parametrize(
    ("status", "reached", "expected"),
    [
        (None, "on-study-intervention", "active"),
        (None, "screening", None),
        ("on-hold", "off-study", "completed"),
        ("on-hold", "on-study-intervention", "on-hold"),
        ("on-hold", "screening", "on-hold"),
        ("active", "follow-up", "active"),
        ("revoked", "off-study", "revoked"),
        ("completed", "withdrawn", "completed"),
    ],
)
def test_the_plan_follows_a_move_of_the_subject(status: str | None, reached: str, expected: str | None) -> None:
    assert following_plan_status(RULE, status, reached) == expected


def test_without_a_rule_there_is_no_status_of_a_plan() -> None:
    assert following_plan_status(None, None, "on-study-intervention") is None
    assert revoked_plan_status(None, None) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [(None, "revoked"), ("active", "revoked"), ("on-hold", "revoked"), ("completed", "completed")],
)
def test_death_and_withdrawal_revoke_a_plan_that_has_not_ended(status: str | None, expected: str) -> None:
    assert revoked_plan_status(RULE, status) == expected
