"""Where the dose escalation stands, as a result and in words."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from rich.console import Console, RenderableType

from fhir_adapter.domain.cohort.cohort import Cohort
from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.cohort.view import build_view
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.report.escalation_status import EscalationStatusResult, build_decision, build_status
from fhir_adapter.report.render_escalation import STOP_BANNER, render_decision, render_status
from tests.builders import ZONE
from tests.cohorts import cohort_of, decided, decided_on, subject
from tests.reactions import at

UP = decided_on(cohort_of("1NNN"), "ESCALATE", 2, "03-10")
DOWN = decided_on(cohort_of("1TT"), "DE_ESCALATE", 0, "03-10")


def status(cohort: Cohort, *decisions: EscalationDecision, **given: Any) -> EscalationStatusResult:
    """The result of 19 March."""
    view = build_view(cohort, decisions, infusions=(1, 2), as_of=at("03-19"), zone=ZONE, **given)
    return build_status("nct07256210", view, ZONE)


def printed(shown: RenderableType) -> str:
    """What a wide terminal shows."""
    out = io.StringIO()
    Console(file=out, width=220, highlight=False).print(shown)
    return out.getvalue()


def test_every_count_names_its_subjects_and_events() -> None:
    result = status(cohort_of("1NTUXW"))
    level = next(each for each in result.levels if each.level == 1)
    counts = (level.evaluable, level.dlt, level.suspected, level.pending, level.withheld)
    assert counts == (2, 1, 1, 1, 1)
    assert [(each.subject, each.counted, each.events) for each in level.subjects] == [
        ("S-1N1", "CLEAR", []),
        ("S-1T2", "TOXIC", ["CRS-1"]),
        ("S-1U3", "SUSPECTED", ["CRS-1"]),
        ("S-1W5", "REPLACED", []),
        ("S-1X4", "REPLACED", []),
    ]
    assert [each.level for each in result.levels] == [0, 1, 2, 3]


def test_the_proposal_is_told_with_its_row_and_reason() -> None:
    result = status(cohort_of("1NNN"))
    assert (result.action, result.level, result.row, result.open_level) == ("ESCALATE", 2, "6", 1)
    assert result.reason.startswith("level 1: 3 evaluable, 0 with a dose-limiting toxicity")
    assert (result.alarm, result.stopped, result.mtd, result.hold) == (False, False, None, None)
    text = printed(render_status(result))
    assert "proposal: ESCALATE level 2" in text
    assert "open level: 1" in text
    assert "a named person decides" in text
    assert STOP_BANNER not in text


def test_stopping_the_study_is_said_before_anything_else() -> None:
    result = status(cohort_of("1TT 0TT", DOWN), DOWN)
    assert (result.action, result.alarm) == ("STOP_STUDY", True)
    text = printed(render_status(result))
    assert text.index(STOP_BANNER) < text.index("proposal: STOP_STUDY") < text.index("Decisions")
    assert "too toxic" in text


def test_a_stopped_study_says_so() -> None:
    stop = decided("STOP_STUDY", when="03-12")
    text = printed(render_status(status(cohort_of("1NNO", stop), stop)))
    assert STOP_BANNER in text
    assert "the study is stopped by decision" in text


def test_a_declared_dose_and_a_closed_escalation_say_so() -> None:
    declared = decided_on(cohort_of("1NNTNNN"), "DECLARE_MTD", 1, "03-12")
    result = status(cohort_of("1NNTNNN", declared), declared)
    assert (result.mtd, result.open_level, result.action) == (1, None, "DECLARE_MTD")
    assert "maximum tolerated dose by decision: level 1" in printed(render_status(result))


def test_a_hold_names_level_beginning_and_whom_it_keeps() -> None:
    result = status(cohort_of("1TU", more=(subject("S-9", "O", 1),)))
    assert result.hold is not None
    assert (result.hold.level, result.hold.since) == (1, "2026-03-05T12:00:00+01:00")
    assert result.hold.subjects == ["S-1T1", "S-1U2", "S-9"]
    text = printed(render_status(result))
    assert "HOLD from level 1" in text
    assert "on hold: S-1T1, S-1U2, S-9" in text
    assert "S-9  HOLD" in text


def test_a_hold_nobody_waits_under_is_told_too() -> None:
    done = tuple(subject(name, "T", 1, infusions=((1, at("03-02")), (2, at("03-04")))) for name in ("S-1", "S-2"))
    assert "on hold: nobody waits for an infusion" in printed(render_status(status(cohort_of("", more=done))))


def test_the_board_tells_day_end_next_and_runs_of_missing_days() -> None:
    days = tuple(date(2026, 3, day) for day in (4, 5, 6, 9))
    result = status(cohort_of("", more=(subject("S-1", "O", 1, missing=days),)))
    (line,) = result.board
    assert (line.day, line.last_day, line.ends, line.state) == (17, 45, "2026-04-16", "OPEN")
    assert line.missing == ["2026-03-04", "2026-03-05", "2026-03-06", "2026-03-09"]
    text = printed(render_status(result))
    assert "17 of 45" in text
    assert "2026-03-04 to 2026-03-06 (3), 2026-03-09" in text


def test_who_is_counted_at_no_level_is_listed_with_why() -> None:
    result = status(cohort_of("1N", more=(subject("S-8", "N", 1, part=""), subject("S-9", "R", None))))
    assert [(each.subject, each.counted) for each in result.others] == [("S-8", "UNKNOWN_PART")]
    text = printed(render_status(result))
    assert "Not counted at any level" in text
    assert "not stated" in text


def test_a_subject_without_level_and_without_window_is_shown_with_dashes() -> None:
    lost = subject("S-7", "N", None)
    text = printed(render_status(status(cohort_of("", more=(lost, subject("S-8", "R", 1))))))
    assert "UNKNOWN_LEVEL" in text
    assert "RESERVED" in text


def test_deviations_and_decisions_are_listed() -> None:
    other = decided("EXPAND", 1, "03-11", proposed_action="ESCALATE", proposed_level=2, deviation=True)
    early = subject("S-9", "N", 3, assigned=(at("03-01"), at("03-01")))
    result = status(cohort_of("1NNN", other, more=(early,)), other)
    assert [(each.kind, each.subject, each.level, each.when) for each in result.deviations] == [
        ("SKIPPED_LEVEL", "S-9", 3, "2026-03-01T12:00:00+01:00"),
        ("DECIDED_OTHERWISE", None, 1, "2026-03-11T12:00:00+01:00"),
    ]
    assert [(each.action, each.deviation) for each in result.decisions] == [("EXPAND", True)]
    text = printed(render_status(result))
    assert "SKIPPED_LEVEL" in text
    assert "by the table" in text
    assert "Decisions" in text


def test_a_deviation_without_level_or_subject_is_shown_with_dashes() -> None:
    wait = decided("WAIT", None, "03-11", proposed_action="ENROL", proposed_level=1, deviation=True)
    assert "DECIDED_OTHERWISE" in printed(render_status(status(cohort_of("", wait), wait)))


def test_records_not_up_to_date_are_named() -> None:
    result = status(cohort_of("1N"), outdated=(SubjectId("S-1N1"),))
    assert result.outdated == ["S-1N1"]
    assert "not up to date, derive again: S-1N1" in printed(render_status(result))


def test_a_decision_says_what_was_recorded() -> None:
    result = build_decision(UP)
    assert (result.action, result.level, result.deviation, result.at) == (
        "ESCALATE",
        2,
        False,
        "2026-03-10T12:00:00+01:00",
    )
    assert printed(render_decision(result)).strip() == f"ESCALATE level 2  recorded as {UP.id}"


def test_one_that_differs_says_so_loudly() -> None:
    other = decided("WAIT", None, "03-11", proposed_action="ESCALATE", proposed_level=2, deviation=True)
    text = printed(render_decision(build_decision(other)))
    assert "recorded as a deviation: the rule proposed ESCALATE level 2" in text
