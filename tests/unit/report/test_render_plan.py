"""The calendar of a treatment: one letter per dose, readable on paper, in a pipe and on a small terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from fhir_adapter.domain.care_plan import CarePlanRule, FollowUpVisit
from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.dosing.records import AdministeredDose, Deviation, TreatmentRecord
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.report.plan import PlanResult, build_plan
from fhir_adapter.report.render_plan import render_plan
from tests.courses import a_regimen, a_treated_trial
from tests.treatment_records import DAY_ZERO, ZONE, a_course, dosing, mg, planned, treatment

REGIMEN = a_regimen()


def visiting(*visits: FollowUpVisit) -> Trial:
    """A trial that asks for these visits."""
    rule = CarePlanRule(system="s", title="t", intent="plan", status={}, visits=visits, last_day=730)
    return replace(a_treated_trial(REGIMEN), care_plan=rule)


MRD = FollowUpVisit(
    day=28, title="Day 28", observations=(Coding("s", "1", "MRD"), Coding("s", "2")), source="invented"
)
YEAR = FollowUpVisit(day=365, title="One year", observations=(), source="invented")


def plan_of(record: TreatmentRecord, trial: Trial | None = None) -> PlanResult:
    """The plan as the command builds it."""
    asked = trial or a_treated_trial(REGIMEN)
    return build_plan(record, REGIMEN, asked, patient="Patient/p", status="on-study", zone=ZONE)


def printed(record: TreatmentRecord, *, width: int = 240, trial: Trial | None = None) -> str:
    """What a console of this width shows."""
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False)
    console.print(render_plan(plan_of(record, trial)))
    return out.getvalue()


def cells_of(text: str, title: str) -> list[str]:
    """The letters of a row, day by day from day -14, each with its mark."""
    line = next(line for line in text.splitlines() if line.startswith(title))
    start = next(line for line in text.splitlines() if line.startswith("day  ")).index("-14")
    return [line[at : at + 2].strip() for at in range(start, len(line), 2)]


def test_every_day_of_the_plan_is_there_from_its_first_to_its_last() -> None:
    days = plan_of(a_course()).days
    assert [day.day for day in days] == [*range(-14, 29), 40]
    assert (days[0].date, days[14].date, days[42].date) == ("2026-03-11", "2026-03-25", "2026-04-22")


def test_the_clocks_that_change_on_day_4_lose_no_day() -> None:
    dates = {day.day: day.date for day in plan_of(treatment()).days}
    assert (dates[3], dates[4], dates[5]) == ("2026-03-28", "2026-03-29", "2026-03-30")


def test_without_day_0_the_days_stand_without_dates() -> None:
    given = dosing("busulfan", None, "GIVEN", administered=AdministeredDose(dose=mg("1")))
    record = treatment(given, day_zero=None, day_zero_source="")
    plan = plan_of(record)
    assert {day.date for day in plan.days} == {None}
    assert [dose.item for dose in plan.undated] == ["busulfan"]
    assert plan.today is None
    text = printed(record)
    assert "day 0: not known" in text
    assert "not in the picture: Busulfan on a day that cannot be counted" in printed(
        replace(record, records=(*record.records, dosing("x", 0, "NOT_YET_DUE")))
    )


def test_a_row_has_one_letter_per_day_and_a_mark_where_something_deviates() -> None:
    text = printed(a_course())
    assert cells_of(text, "fludarabine") == ["G", "P*", *["."] * 41]
    assert cells_of(text, "tocilizumab")[13] == "N"
    assert cells_of(text, "abatacept")[21] == "d"
    assert cells_of(text, "graft")[14] == "G"


def test_a_dose_given_on_another_day_shows_both_days() -> None:
    assert cells_of(printed(a_course()), "nk-infusion-1")[:5] == [".", ".", "G*", "x", "."]


def test_a_course_with_one_dose_over_several_days_reaches_over_them() -> None:
    assert cells_of(printed(a_course()), "tbi")[9:14] == [".", "?", "-", "-", "."]


def test_of_two_doses_in_one_place_the_more_worrying_is_shown_and_the_mark_stays() -> None:
    both = treatment(
        dosing("x", 0, "OVERDUE"),
        dosing("x", 0, "GIVEN", deviations=(Deviation.UNPLANNED,)),
    )
    assert cells_of(printed(both), "x")[14] == "O*"


def test_the_head_names_day_0_its_source_the_moment_and_the_level() -> None:
    lines = printed(a_course()).splitlines()
    assert lines[:3] == [
        "S-1  Patient/p  on-study",
        "day 0: 2026-03-25 (the graft was given); dose level 1 (arm L1)",
        "as of 2026-03-27T12:00:00+01:00 (day +2)",
    ]


def test_dates_stand_over_the_first_day_of_each_week_and_the_moment_under_its_day() -> None:
    text = printed(a_course()).splitlines()
    assert next(line for line in text if line.startswith("date")).split()[1:] == [
        "03-11", "03-18", "03-25", "04-01", "04-08", "04-15", "04-22",
    ]  # fmt: skip
    days = next(line for line in text if line.startswith("day  "))
    now = next(line for line in text if line.startswith("as of  "))
    assert days.index(" 0 ") + 1 + 2 * 2 == now.index("|")


@pytest.mark.parametrize("width", [80, 60, 40])
def test_a_small_terminal_gets_the_weeks_below_each_other(width: int) -> None:
    text = printed(a_course(), width=width)
    picture = text.partition("not in the picture")[0].splitlines()
    assert max(map(len, picture)) <= width
    assert len([line for line in picture if line.startswith("day  ")]) > 1
    assert "+28" in text


def test_piped_nothing_is_cut_off() -> None:
    text = printed(a_course(), trial=visiting(MRD, YEAR))
    assert "\N{HORIZONTAL ELLIPSIS}" not in text
    for words in (
        "40 mg/m2 x 0.52 m2 = 20.8 mg",
        "80 10*6 (6.6667 10*6/kg, level 1) on 2026-03-14 (+1 d)",
        "WRONG_DAY, INFUSED_ON_HOLD",
        "not known: STALE",
        "next: body weight of the last 7 days",
        "reason given: drug-not-available",
        "note: the infusion was stopped",
        "no amount stated",
        "not planned",
        "UNPLANNED",
        "-4 to -2",
    ):
        assert words in text


def test_what_the_picture_has_no_column_for_is_named_under_it() -> None:
    assert "not in the picture: Busulfan on day +40" in printed(a_course())


def test_the_legend_explains_every_letter() -> None:
    text = printed(a_course())
    for words in (
        "G given",
        "P partly given",
        "N not given",
        "d due later",
        "O overdue",
        "? not known",
        "* deviates",
    ):
        assert words in text


def test_the_legend_names_visits_only_where_the_picture_has_one() -> None:
    assert "v visit" in printed(a_course(), trial=visiting(MRD))
    assert "v visit" not in printed(a_course(), trial=visiting(YEAR))


def test_a_calculation_is_shown_with_four_decimals_and_kept_with_all() -> None:
    words = "40 mg/m2 x 0.90184995 m2 = 36.073998 mg"
    record = treatment(dosing("x", 0, "OVERDUE", planned=planned("x", 0, mg("36.073998"), words)))
    assert "40 mg/m2 x 0.9018 m2 = 36.074 mg" in printed(record)
    shown = plan_of(record).days[14].doses[0].planned
    assert shown is not None
    assert shown.calculation == words


def test_why_a_dose_is_not_known_is_said_once() -> None:
    due = planned("x", 0, None, reason=UnknownReason.STALE, next_fact="body weight")
    stale = dosing("x", 0, "UNKNOWN", planned=due, reason=UnknownReason.STALE, next_fact="body weight")
    assert printed(treatment(stale)).count("not known: STALE") == 1
    hidden = replace(stale, reason=UnknownReason.HIDDEN)
    assert "not known: HIDDEN" in printed(treatment(hidden))
    assert printed(treatment(hidden)).count("next: body weight") == 1


def test_clearances_of_infusions_given_and_the_donor_stand_below() -> None:
    text = printed(a_course())
    assert "infusion 1, judged for 2026-03-27T12:00:00+01:00: HOLD  N1 FAIL  N2 PASS  N4 UNKNOWN MISSING" in text
    assert "Sex: female" in text
    assert "CMV serology: not known (MISSING)" in text


def test_follow_up_visits_have_their_dates_and_what_they_ask_for() -> None:
    plan = plan_of(a_course(), visiting(MRD, YEAR))
    assert [(visit.day, visit.date, visit.observations) for visit in plan.visits] == [
        (28, "2026-04-22", ["MRD", "2"]),
        (365, "2027-03-25", []),
    ]
    assert cells_of(printed(a_course(), trial=visiting(MRD, YEAR)), "follow-up visit")[42] == "v"


def test_what_every_visit_asks_for_is_said_once() -> None:
    later = replace(MRD, day=100, title="Day 100")
    text = printed(a_course(), trial=visiting(MRD, later))
    assert text.count("MRD") == 1
    assert "each asks for: MRD; 2" in text
    assert "asks for" not in printed(a_course(), trial=visiting(YEAR))


def test_a_plan_without_any_dose_is_no_empty_picture() -> None:
    text = printed(treatment(level=None, arm=None))
    assert "no dose level assigned" in text
    assert "due later" not in text


def test_colour_is_for_terminals_only() -> None:
    out = io.StringIO()
    Console(file=out, width=200, force_terminal=True, color_system="standard").print(
        render_plan(plan_of(a_course()))
    )
    assert "\x1b[" in out.getvalue()
    assert "\x1b[" not in printed(a_course())


def test_hospital_words_in_brackets_are_shown_as_they_are() -> None:
    record = dosing("x", 0, "NOT_GIVEN", planned=planned("x", 0, mg("1")), status_reasons=("[bold]sick[/bold]",))
    assert "[bold]sick[/bold]" in printed(treatment(record, notes=("[red]see chart",)))
    assert "[red]see chart" in printed(treatment(record, notes=("[red]see chart",)))


def test_day_0_itself_is_the_graft_s_date() -> None:
    assert plan_of(a_course()).day_zero == DAY_ZERO.isoformat()
