"""An answer that is written well may still make no sense: it would stop the clock of a serious event."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from fhir_adapter.domain.answer_sense import check_sense
from fhir_adapter.domain.review import ItemKind
from fhir_adapter.errors import DecisionRefusedError

NOW = datetime(2026, 3, 11, 23, 30, tzinfo=UTC)
"""Half past midnight of 12 March at the hospital."""

BERLIN = ZoneInfo("Europe/Berlin")
SERIOUS = {"serious": "yes", "criteria": "important", "relatedness": "possible"}
NOT_SERIOUS = {"serious": "no", "relatedness": "possible"}


def check(**values: str) -> None:
    check_sense(ItemKind.ADVERSE_EVENT, values, now=NOW, zone=BERLIN, reports=("sae-sponsor", "susar"))


@pytest.mark.parametrize("said", [{"outcome": "fatal"}, {"grade": "5"}], ids=["fatal", "grade 5"])
def test_a_death_is_not_called_not_serious(said: dict[str, str]) -> None:
    with pytest.raises(DecisionRefusedError, match="a fatal event is serious: serious=yes criteria=death"):
        check(**NOT_SERIOUS, **said)


def test_grade_5_says_that_it_was_fatal_or_the_short_time_would_not_hold() -> None:
    with pytest.raises(DecisionRefusedError, match="grade=5 is a death: add criteria=death or outcome=fatal"):
        check(**SERIOUS, grade="5")
    check(**SERIOUS, grade="5", outcome="fatal")
    check(**(SERIOUS | {"criteria": "important,death"}), grade="5")


def test_what_is_not_fatal_may_be_not_serious() -> None:
    check(**NOT_SERIOUS, grade="4", outcome="not-recovered")
    check(**SERIOUS, outcome="fatal")


@pytest.mark.parametrize("aware", ["2026-03-12", "2026-03-12T00:30:00+01:00", "1900-01-01"])
def test_awareness_lies_in_the_past(aware: str) -> None:
    check(**SERIOUS, aware=aware)


@pytest.mark.parametrize("aware", ["2026-03-13", "2026-03-12T00:30:01+01:00", "2062-03-11", "9999-12-31"])
def test_awareness_later_than_now_would_never_be_due(aware: str) -> None:
    with pytest.raises(DecisionRefusedError, match="aware is later than now"):
        check(**SERIOUS, aware=aware)


@pytest.mark.parametrize("aware", ["1899-12-31", "0001-01-01", "0001-01-01T00:00:00+01:00"])
def test_awareness_before_anybody_was_treated_is_a_slip(aware: str) -> None:
    with pytest.raises(DecisionRefusedError, match="aware is written YYYY-MM-DD, with a year from 1900 on"):
        check(**SERIOUS, aware=aware)


def test_a_report_was_sent_by_now() -> None:
    check(**SERIOUS, sent="sae-sponsor@2026-03-12,susar@2026-03-11T10:00:00Z")
    with pytest.raises(DecisionRefusedError, match="sent is later than now"):
        check(**SERIOUS, sent="sae-sponsor@2026-03-11,susar@2026-03-13")


def test_a_report_is_one_the_trial_asks_for() -> None:
    """A name nobody knows would leave the report overdue, and the person sure that it is not."""
    with pytest.raises(DecisionRefusedError, match="there is no report sae; there are: sae-sponsor, susar"):
        check(**SERIOUS, sent="sae@2026-03-11")


def test_other_kinds_are_left_alone() -> None:
    check_sense(ItemKind.SYNDROME, {"associated": "no", "grade": "5"}, now=NOW, zone=BERLIN, reports=())
