"""What is said about treatment: doses, calendar, clearance, deviations; and what is said without any."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tests.cli.test_json_results import AS_OF
from tests.cli.treated import subject_of, treat
from tests.command import ROOT, Place
from tests.treatment_records import a_course, clearance

TREATED = "Patient/aml-boy-7"
UNTREATED = "Patient/alt-above"


@pytest.fixture
def treated(read_ward: Place) -> Place:
    """A ward with one subject under treatment."""
    treat(read_ward, TREATED, a_course())
    return read_ward


def json_of(place: Place, *arguments: str) -> Any:
    """What a command prints as JSON."""
    ran = place.run(*arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return ran.result


def test_doses_are_a_list_with_the_agreed_keys(treated: Place) -> None:
    rows = json_of(treated, "dosing")
    agreed = {"subject", "item", "day", "date", "planned", "administered", "difference_percent", "status"}
    assert all(agreed | {"deviations", "evidence"} <= set(row) for row in rows)
    assert {key: rows[0]["planned"][key] for key in ("value", "unit", "calculation")} == {
        "value": "20.8",
        "unit": "mg",
        "calculation": "40 mg/m2 x 0.52 m2 = 20.8 mg",
    }
    assert rows == json_of(treated, "dosing", TREATED)


def test_course_totals_are_below_the_table_and_a_list_of_their_own(treated: Place) -> None:
    assert "Course totals" in treated.run("dosing", TREATED).out
    totals = json_of(treated, "dosing", TREATED, "--totals")
    assert [(total["item"], total["planned"]["value"]) for total in totals] == [("fludarabine", "83.2")]
    assert "40 mg/m2" not in treated.run("dosing", "--totals").out


def test_the_plan_is_a_picture_and_every_day_of_it_as_json(treated: Place) -> None:
    text = treated.run("plan", TREATED).out
    assert "fludarabine" in text
    assert "Course totals" in text
    assert "not in the picture: Busulfan on day +40" in text
    days = json_of(treated, "plan", TREATED)["days"]
    assert [day["day"] for day in days] == [*range(-14, 29), 40]
    assert [dose["item"] for dose in days[0]["doses"]] == ["fludarabine"]


def test_a_clearance_is_judged_from_what_was_read_whatever_the_verdict(treated: Place) -> None:
    judged = json_of(treated, "clearance", TREATED, "--infusion", "2", *AS_OF)
    assert judged["subject"] == subject_of(treated, TREATED)
    assert (judged["infusion"], judged["as_of"]) == (2, "2026-03-11T12:00:00+01:00")
    assert [each["id"] for each in judged["criteria"]] == ["N1", "N2", "N3", "N4"]
    assert judged["verdict"] != "CLEAR"
    first = json_of(treated, "clearance", TREATED, "--infusion", "1", *AS_OF)
    assert [each["id"] for each in first["criteria"]] == ["N1", "N2", "N4"]
    assert "a named person decides" in treated.run("clearance", TREATED, "--infusion", "1", *AS_OF).out


def test_criteria_of_somebody_to_whom_nothing_is_assigned_are_judged_with_a_word(treated: Place) -> None:
    ran = treated.run("clearance", UNTREATED, "--infusion", "1", *AS_OF, "--format", "json")
    assert (ran.code, ran.result["verdict"]) == (0, "UNKNOWN")
    assert "nothing is assigned to this subject yet" in ran.err
    assert "nothing is assigned" not in treated.run("clearance", TREATED, "--infusion", "1", *AS_OF).err


def test_an_infusion_already_given_is_judged_for_its_start(read_ward: Place) -> None:
    """What was recorded since must not decide; asked for a time before it, the infusion was not given yet."""
    start = datetime.fromisoformat("2026-03-13T09:00:00+01:00")
    judged = replace(clearance(1, "HOLD", N1="FAIL"), as_of=start, is_retrospective=True)
    treat(read_ward, TREATED, replace(a_course(), clearances=(judged,)))
    asked = ("clearance", TREATED, "--infusion", "1", "--as-of")
    after = json_of(read_ward, *asked, "2026-03-20")
    assert (after["as_of"], after["is_retrospective"]) == ("2026-03-13T09:00:00+01:00", True)
    assert after["valid_until"] is None
    assert "the infusion was given; judged for its start" in read_ward.run(*asked, "2026-03-20").out
    before = json_of(read_ward, *asked, "2026-03-12T12:00:00")
    assert (before["as_of"], before["is_retrospective"]) == ("2026-03-12T12:00:00+01:00", False)
    second = json_of(read_ward, "clearance", TREATED, "--infusion", "2", "--as-of", "2026-03-20T12:00:00")
    assert (second["as_of"], second["is_retrospective"]) == ("2026-03-20T12:00:00+01:00", False)


def test_feasibility_is_counted_per_level_and_said_in_words(treated: Place) -> None:
    result = json_of(treated, "feasibility")
    assert "the primary objective" in result["objective"]
    assert [(row["level"], row["subjects"], row["all_given"]) for row in result["levels"]] == [(1, 1, 1)]
    assert [row["subject"] for row in result["subjects"]] == [subject_of(treated, TREATED)]
    text = treated.run("feasibility").out
    assert "the primary objective" in text
    assert "got infusion 2" in text


def test_the_whole_study_s_deviations_are_listed_and_written_to_a_file(treated: Place) -> None:
    rows = json_of(treated, "deviations", *AS_OF, "--csv", "deviations.csv")
    subject = subject_of(treated, TREATED)
    assert {"DOSE_LOW", "WRONG_DAY", "INFUSED_ON_HOLD", "UNPLANNED"} <= {row["deviation"] for row in rows}
    assert all(row["subject"] == subject for row in rows if row["item"])
    with (treated.folder / "deviations.csv").open(encoding="utf-8", newline="") as file:
        assert [row["deviation"] for row in csv.DictReader(file)] == [row["deviation"] for row in rows]


def test_a_file_that_cannot_be_written_is_named_by_its_option(treated: Place) -> None:
    ran = treated.run("deviations", "--csv", "nowhere/deviations.csv")
    assert (ran.code, ran.out) == (2, "")
    assert "--csv cannot be written" in ran.err


def test_nobody_under_treatment_is_nothing_to_count(read_ward: Place) -> None:
    assert "nothing to count" in read_ward.run("feasibility").out
    assert json_of(read_ward, "feasibility")["levels"] == []


def test_nobody_under_treatment_is_an_empty_list_and_a_word(read_ward: Place) -> None:
    ran = read_ward.run("dosing", "--format", "json")
    assert (ran.code, ran.result) == (0, [])
    assert "nobody is under treatment yet" in ran.err
    assert "attest SUBJECT dose-level" in ran.err


@pytest.mark.parametrize("command", [("plan", UNTREATED), ("dosing", UNTREATED)])
def test_a_subject_not_yet_treated_is_told_how_a_record_comes_about(
    treated: Place, command: tuple[str, ...]
) -> None:
    ran = treated.run(*command)
    assert (ran.code, ran.out) == (2, "")
    assert "has no treatment record yet" in ran.err
    assert f"fhir-adapter attest {subject_of(treated, UNTREATED)} dose-level LEVEL --by PERSON" in ran.err


@pytest.mark.parametrize(
    "command", [("plan", "Patient/nobody"), ("dosing", "S-NOBODY"), ("clearance", "S-NOBODY", "--infusion", "1")]
)
def test_a_subject_nobody_knows_is_a_usage_error(treated: Place, command: tuple[str, ...]) -> None:
    ran = treated.run(*command)
    assert (ran.code, ran.out) == (2, "")
    assert "no subject answers to that name" in ran.err


@pytest.mark.parametrize("number", ["0", "3", "-1"])
def test_an_infusion_the_plan_does_not_have_is_told_which_there_are(treated: Place, number: str) -> None:
    ran = treated.run("clearance", TREATED, "--infusion", number)
    assert (ran.code, ran.out) == (2, "")
    assert "there are: 1, 2" in ran.err


@pytest.mark.parametrize(
    "command",
    [
        ("plan", TREATED),
        ("dosing",),
        ("dosing", TREATED),
        ("clearance", TREATED, "--infusion", "1"),
        ("feasibility",),
    ],
)
def test_a_trial_without_a_treatment_plan_says_which_file_it_lacks(
    read_ward: Place, command: tuple[str, ...]
) -> None:
    trial = read_ward.folder / "mappings" / "trials" / "nct07256210"
    trial.mkdir(parents=True)
    for name in ("trial.yaml", "eligibility.yaml"):
        (trial / name).write_bytes((ROOT / "mappings" / "trials" / "nct07256210" / name).read_bytes())
    ran = read_ward.run(*command)
    assert (ran.code, ran.out) == (2, "")
    assert "hold no treatment plan (dosing.yaml beside trial.yaml)" in ran.err


def test_an_infusion_has_to_be_named(treated: Place) -> None:
    ran = treated.run("clearance", TREATED)
    assert ran.code == 2
    assert "Missing option '--infusion'" in ran.err


def test_no_table_of_treatment_is_cut_off_in_a_pipe(treated: Place) -> None:
    for command in (("plan", TREATED), ("dosing",), ("deviations",)):
        assert "\N{HORIZONTAL ELLIPSIS}" not in treated.run(*command).out
