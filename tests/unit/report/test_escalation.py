"""The decision table, the outcome of a path and operating characteristics, as results and in words."""

from __future__ import annotations

import io
from decimal import Decimal
from fractions import Fraction

from rich.console import Console, RenderableType

from fhir_adapter.domain.escalation.paths import replay_path
from fhir_adapter.domain.escalation.rule import EscalationAction
from fhir_adapter.domain.escalation.simulate import Characteristics
from fhir_adapter.report.escalation import (
    build_characteristics,
    build_path,
    build_table,
    path_lines,
    render_characteristics,
    render_escalation_table,
    render_path,
)
from tests.escalation import shipped_rule

FOUND = Characteristics(
    runs=8,
    mtd={1: 2, 3: 1},
    without_mtd={EscalationAction.STOP_STUDY: 1, EscalationAction.NEEDS_DECISION: 1},
    unrated=3,
    treated={1: Fraction(9, 2), 0: Fraction(1, 2)},
    dlts={1: Fraction(3, 4), 0: Fraction(0)},
)
RATES = {1: Decimal("0.10"), 2: Decimal("0.2"), 3: Decimal(1)}


def printed(shown: RenderableType) -> str:
    """What a wide terminal shows."""
    out = io.StringIO()
    Console(file=out, width=200, highlight=False).print(shown)
    return out.getvalue()


def test_the_outcome_of_a_path_has_exactly_the_agreed_fields() -> None:
    assert build_path(shipped_rule(), replay_path(shipped_rule(), "1NNN  2TT 1NNT")).model_dump(mode="json") == {
        "path": "1NNN 2TT 1NNT",
        "action": "DECLARE_MTD",
        "level": 1,
        "mtd": 1,
        "treated": {"0": 0, "1": 6, "2": 2, "3": 0},
        "dlt": {"0": 0, "1": 1, "2": 2, "3": 0},
        "reason": (
            "level 1: 6 evaluable, 1 with a dose-limiting toxicity; "
            "the level is expanded and tolerated and none is left above it: level 1 is the maximum tolerated dose"
        ),
    }


def test_a_path_is_shown_with_its_answer_first() -> None:
    shown = printed(render_path(build_path(shipped_rule(), replay_path(shipped_rule(), "1TT"))))
    assert shown.splitlines()[0].strip() == "DE_ESCALATE  level 0"
    assert "second infusions from level 1 upwards are on hold" in shown
    stopped = printed(render_path(build_path(shipped_rule(), replay_path(shipped_rule(), "1TT 0TT"))))
    assert stopped.splitlines()[0].strip() == "STOP_STUDY"


def test_paths_are_one_line_each() -> None:
    results = [build_path(shipped_rule(), replay_path(shipped_rule(), path)) for path in ("1NNN", "1TT 0TT")]
    assert path_lines(results).splitlines() == [
        "ESCALATE         2  1NNN",
        "STOP_STUDY       -  1TT 0TT",
    ]


def test_the_table_is_shown_with_letters_rows_and_notes() -> None:
    result = build_table("t", shipped_rule())
    shown = printed(render_escalation_table(result))
    for words in (
        "dose levels 0, 1, 2, 3; the study starts at level 1",
        "n = evaluable subjects at it",
        "DE_ESCALATE level 0",
        "n = 6, d = 3 or d+1 too toxic",
        "T = 6 once n > 3",
        "a named person decides",
    ):
        assert words in shown
    assert (result.cohort, result.expanded, len(result.rows)) == (3, 6, 21)


def test_operating_characteristics_are_shares_and_means() -> None:
    result = build_characteristics("t", shipped_rule(), FOUND, RATES, 7)
    assert result.model_dump(mode="json") == {
        "trial": "t",
        "rates": {"1": "0.10", "2": "0.2", "3": "1"},
        "runs": 8,
        "seed": 7,
        "mtd": {"0": 0.0, "1": 0.25, "2": 0.0, "3": 0.125, "none": 0.625},
        "ends": {"DECLARE_MTD": 3, "NEEDS_DECISION": 1, "STOP_STUDY": 1, "NO_RATE": 3},
        "treated": {"0": 0.5, "1": 4.5, "2": 0.0, "3": 0.0},
        "dlt": {"0": 0.0, "1": 0.75, "2": 0.0, "3": 0.0},
        "treated_in_all": 5.0,
        "dlt_in_all": 0.75,
    }


def test_operating_characteristics_are_shown_per_level_and_in_all() -> None:
    shown = printed(render_characteristics(build_characteristics("t", shipped_rule(), FOUND, RATES, 7)))
    assert "not given" in shown
    assert "62.5%" in shown
    assert "8 runs, seed 7; ended by DECLARE_MTD 3, NEEDS_DECISION 1, STOP_STUDY 1, NO_RATE 3" in shown
