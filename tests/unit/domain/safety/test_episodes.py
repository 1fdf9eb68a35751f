"""Where an adverse event begins, goes on and ends, on hand-written courses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fhir_adapter.domain.safety.events import derive_events
from fhir_adapter.domain.safety_model.episode_rule import Resolution
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventState
from fhir_adapter.domain.toxicity.scale import Scale
from tests.builders import ZONE, finding
from tests.graded import NOW, SUBJECT, alt, events, graded, hemoglobin, lab, neutrophils, only, platelets
from tests.scenes import timeline
from tests.small_scale import ALT, ANEMIA, HYPOKALEMIA, LYMPHOCYTES, NEUTROPHILS, PLATELETS, RULE

BASELINE_GRADE = replace(RULE, resolution=Resolution.BASELINE_GRADE)


def days(event: AdverseEventRecord) -> tuple[str, str | None]:
    """First and last day, of March where no month is told."""
    return event.onset[5:10], event.resolved[5:10] if event.resolved is not None else None


def course(event: AdverseEventRecord) -> list[str]:
    """The grade over time: `?` ungradable, `+` at least."""
    return [f"{'?' if each.grade is None else each.grade}{'+' if each.at_least else ''}" for each in event.changes]


def test_an_event_lasts_from_the_first_abnormal_result_to_the_first_normal_one() -> None:
    values = ("200", "14"), ("60", "15"), ("40", "16"), ("80", "17"), ("160", "18")
    event = only(events(*(platelets(value, f"{day}T08:00") for value, day in values)))
    assert (days(event), event.state) == (("03-15", "03-18"), EventState.RESOLVED)
    assert (event.grade, event.worst_possible, event.at_least) == (3, 3, False)
    assert event.worst_on == "2026-03-16T08:00:00+01:00"
    assert course(event) == ["2", "3", "1", "0"]
    assert (event.onset_on, event.resolved_on) == (date(2026, 3, 15), date(2026, 3, 18))
    assert (event.onset_day, event.resolved_by) == (-10, "grade 0")


def test_an_event_without_a_normal_result_goes_on() -> None:
    event = only(events(platelets("60", "15T08:00")))
    assert (event.state, event.resolved, event.resolved_by) == (EventState.ONGOING, None, None)


def test_after_a_normal_result_a_new_event_begins() -> None:
    values = ("60", "15"), ("160", "16"), ("40", "17")
    found = events(*(platelets(value, f"{day}T08:00") for value, day in values))
    assert [days(event) for event in found] == [("03-15", "03-16"), ("03-17", None)]
    assert len({event.id for event in found}) == 2


def test_the_terms_owner_code_and_class_are_told() -> None:
    event = only(events(alt("30", "10T08:00"), alt("250", "15T08:00")))
    assert (event.term, event.meddra, event.soc, event.scale) == (ALT, "10001551", "Investigations", "Small 1")
    assert (event.hematologic, event.after_infusion, event.origin) == (False, 1, "derived")
    assert only(events(platelets("60", "15T08:00"))).hematologic is True


def test_an_event_of_a_term_the_scale_no_longer_has_is_kept_without_its_code() -> None:
    """Results and scale are handed over apart; nothing may raise."""
    (event,) = derive_events(
        graded(platelets("60", "15T08:00")),
        Scale(id="s", title="S", version="1", terms=()),
        RULE,
        timeline=timeline(),
        subject=SUBJECT,
        infusions=(),
        doses=(),
        day_zero=None,
        baseline_before=None,
        zone=ZONE,
        as_of=NOW,
        previous=None,
    )
    assert (event.meddra, event.soc, event.hematologic, event.onset_day) == (None, None, False, None)


def test_within_its_own_range_a_result_opens_no_event() -> None:
    """A healthy one-year-old has up to 10 x 10^9/L lymphocytes; the scale's grade 2 begins above 4."""
    assert events(lab("lymphocytes", "9", "15T08:00", normal="4-10"), born="2025-02-01") == ()
    event = only(events(lab("lymphocytes", "11", "15T08:00", normal="4-10"), born="2025-02-01"))
    assert (event.term, event.grade) == (LYMPHOCYTES, 2)


def test_a_result_within_its_own_range_ends_an_event() -> None:
    values = (("11", "15T08:00"), ("9", "16T08:00"))
    event = only(events(*(lab("lymphocytes", value, at, normal="4-10") for value, at in values)))
    assert (days(event), event.resolved_by) == (("03-15", "03-16"), "within its own range")
    assert course(event) == ["2", "0"]


