"""What the demo promises of safety is there: found by the commands a person would type, counted by hand.

The noon is 11 March 2026. Six children at level 1, one of them with a dose-limiting toxicity; six at level 2: one
counts, three are replaced, two are under observation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from tests import demo_export
from tests.command import Place, open_place

ALT = "Alanine aminotransferase increased"


@dataclass(frozen=True)
class Demo:
    """A place where the demo ran."""

    place: Place
    told: str

    def result(self, *arguments: str) -> Any:
        """What a command says of the demo's store."""
        ran = self.place.run(*arguments, "--hospital", "demo", "--format", "json")
        assert ran.code == 0, ran.err
        return ran.result

    @property
    def patients(self) -> dict[str, str]:
        """Subject -> patient."""
        return {row["subject"]: row["patient"].removeprefix("Patient/") for row in self.result("subjects")}


@dataclass(frozen=True)
class Told:
    """What every command about safety says, asked once."""

    demo: Demo

    @cached_property
    def patients(self) -> dict[str, str]:
        return self.demo.patients

    @cached_property
    def limiting(self) -> dict[str, Any]:
        """Patient -> line of `dlt`."""
        return {self.patients[row["subject"]]: row for row in self.demo.result("dlt")}

    @cached_property
    def events(self) -> list[Any]:
        return [row | {"patient": self.patients[row["subject"]]} for row in self.demo.result("adverse-events")]

    @cached_property
    def escalation(self) -> Any:
        return self.demo.result("escalation", "status", "--as-of", demo_export.NOON)

    def event(self, patient: str, term: str) -> Any:
        (found,) = [each for each in self.events if (each["patient"], each["term"]) == (patient, term)]
        return found

    def episode(self, patient: str, name: str) -> Any:
        """One proposed episode of `safety`, with the intervals it is made of."""
        for syndrome in self.demo.result("safety", f"Patient/{patient}")["syndromes"]:
            for episode in syndrome["episodes"]:
                if episode["id"] == name:
                    end = episode["end"] or "9999"
                    inside = [one for one in syndrome["intervals"] if episode["start"] <= one["start"] < end]
                    return episode | {"intervals": inside}
        raise AssertionError(f"there is no {name} of {patient}")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    place = open_place(tmp_path_factory.mktemp("demo-safety"))
    ran = place.run("demo")
    assert ran.code == 0, ran.err
    return Told(Demo(place, ran.err))


@pytest.mark.slow
def test_level_1_was_expanded_to_six_of_whom_one_had_a_toxicity(told: Told) -> None:
    level = told.escalation["levels"][1]
    assert (level["evaluable"], level["dlt"], level["suspected"], level["pending"]) == (6, 1, 0, 0)
    assert {told.patients[row["subject"]]: (row["counted"], row["events"]) for row in level["subjects"]} == {
        "treated-l1-boy-7": ("CLEAR", []),
        "treated-l1-girl-11": ("TOXIC", ["CRS-2"]),
        "treated-l1-boy-17-months": ("CLEAR", []),
        "treated-l1-girl-15": ("CLEAR", []),
        "treated-l1-boy-4": ("CLEAR", []),
        "treated-l1-man-22": ("CLEAR", []),
    }


@pytest.mark.slow
def test_of_level_2_one_counts_three_are_replaced_and_two_are_observed(told: Told) -> None:
    level = told.escalation["levels"][2]
    assert (level["evaluable"], level["dlt"], level["suspected"], level["pending"]) == (1, 0, 0, 2)
    assert {told.patients[row["subject"]]: row["counted"] for row in level["subjects"]} == {
        "treated-l2-girl-9": "CLEAR",
        "treated-l2-boy-12": "REPLACED",
        "treated-l2-girl-6": "REPLACED",
        "treated-l2-boy-3": "REPLACED",
        "treated-l2-boy-16": "OBSERVED",
        "treated-l2-girl-8": "OBSERVED",
    }


@pytest.mark.slow
def test_with_three_counting_or_observed_nobody_is_enrolled(told: Told) -> None:
    """n = 1 and p = 2 fill T = 3: row 9."""
    said = told.escalation
    assert (said["open_level"], said["action"], said["row"]) == (2, "WAIT", "9")


