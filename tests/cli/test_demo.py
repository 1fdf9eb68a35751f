"""`fhir-adapter demo` treats twelve children, balances, is as the README tells it, and writes nothing again."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from tests import demo_export
from tests.command import ROOT, Place, Ran, open_place

pytestmark = pytest.mark.slow

DEMO = ("--store", "demo.db", "--sink", "demo-sink")


@dataclass(frozen=True)
class Demo:
    """A place where the demo ran twice, and what it said."""

    place: Place
    text: str
    first: Any
    second: Any
    again: str

    def result(self, *arguments: str) -> Any:
        """What a command says of the demo's store."""
        ran = self.place.run(*arguments, "--store", "demo.db", "--hospital", "demo", "--format", "json")
        assert ran.code == 0, ran.err
        return ran.result


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    place = open_place(tmp_path_factory.mktemp("demo"))
    shown = ran(place.run("demo", *DEMO)).out
    once_more = place.run("demo", *DEMO, "--format", "json")
    other = open_place(tmp_path_factory.mktemp("demo-as-json"))
    first = ran(other.run("demo", *DEMO, "--format", "json")).result
    return Demo(place, shown, first, ran(once_more).result, once_more.err)


def ran(done: Ran) -> Ran:
    assert done.code == 0, done.err
    return done


def test_every_count_balances_and_every_patient_is_read(demo: Demo) -> None:
    counts = demo.first["counts"]
    off = {
        name: each
        for name, each in counts.items()
        if each["received"] != each["mapped"] + each["rejected"] + each["excluded"]
    }
    assert off == {}
    assert counts["Patient"]["mapped"] == len(demo_export.patients())


def test_the_second_run_changes_and_writes_nothing(demo: Demo) -> None:
    every = len(demo_export.patients())
    assert demo.second["records"] == {"created": 0, "changed": 0, "unchanged": every}
    assert demo.second["treatments"] == {"created": 0, "changed": 0, "unchanged": 12}
    assert demo.second["safety"] == {"created": 0, "changed": 0, "unchanged": 12}
    assert set(demo.second["writes"].values()) == {0}


def test_the_second_run_decides_nothing_again(demo: Demo) -> None:
    assert "14 decisions of the demo's people are on record already" in demo.again.splitlines()
    assert " decided: " not in demo.again


def test_the_readme_tells_what_the_demo_says(demo: Demo) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    counted = ("records:", "treatment records:", "safety records:", "writes:")
    said = [line for line in demo.text.splitlines() if line.startswith(counted)]
    assert len(said) == 4
    assert [line for line in said if line not in readme] == []
    results = demo.first["counts"]["Observation"]
    shown = " ".join(str(results[name]) for name in ("received", "mapped", "rejected", "excluded"))
    assert f"Observation {shown} " in " ".join(readme.split())
    assert f"{len(demo_export.patients())} synthetic patients" in readme


def test_what_the_brother_weighs_plans_nothing_for_the_girl(demo: Demo) -> None:
    """He was weighed an hour before her first drug: 58 kg, where she weighs 36."""
    doses = demo.result("dosing", "Patient/treated-l1-girl-11")
    (thiotepa,) = [each for each in doses if (each["item"], each["day"]) == ("thiotepa", -14)]
    assert thiotepa["planned"]["calculation"] == "5 mg/kg x 36 kg = 180 mg"
    assert Fraction(thiotepa["difference_percent"]) == 0


def test_every_dose_of_a_treated_child_is_given_not_yet_due_or_tells_why_not(demo: Demo) -> None:
    odd = {
        (each["day"], each["item"], each["status"])
        for each in demo.result("dosing")
        if each["status"] not in {"GIVEN", "NOT_YET_DUE"}
    }
    assert odd == {
        (-12, "nk-infusion-1", "PARTIAL"),
        (5, "nk-infusion-2", "NOT_GIVEN"),
        (14, "abatacept", "UNKNOWN"),
    }


def test_donors_have_no_part_in_the_trial(demo: Demo) -> None:
    donors = {f"Patient/{donor}" for donor in demo_export.donors()}
    listed = [row for row in demo.result("subjects") if row["patient"] in donors]
    assert [row["status"] for row in listed] == [None] * 4