def test_ranges_of_two_laboratories_make_two_judgements_of_one_value() -> None:
    results = (alt("20", "10T08:00"), alt("45", "14T08:00"), alt("45", "15T08:00", normal="0-50"))
    assert days(only(events(*results))) == ("03-14", "03-15")


def test_results_of_two_units_make_one_event() -> None:
    """60 U/L against 40 U/L, then 1.2 ukat/L against 0.7: each against its own limits."""
    other = {"unit": "ukat/L", "normal": "0-0.7"}
    event = only(
        events(
            alt("20", "10T08:00"),
            alt("0.3", "10T09:00", **other),
            alt("60", "14T08:00"),
            alt("1.2", "15T08:00", **other),
            alt("0.6", "16T08:00", **other),
        )
    )
    assert days(event) == ("03-14", "03-16")


def test_ungradable_results_open_no_event() -> None:
    assert events(alt("150", "14T08:00")) == ()


def test_an_ungradable_result_inside_an_event_is_kept_and_does_not_end_it() -> None:
    """A count of 100 without limits of normal may be grade 0 or 1."""
    values = (platelets("60", "15T08:00"), platelets("100", "16T08:00", normal=None), platelets("40", "17T08:00"))
    event = only(events(*values))
    assert (course(event), event.unresolved_ungradable, event.at_least) == (["2", "?", "3"], False, False)


def test_an_event_whose_newest_result_cannot_be_graded_says_so() -> None:
    event = only(events(platelets("60", "15T08:00"), platelets("100", "16T08:00", normal=None)))
    assert (event.state, event.unresolved_ungradable) == (EventState.ONGOING, True)
    closed = only(
        events(
            platelets("60", "15T08:00"),
            platelets("100", "16T08:00", normal=None),
            platelets("200", "17T08:00"),
        )
    )
    assert closed.unresolved_ungradable is False


def test_what_an_ungradable_result_can_be_at_worst_counts_as_possible() -> None:
    event = only(events(platelets("110", "15T08:00"), platelets("<200", "16T08:00", normal=None)))
    assert (event.grade, event.worst_possible, event.at_least) == (1, 4, True)
    assert "not certain without: lln, uncensored-value" in event.notes


def test_at_least_a_grade_counts_with_it_and_with_what_is_possible() -> None:
    event = only(events(lab("potassium", "3.2", "14T08:00", normal="3.5-5.0")), HYPOKALEMIA)
    assert (event.grade, event.worst_possible, event.at_least) == (1, 2, True)
    assert (course(event), event.notes) == (["1+"], ("not certain without: symptoms",))


def test_censored_counts_carry_an_event() -> None:
    event = only(events(platelets("<25", "14T08:00"), platelets(">150", "15T08:00")))
    assert (event.grade, days(event)) == (4, ("03-14", "03-15"))


def test_of_two_values_of_one_moment_the_worse_counts() -> None:
    twice = (platelets("60", "15T08:00"), platelets("200", "15T08:00"), platelets("200", "16T08:00"))
    event = only(events(*twice))
    assert (event.grade, days(event)) == (2, ("03-15", "03-16"))
    assert "CONFLICTING: results of one moment differ" in event.notes


def test_a_normal_and_an_ungradable_value_of_one_moment_end_nothing() -> None:
    values = (
        platelets("60", "15T08:00"),
        platelets("200", "16T08:00"),
        platelets("100", "16T08:00", normal=None),
    )
    event = only(events(*values))
    assert (event.state, course(event)) == (EventState.ONGOING, ["2", "0+"])


def test_more_than_a_week_without_a_result_is_a_gap_and_splits_nothing() -> None:
    event = only(events(platelets("60", "08T08:00"), platelets("60", "15T23:00"), platelets("60", "23T08:00")))
    assert event.gaps == (("2026-03-15T23:00:00+01:00", "2026-03-23T08:00:00+01:00"),)
    closed = only(events(platelets("60", "15T08:00"), platelets("200", "23T08:00")))
    assert closed.gaps == (("2026-03-15T08:00:00+01:00", "2026-03-23T08:00:00+01:00"),)


def test_evidence_leads_to_every_result_to_what_the_worst_rests_on_and_to_the_end() -> None:
    event = only(events(platelets("60", "15T08:00"), platelets("40", "16T08:00"), platelets("200", "17T08:00")))
    assert [(each.role, each.effective and each.effective[8:10]) for each in event.evidence] == [
        ("value", "15"),
        ("value", "16"),
        ("lln", "16"),
        ("uln", "16"),
        ("resolution", "17"),
    ]