@pytest.mark.slow
def test_the_ladder_was_climbed_by_the_rule_and_without_a_deviation(told: Told) -> None:
    said = told.escalation
    decisions = [(each["at"], each["action"], each["level"], each["by"]) for each in said["decisions"]]
    assert decisions == [
        ("2025-09-24T09:00:00+02:00", "EXPAND", 1, "dr-weber"),
        ("2025-12-04T09:00:00+01:00", "ESCALATE", 2, "dr-weber"),
    ]
    assert [(each["proposed_action"], each["proposed_level"]) for each in said["decisions"]] == [
        ("EXPAND", 1),
        ("ESCALATE", 2),
    ]
    assert said["deviations"] == []


@pytest.mark.slow
def test_everybody_belongs_to_phase_1_and_nobody_counts_without_an_answer(told: Told) -> None:
    assert {row["part"] for row in told.limiting.values()} == {"phase1"}
    waiting = {name: row["state"] for name, row in told.limiting.items() if row["evaluable"] is None}
    assert waiting == {"treated-l2-boy-16": "OPEN", "treated-l2-girl-8": "OPEN"}


@pytest.mark.slow
def test_the_toxicity_is_a_cytokine_release_that_needed_a_vasopressor(told: Told) -> None:
    episode = told.episode("treated-l1-girl-11", "CRS-2")
    assert (episode["grade"], episode["worst"], episode["disagrees_with_hospital"]) == (3, 3, False)
    assert (episode["judged"]["grade"], episode["judged"]["associated"]) == (3, True)
    pressors = [one for each in episode["intervals"] for one in each["evidence"] if "norepinephrine" in str(one)]
    assert pressors


@pytest.mark.slow
def test_a_fever_that_may_be_masked_asks_with_the_grade_of_the_organ(told: Told) -> None:
    """High flow at 5 L/min is grade 2 or 3; tocilizumab of day -1 may hide the fever, so it is never 0."""
    episode = told.episode("treated-l1-man-22", "CRS-2")
    assert (episode["grade"], episode["worst"], episode["needs_attestation"]) == (2, 3, True)
    assert {each["status"] for each in episode["intervals"]} == {"NEEDS_ATTESTATION"}
    notes = " ".join(note for each in episode["intervals"] for note in each["notes"])
    assert "fever may be masked by a blocker of interleukin 6 or 1 (tocilizumab)" in notes


@pytest.mark.slow
def test_a_child_of_nine_has_icans_by_capd_and_arousal(told: Told) -> None:
    episode = told.episode("treated-l2-girl-9", "ICANS-2")
    assert (episode["grade"], episode["worst"], episode["needs_attestation"]) == (2, 2, False)
    assert [each["driver"] for each in episode["intervals"]] == ["capd"]


@pytest.mark.slow
def test_a_hospital_that_grades_otherwise_is_a_disagreement_a_person_settled(told: Told) -> None:
    """Fever alone is grade 1; the hospital's code says 2."""
    episode = told.episode("treated-l1-girl-15", "CRS-2")
    assert (episode["grade"], episode["disagrees_with_hospital"]) == (1, True)
    assert [(each["reference"], each["grade"]) for each in episode["reported"]] == [
        ("Condition/treated-l1-girl-15-crs", 2)
    ]
    assert (episode["judged"]["grade"], episode["judged"]["associated"]) == (1, True)


@pytest.mark.slow
def test_a_corrected_result_is_graded_as_corrected(told: Told) -> None:
    """912 U/L would be grade 4 (22.8 x ULN); the corrected 182 is 4.55 x ULN."""
    graded = [
        (each["value"], each["grade"])
        for term in told.demo.result("safety", "Patient/treated-l1-boy-7")["terms"]
        for each in term["grades"]
        if each["reference"] == "Observation/treated-l1-boy-7-liver-10"
    ]
    assert graded == [("182 U/L", 2)]
    assert told.event("treated-l1-boy-7", ALT)["grade"] == 2
    versions = [line for line in read("Observation.ndjson") if '"id":"treated-l1-boy-7-liver-10"' in line]
    assert len(versions) == 2


