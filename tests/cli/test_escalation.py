"""`escalation table` and `escalation simulate`: results, exit codes, messages; what the README shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.command import ROOT, Place

SECTION = (
    (ROOT / "README.md").read_text(encoding="utf-8").partition("## Finding the dose")[2].partition("\n## ")[0]
)
EXAMPLES = re.findall(r"^\$ fhir-adapter (.*)\n((?:(?!\$ |```).*\n)*)", SECTION, re.MULTILINE)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder without any mappings of its own: the shipped trial."""
    place = Place(tmp_path)
    place.variables["FHIR_ADAPTER_MAPPINGS"] = str(ROOT / "mappings")
    return place


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_an_example_of_the_readme_says_what_the_command_says(place: Place, command: str, shown: str) -> None:
    ran = place.run(*shlex.split(command))
    said = [*lines(ran.err), *lines(ran.out)]
    assert ran.code == (6 if "Impossible" in shown else 0)
    for line in lines(shown):
        assert line == "..." or line in said


def test_the_readme_has_an_example_of_each_kind() -> None:
    assert len(EXAMPLES) == 5


def test_a_path_gives_exactly_the_agreed_object(place: Place) -> None:
    ran = place.run("escalation", "simulate", "1NNN 2NNT", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.result == {
        "path": "1NNN 2NNT",
        "action": "EXPAND",
        "level": 2,
        "mtd": None,
        "treated": {"0": 0, "1": 3, "2": 3, "3": 0},
        "dlt": {"0": 0, "1": 0, "2": 1, "3": 0},
        "reason": (
            "level 2: 3 evaluable, 1 with a dose-limiting toxicity; "
            "one of the cohort had a dose-limiting toxicity: expand level 2 to 6"
        ),
    }


def test_before_the_first_subject_the_start_level_is_open(place: Place) -> None:
    ran = place.run("escalation", "simulate", "", "--format", "json")
    assert (ran.result["action"], ran.result["level"], ran.result["path"]) == ("ENROL", 1, "")


def test_an_impossible_path_leaves_stdout_empty_and_exits_6(place: Place) -> None:
    ran = place.run("escalation", "simulate", "1NNN 1N", "--format", "json")
    assert (ran.code, ran.out) == (6, "")
    assert "impossible path at character 6 (subject 4)" in ran.err
    assert "allowed here: a subject at level 2" in ran.err


def test_every_path_is_listed_as_objects_and_as_lines(place: Place) -> None:
    listed = place.run("escalation", "simulate", "--all", "--format", "json").result
    assert len(listed) == 4957
    assert {each["action"] for each in listed} == {"DECLARE_MTD", "STOP_STUDY", "NEEDS_DECISION"}
    ran = place.run("escalation", "simulate", "--all")
    assert len(ran.out.splitlines()) == 4957
    assert ran.err.strip() == "4957 paths through 81 states of the open level"


def rates(place: Place, text: str, *more: str) -> dict[str, object]:
    result: dict[str, object] = place.run(
        "escalation", "simulate", "--rates", text, *more, "--format", "json"
    ).result
    return result


def test_equal_seeds_give_equal_characteristics(place: Place) -> None:
    once = rates(place, "0.05,0.1,0.2,0.4", "--runs", "200", "--seed", "3")
    assert once == rates(place, "0.05, 0.1, 0.2, 0.4", "--runs", "200", "--seed", "3")
    assert once != rates(place, "0.05,0.1,0.2,0.4", "--runs", "200", "--seed", "4")
    assert (once["runs"], once["seed"]) == (200, 3)


def test_what_is_not_said_is_ten_thousand_runs_of_the_first_seed(place: Place) -> None:
    said = rates(place, "0.05,0.1,0.2,0.4")
    assert (said["runs"], said["seed"]) == (10_000, 1)
    assert rates(place, "1,1,1,1", "--seed", "0")["seed"] == 0


def test_certain_toxicity_stops_every_run_at_level_0(place: Place) -> None:
    certain = rates(place, "1,1,1,1", "--runs", "10")
    assert certain["ends"] == {"DECLARE_MTD": 0, "STOP_STUDY": 10, "NO_RATE": 0}
    assert certain["treated"] == {"0": 2.0, "1": 2.0, "2": 0.0, "3": 0.0}


def test_three_rates_are_those_from_the_start_level_and_none_is_made_up(place: Place) -> None:
    ran = place.run("escalation", "simulate", "--rates", "1,0,0", "--runs", "10", "--format", "json")
    assert ran.result["rates"] == {"1": "1", "2": "0", "3": "0"}
    assert ran.result["ends"]["NO_RATE"] == 10
    assert ran.result["mtd"]["none"] == 1.0
    assert "10 runs went to level 0, which was given no rate, and were ended there; give 4 rates" in ran.err
    assert place.run("escalation", "simulate", "--rates", "0,0,0", "--runs", "10").err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say exactly one of: a path"),
        (("1NNN", "--all"), "say exactly one of: a path"),
        (("--all", "--rates", "0.1,0.2,0.3"), "say exactly one of: a path"),
        (("1NNN", "--runs", "5"), "--runs and --seed belong to --rates"),
        (("--all", "--seed", "5"), "--runs and --seed belong to --rates"),
        (("--rates", "0.1,0.2"), "--rates takes 3 numbers (levels 1 to 3) or 4 (levels 0 to 3), not 2"),
        (("--rates", "0.1,0.2,0.3,0.4,0.5"), "not 5"),
        (("--rates", "0.1,0.2,1.1"), "--rates takes numbers from 0 to 1"),
        (("--rates", "0.1,0.2,-0.1"), "--rates takes numbers from 0 to 1"),
        (("--rates", "10%,20%,30%"), "--rates takes numbers from 0 to 1"),
        (("--rates", ""), "--rates takes numbers from 0 to 1"),
        (("--rates", "0.1,0.2,0.3", "--runs", "0"), "--runs"),
        (("1NNN", "--trial", "no-such-trial"), "no folder trials/no-such-trial"),
    ],
)
def test_what_cannot_be_asked_is_refused_as_usage(place: Place, arguments: tuple[str, ...], said: str) -> None:
    ran = place.run("escalation", "simulate", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_the_table_is_printed_in_plain_text(place: Place) -> None:
    ran = place.run("escalation", "table")
    assert ran.code == 0
    assert "n = 3, p = 0, t = 1" in ran.out
    assert "EXPAND d to 6" in ran.out


@pytest.mark.parametrize("arguments", [("--all",), ("--rates", "0.1,0.2,0.4")])
def test_a_rule_of_too_many_states_is_not_listed(
    place: Place, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fhir_adapter.domain.escalation.explore.MOST_STATES", 10)
    ran = place.run("escalation", "simulate", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "more states than can be" in ran.err
