"""A subject's safety in the terminal: a strip of digits per term, what is proposed, judged and missing."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from rich.console import Console

from fhir_adapter.domain.safety_model.records import GradedResult
from fhir_adapter.domain.safety_model.syndrome_records import ProposalStatus, SyndromeEpisode, SyndromeRecord
from fhir_adapter.domain.toxicity.result import GradeStatus
from fhir_adapter.report.render_safety import render_safety
from fhir_adapter.report.safety import build_safety
from tests.builders import ZONE
from tests.stored_safety import safety, syndrome
from tests.unit.report.test_safety import graded


def printed(**given: Any) -> str:
    """What a wide terminal shows."""
    out = io.StringIO()
    result = build_safety(safety(**given), ZONE)
    Console(file=out, width=240, highlight=False).print(render_safety(result))
    return out.getvalue()


def strip(*results: GradedResult) -> str:
    """The strip of the only term shown."""
    line = next(line for line in printed(results=results).splitlines() if results[0].term in line)
    return line.split("\N{BOX DRAWINGS LIGHT VERTICAL}")[2].strip()


class TestStrip:
    def test_each_day_is_a_column_with_its_worst_grade(self) -> None:
        results = (
            graded("Anemia", 2, "2026-03-01T08:00"),
            graded("Anemia", 3, "2026-03-01T20:00"),
            graded("Anemia", 0, "2026-03-03T08:00"),
            graded("Anemia", 1, "2026-03-04T00:30"),
        )
        assert strip(*results) == "3.01"

    def test_what_cannot_be_graded_is_a_question_mark_unless_something_of_the_day_can(self) -> None:
        results = (
            graded("Anemia", None, "2026-03-01T08:00", worst=4),
            graded("Anemia", None, "2026-03-02T08:00", worst=4),
            graded("Anemia", 1, "2026-03-02T20:00"),
        )
        assert strip(*results) == "?1"

    @pytest.mark.parametrize(("last", "columns"), [("2026-05-09", 70), ("2026-05-10", 36)])
    def test_more_days_than_columns_are_told_in_runs(self, last: str, columns: int) -> None:
        results = (graded("Anemia", 4, "2026-03-01T08:00"), graded("Anemia", 2, f"{last}T08:00"))
        found = strip(*results)
        assert (found[0], found[-1], len(found)) == ("4", "2", columns)
        text = printed(results=results)
        assert ("a day a column" if columns == 70 else "2 days a column") in text

    def test_terms_share_their_days(self) -> None:
        early, late = graded("Anemia", 2, "2026-03-01T08:00"), graded("Fever", 1, "2026-03-03T08:00")
        text = printed(results=(early, late))
        assert "2.." in text
        assert "..1" in text

    def test_nothing_graded_is_said(self) -> None:
        assert "no result that the scale grades was read" in printed(results=())


class TestWorstAndLast:
    def test_at_least_is_a_plus(self) -> None:
        text = printed(results=(graded("Anemia", 2, status=GradeStatus.AT_LEAST, worst=3),))
        assert "260 U/L 2+" in text

    def test_what_is_needed_stands_beside_what_cannot_be_graded(self) -> None:
        assert "260 U/L ungradable (at worst 3, needs baseline)" in printed()

    def test_nothing_certain_has_no_worst(self) -> None:
        cells = [each.strip() for each in printed().splitlines()[6].split("\N{BOX DRAWINGS LIGHT VERTICAL}")]
        assert cells[3] == "?"


def told(**episode: Any) -> str:
    """What is printed of the syndrome whose episode is changed so."""
    record = syndrome()
    return printed(syndromes=(replace(record, episodes=(replace(record.episodes[0], **episode),)),))


class TestSyndrome:
    def test_proposal_hospital_and_judgement_stand_in_one_line(self) -> None:
        assert (
            "  CRS-1: proposed grade 2 or up to 3 after infusion 1; the hospital says grade 1 (disagrees); "
            "judged grade 2, not associated, by dr-weber; later data go beyond it\n"
        ) in printed()

    def test_what_nobody_judged_waits(self) -> None:
        text = told(judgement=None, disagrees=False, worst=2, reported=())
        assert "  CRS-1: proposed grade 2 after infusion 1; waits for a person's judgement\n" in text

    def test_a_judgement_that_stands_says_no_more(self) -> None:
        assert "not associated, by dr-weber\n" in told(stands=True)

    def test_what_cannot_be_graded_and_a_hospital_without_grade_are_said(self) -> None:
        links = tuple(replace(each, grade=None) for each in syndrome().episodes[0].reported)
        assert "proposed ungradable after infusion 1; the hospital says no grade" in told(
            grade=None, reported=links
        )

    def test_each_interval_above_grade_0_is_told_with_what_it_asks(self) -> None:
        line = next(each for each in printed().splitlines() if "hypotension" in each)
        assert line.startswith("  2026-03-09T11:00:00+01:00 to ")
        assert line.endswith(": grade 2 to 3, hypotension, NEEDS_ATTESTATION; whether it is attributed")

    @pytest.mark.parametrize(
        ("changed", "line"),
        [
            ({"grade": 0, "worst": 0, "status": ProposalStatus.PROPOSED, "driver": ""}, None),
            ({"grade": None, "status": ProposalStatus.UNGRADABLE, "driver": ""}, "grade ?, no driver, UNGRADABLE"),
            (
                {"end": None, "worst": 2, "status": ProposalStatus.PROPOSED},
                "to now: grade 2, hypotension, PROPOSED",
            ),
        ],
    )
    def test_grade_0_is_silent_and_what_is_open_is_said(self, changed: dict[str, Any], line: str | None) -> None:
        record = syndrome()
        interval = replace(record.intervals[0], next_fact=None, **changed)
        text = printed(syndromes=(replace(record, intervals=(interval,)),))
        if line is None:
            assert "hypotension" not in text
        else:
            assert line in text

    def test_nothing_proposed_is_said(self) -> None:
        nothing = replace(syndrome(), intervals=(), episodes=(), missing=(), unassessed=(), notes=())
        assert "nothing above grade 0 proposed, nothing reported by the hospital" in printed(syndromes=(nothing,))

    def test_missing_days_are_told_in_runs_and_infusions_nobody_looked_after(self) -> None:
        days = tuple(date(2026, 3, day) for day in (9, 10, 11, 13))
        text = printed(syndromes=(replace(syndrome(), missing=days),))
        assert "  not assessed on 2026-03-09 to 2026-03-11, 2026-03-13\n" in text
        assert "  never assessed after infusion 2\n" in text

    def test_notes_are_told(self) -> None:
        assert "  note: m\n" in printed()


class TestRest:
    def test_it_begins_with_whose_it_is_and_the_infusions(self) -> None:
        lines = printed().splitlines()
        assert lines[0].startswith("safety of ")
        assert lines[1] == "infusion 1 began 2026-03-09T11:00:00+01:00"

    def test_an_end_and_a_cause_of_death_stand_before_the_grades(self) -> None:
        lines = printed(ends=date(2026, 3, 12)).splitlines()
        assert lines[2:4] == [
            "observation ended on 2026-03-12",
            "cause of death: infection, not-related (by dr-weber: r)",
        ]
        assert "cause of death" not in printed(death=None)

    def test_who_counts_is_one_sentence(self) -> None:
        line = next(each for each in printed().splitlines() if each.startswith("dose-limiting"))
        assert line.startswith(
            "dose-limiting toxicity: not known yet, evaluable: not known yet (phase1, dose level 1"
        )
        assert line.endswith("; CRS-1 is not judged; next: CAPD of today")

    def test_who_was_assigned_to_nothing_has_no_window(self) -> None:
        record = safety()
        bare = replace(record.dose_limiting, part="", level=None, window_start=None, next_assessment=None)
        line = next(each for each in printed(dose_limiting=bare).splitlines() if each.startswith("dose-limiting"))
        assert line.endswith("(part not stated, no dose level assigned, window OPEN); CRS-1 is not judged")

    def test_colour_never_says_what_digits_do_not(self) -> None:
        out = io.StringIO()
        bright = Console(file=out, width=240, highlight=False, force_terminal=True, color_system="truecolor")
        bright.print(render_safety(build_safety(safety(), ZONE)))
        assert "\x1b[" in out.getvalue()
        assert re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()) == printed()


def test_an_episode_without_intervals_is_shown() -> None:
    record: SyndromeRecord = replace(syndrome(), intervals=())
    episode: SyndromeEpisode = replace(record.episodes[0], intervals=())
    assert "CRS-1" in printed(syndromes=(replace(record, episodes=(episode,)),))
