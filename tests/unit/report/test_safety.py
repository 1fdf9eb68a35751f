"""A safety record as its result: grades by term, the worst first, syndromes, who counts, how the child died."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from fhir_adapter.domain.safety_model.records import GradedResult
from fhir_adapter.domain.toxicity.result import Direction, GradeStatus, ToxicityGrade
from fhir_adapter.report.dose_limiting import build_dose_limiting, moment, shown
from fhir_adapter.report.safety import SafetyResult, build_safety
from tests.builders import ZONE
from tests.stored_safety import graded_result, safety, syndrome


def graded(term: str, grade: int | None, at: str = "2026-03-10T08:00", **more: Any) -> GradedResult:
    """A certain grade of a term, or none."""
    status = GradeStatus.GRADED if grade is not None else GradeStatus.UNGRADABLE
    said: dict[str, Any] = {"worst": grade or 0, "direction": Direction.LOW, "status": status, **more}
    return replace(
        graded_result(),
        term=term,
        at=datetime.fromisoformat(at).replace(tzinfo=ZONE),
        grade=ToxicityGrade(term=term, grade=grade, **said),
    )


def built(*results: GradedResult, **given: Any) -> SafetyResult:
    return build_safety(safety(results=results, **given), ZONE)


def test_the_term_with_the_worst_grade_stands_first_and_equal_ones_by_name() -> None:
    result = built(graded("Hypokalemia", 2), graded("Anemia", 3), graded("Fever", 3), graded("Fever", 0))
    assert [term.term for term in result.terms] == ["Anemia", "Fever", "Hypokalemia"]


def test_what_it_can_be_at_worst_counts_for_the_order() -> None:
    result = built(graded("Anemia", 2), graded("Fever", None, worst=4))
    assert [term.term for term in result.terms] == ["Fever", "Anemia"]


def test_both_directions_of_a_term_are_told_apart() -> None:
    result = built(graded("Lymphocyte count", 1), graded("Lymphocyte count", 2, direction=Direction.HIGH))
    assert [(term.direction, len(term.grades)) for term in result.terms] == [("high", 1), ("low", 1)]


def test_a_result_tells_value_grade_reason_and_where_it_stands() -> None:
    (term,) = build_safety(safety(), ZONE).terms
    (grade,) = term.grades
    assert (term.term, term.direction) == ("Alanine aminotransferase increased", "high")
    assert (grade.value, grade.status, grade.grade, grade.worst) == ("260 U/L", "UNGRADABLE", None, 3)
    assert (grade.reason, grade.needed, grade.within_range) == ("MISSING", ["baseline"], False)
    assert (grade.reference, grade.path, grade.baseline) == (
        "Observation/alt1",
        "Observation.value",
        "Observation/alt0",
    )
    assert (grade.effective, grade.after_infusion, grade.notes) == ("2026-03-10T07:30:00+01:00", 1, ["lab only"])


def test_a_syndrome_tells_intervals_episodes_and_what_is_missing_at_the_hospital_s_time() -> None:
    (told,) = build_safety(safety(), ZONE).syndromes
    assert (told.syndrome, told.missing_days, told.unassessed_after) == ("CRS", ["2026-03-11"], [2])
    (interval,) = told.intervals
    assert (interval.start, interval.status, interval.grade, interval.worst) == (
        "2026-03-09T11:00:00+01:00",
        "NEEDS_ATTESTATION",
        2,
        3,
    )
    assert [each.reference for each in interval.evidence] == ["Observation/t1"]
    (episode,) = told.episodes
    assert (episode.id, episode.start, episode.disagrees_with_hospital) == (
        "CRS-1",
        "2026-03-09T11:00:00+01:00",
        True,
    )
    assert [(each.reference, each.grade) for each in episode.reported] == [("Condition/1", 1)]
    judged = episode.judged
    assert judged is not None
    assert (judged.grade, judged.associated, judged.by, judged.stands) == (2, False, "dr-weber", False)
    assert judged.at == moment(syndrome().episodes[0].judgement.at, ZONE)  # type: ignore[union-attr]


def test_an_episode_nobody_judged_and_that_goes_on_says_so() -> None:
    record = syndrome()
    episode = replace(record.episodes[0], judgement=None, end=None)
    (told,) = build_safety(safety(syndromes=(replace(record, episodes=(episode,)),)), ZONE).syndromes
    assert (told.episodes[0].judged, told.episodes[0].end) == (None, None)


def test_who_counts_is_told_with_its_window_and_why() -> None:
    record = safety()
    row = build_dose_limiting(record.subject, record.dose_limiting)
    assert row == build_safety(record, ZONE).dose_limiting
    assert (row.part, row.level, row.state, row.why) == ("phase1", 1, "OPEN", "CRS-1 is not judged")
    assert (row.dose_limiting, row.evaluable, row.replaced, row.withheld) == (None, None, True, True)
    assert (row.events, row.next_assessment) == (["CRS-1"], "CAPD of today")
    unknown = build_dose_limiting(record.subject, replace(record.dose_limiting, part="", window_start=None))
    assert (unknown.part, unknown.window_start) == (None, None)


def test_the_cause_of_death_and_the_last_day_are_told() -> None:
    result = build_safety(safety(ends=date(2026, 3, 12)), ZONE)
    assert result.ends == "2026-03-12"
    assert result.death is not None
    assert (result.death.cause, result.death.relatedness, result.death.by) == (
        "infection",
        "not-related",
        "dr-weber",
    )
    alive = build_safety(safety(death=None), ZONE)
    assert (alive.ends, alive.death) == (None, None)


def test_truth_is_said_in_words_and_moments_at_the_hospital() -> None:
    assert [shown(each) for each in (True, False, None)] == ["yes", "no", "not known yet"]
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert (moment(noon), moment(noon, ZONE), moment(None)) == (
        "2026-07-01T12:00:00+00:00",
        "2026-07-01T14:00:00+02:00",
        None,
    )