@pytest.mark.slow
def test_a_report_of_the_hospital_is_joined_to_the_results_it_is_about(told: Told) -> None:
    event = told.event("treated-l1-boy-17-months", ALT)
    assert (event["origin"], event["grade"], event["state"]) == ("both", 3, "RESOLVED")
    (link,) = event["reported"]
    assert link["reference"] == "AdverseEvent/treated-l1-boy-17-months-liver-reported"
    assert link["why"] == "same term, and the times overlap"


@pytest.mark.slow
def test_a_report_no_result_tells_of_stands_alone(told: Told) -> None:
    event = told.event("treated-l2-girl-6", "Infusion related reaction")
    assert (event["origin"], event["grade"], event["special_interest"]) == ("reported", 2, "infusion-reaction")


@pytest.mark.slow
def test_what_was_done_is_beside_the_event(told: Told) -> None:
    done = {(each["patient"], each["term"], action["title"]) for each in told.events for action in each["actions"]}
    assert done >= {
        ("treated-l1-girl-11", "Fever", "interleukin blocker"),
        ("treated-l1-girl-11", "Platelet count decreased", "platelet transfusion"),
        ("treated-l1-boy-4", "Anemia", "red cell transfusion"),
    }


@pytest.mark.slow
def test_red_cells_make_an_anemia_grade_3(told: Told) -> None:
    """84 g/L is grade 2; a transfusion was indicated."""
    assert told.event("treated-l1-boy-4", "Anemia")["grade"] == 3
    assert told.event("treated-l1-boy-7", "Anemia")["grade"] == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("patient", "verdict", "n3"),
    [
        ("treated-l1-man-22", "HOLD", "FAIL"),
        ("treated-l1-boy-7", "CLEAR", "PASS"),
        ("treated-l1-boy-4", "CLEAR", "PASS"),
    ],
)
def test_severe_reactions_hold_the_second_infusion_until_a_person_judged_them(
    told: Told, patient: str, verdict: str, n3: str
) -> None:
    """The man was judged after it, the boy of four the day before it."""
    record = told.demo.result("clearance", f"Patient/{patient}", "--infusion", "2")
    said = {each["id"]: each["verdict"] for each in record["criteria"]}
    assert (record["verdict"], said["N3"]) == (verdict, n3)


@pytest.mark.slow
def test_one_serious_event_waits_for_a_person(told: Told) -> None:
    """Mucositis of grade 3 five days ago: nobody judged it, so no due time runs yet."""
    items = [each for each in told.demo.result("review", "list") if each["kind"] == "adverse-event"]
    assert [told.patients[each["subject"]] for each in items] == ["treated-l2-boy-16"]


@pytest.mark.slow
def test_every_event_rests_on_results_or_reports_that_exist(told: Told) -> None:
    known = {f"{kind}/{name}" for kind, name in demo_export.lines()}
    for event in told.events:
        cited = {each["reference"] for each in event["changes"]} | {
            each["reference"] for each in event["reported"]
        }
        cited |= {name for each in event["doses"] for name in each["references"]}
        cited |= {each["reference"] for each in event["actions"]}
        assert cited <= known, event["id"]
        assert {each["reference"] for each in event["evidence"]} <= known
        assert event["evidence"], event["id"]


@pytest.mark.slow
def test_the_demo_tells_who_decided_what_and_what_to_look_at(told: Told) -> None:
    said = told.demo.told.splitlines()
    subject = next(one for one, patient in told.patients.items() if patient == "treated-l1-girl-11")
    assert f"2025-08-25 dr-weber decided: CRS-2 of {subject}: grade=3 associated=yes" in said
    assert "2025-12-04 dr-weber decided: ESCALATE level 2" in said
    assert len([line for line in said if " decided: " in line]) == 14
    assert any("fhir-adapter escalation status --as-of 2026-03-11T12:00" in line for line in said)
    for command in ("safety", "adverse-events", "dlt", "review list"):
        assert any(command in line for line in said[-4:]), command


def read(name: str) -> list[str]:
    return (demo_export.EXPORT / name).read_text(encoding="utf-8").splitlines()