def test_the_grade_before_treatment_is_told() -> None:
    values = (hemoglobin("9.5", "10T08:00"), hemoglobin("12", "12T08:00"), hemoglobin("7.5", "15T08:00"))
    found = events(*values)
    assert [(days(event), event.baseline_grade) for event in found] == [
        (("03-10", "03-12"), None),
        (("03-15", None), 2),
    ]


def test_a_baseline_within_range_has_grade_0_and_an_ungradable_one_none() -> None:
    normal = events(hemoglobin("12", "10T08:00"), hemoglobin("9", "15T08:00"))
    assert only(normal).baseline_grade == 0
    open_one = events(hemoglobin("10.5", "10T08:00", normal=None), hemoglobin("9", "15T08:00"))
    assert only(open_one).baseline_grade is None


def test_by_setting_the_grade_before_treatment_ends_an_event() -> None:
    values = (
        hemoglobin("9.5", "10T08:00"),
        hemoglobin("9.6", "12T08:00"),
        hemoglobin("7.5", "15T08:00"),
        hemoglobin("9.4", "17T08:00"),
    )
    first, second = events(*values, rule=BASELINE_GRADE)
    assert (days(first), days(second)) == (("03-10", "03-12"), ("03-15", "03-17"))
    assert second.resolved_by == "grade before treatment"
    assert course(second) == ["3", "2"]
    assert [days(event) for event in events(*values)] == [("03-10", None)]


def test_by_setting_without_a_known_grade_before_treatment_only_grade_0_ends_an_event() -> None:
    values = (hemoglobin("9", "15T08:00"), hemoglobin("11", "16T08:00"), hemoglobin("12", "17T08:00"))
    assert days(only(events(*values, rule=BASELINE_GRADE))) == ("03-15", "03-17")


def test_expected_aplasia_is_flagged_and_not_hidden() -> None:
    low = neutrophils("0.2", "20T08:00")
    ends = neutrophils("2.0", "2026-04-10T08:00")
    event = only(events(low, ends))
    assert (event.expected, event.grade, event.notes) == ("conditioning aplasia", 4, ())


def test_aplasia_that_lasts_too_long_says_so() -> None:
    """Day +28 is 22 April."""
    low = neutrophils("0.2", "20T08:00")
    note = "lasts beyond day +28, until which it is expected"
    assert note in only(events(low)).notes
    late = neutrophils("2.0", "2026-04-23T08:00")
    assert note in only(events(low, late)).notes
    in_time = neutrophils("2.0", "2026-04-22T08:00")
    assert note not in only(events(low, in_time)).notes


def test_what_begins_before_treatment_or_too_late_or_is_no_aplasia_is_not_expected() -> None:
    assert only(events(neutrophils("0.2", "11T08:59"))).expected is None
    assert only(events(neutrophils("0.2", "11T09:00"))).expected == "conditioning aplasia"
    assert only(events(neutrophils("0.2", "2026-04-22T23:00"))).expected == "conditioning aplasia"
    assert only(events(neutrophils("0.2", "2026-04-23T08:00"))).expected is None
    assert only(events(alt("30", "10T08:00"), alt("250", "15T08:00"))).expected is None


def test_without_day_0_or_the_start_of_treatment_nothing_is_expected() -> None:
    low = neutrophils("0.2", "20T08:00")
    assert only(events(low, day_zero=None)).expected is None
    assert only(events(low, baseline_before=None)).expected is None


def test_events_come_by_onset_whatever_their_term() -> None:
    found = events(
        platelets("60", "16T08:00"),
        hemoglobin("9", "15T08:00"),
        neutrophils("0.7", "16T08:00"),
        platelets("60", "17"),
    )
    assert [event.term for event in found] == [ANEMIA, NEUTROPHILS, PLATELETS]


def test_what_the_machine_cannot_see_of_a_term_is_noted() -> None:
    assert only(events(hemoglobin("9", "15T08:00"), hemoglobin("12", "16T08:00"))).notes == ("lab-only grade",)


def test_removing_one_result_changes_exactly_what_it_should() -> None:
    counts = (platelets("60", "15T08:00"), platelets("160", "16T08:00"), platelets("40", "17T08:00"))
    other = (hemoglobin("9", "15T08:00"), finding("weight", "15", "kg", at="2026-03-15"))
    both = events(*counts, *other)
    merged = events(counts[0], counts[2], *other)
    assert [days(event) for event in both if event.term == PLATELETS] == [("03-15", "03-16"), ("03-17", None)]
    assert [days(event) for event in merged if event.term == PLATELETS] == [("03-15", None)]
    assert only(both, ANEMIA) == only(merged, ANEMIA)
