"""What is said about safety: grades, adverse events, who counts; and what is said without any."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fhir_adapter.domain.review import ItemKind, ReviewItem
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord, EventState
from tests.cli.test_json_results import BY
from tests.cli.treated import TRIAL, subject_of, treat
from tests.command import Place
from tests.store_samples import NOON
from tests.stored_safety import adverse_event, safety
from tests.treatment_records import a_course

WATCHED, UNWATCHED, UNTREATED = "Patient/aml-boy-7", "Patient/alt-masked", "Patient/alt-above"


def events() -> tuple[AdverseEventRecord, ...]:
    """One that is judged, a mild one nobody judged, and one nothing is left of."""
    judged = adverse_event()
    mild = replace(
        judged, id="AE-2", term="Anemia", grade=1, at_least=False, worst_possible=1, judgement=None, due=()
    )
    gone = replace(mild, id="AE-3", state=EventState.DISSOLVED, lineage=("joined to AE-2",))
    return judged, mild, gone


def question(kind: ItemKind, **details: str) -> ReviewItem:
    """Something that waits for an investigator."""
    return ReviewItem(
        id=f"R-{kind.value}",
        kind=kind,
        trial=TRIAL,
        subject=safety().subject,
        asked="G3",
        digest="d",
        opened_at=NOON,
        details=details,
    )


@pytest.fixture(scope="module")
def watched(read_once: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A ward with one subject who was given cells, and one without a safety record; not to be changed."""
    place = Place(Path(shutil.copytree(read_once.folder, tmp_path_factory.mktemp("safety") / "ward")))
    asked = (question(ItemKind.SYNDROME, about="CRS-1"), question(ItemKind.ADVERSE_EVENT, about="AE-2"))
    treat(place, WATCHED, a_course(), safety=safety(events=events()), asked=asked)
    treat(place, UNWATCHED, a_course())
    return place


def json_of(place: Place, *arguments: str) -> Any:
    """What a command prints as JSON."""
    ran = place.run(*arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return ran.result


class TestSafety:
    def test_one_subject_s_grades_syndromes_and_whether_it_counts_are_shown(self, watched: Place) -> None:
        text = watched.run("safety", WATCHED).out
        subject = subject_of(watched, WATCHED)
        assert f"safety of {subject}, as of" in text
        assert "CRS-1: proposed grade 2 or up to 3" in text
        assert "dose-limiting toxicity: not known yet" in text
        assert json_of(watched, "safety", str(subject))["subject"] == subject

    def test_no_table_is_cut_off_in_a_pipe(self, watched: Place) -> None:
        for command in (("safety", WATCHED), ("adverse-events",), ("dlt",)):
            assert "\N{HORIZONTAL ELLIPSIS}" not in watched.run(*command).out


class TestAdverseEvents:
    def test_everything_but_what_was_dissolved_is_listed(self, watched: Place) -> None:
        assert [event["id"] for event in json_of(watched, "adverse-events")] == ["AE-3f2a91c07b1d", "AE-2"]
        assert json_of(watched, "adverse-events", WATCHED) == json_of(watched, "adverse-events")

    def test_what_a_correction_took_away_is_listed_on_request(self, watched: Place) -> None:
        listed = json_of(watched, "adverse-events", "--all")
        assert [event["id"] for event in listed] == ["AE-3f2a91c07b1d", "AE-2", "AE-3"]
        assert listed[2]["lineage"] == ["joined to AE-2"]

    @pytest.mark.parametrize(("grade", "count"), [("2", 1), ("5", 0)])
    def test_a_grade_leaves_out_what_cannot_have_reached_it(self, watched: Place, grade: str, count: int) -> None:
        assert len(json_of(watched, "adverse-events", "--from-grade", grade)) == count

    @pytest.mark.parametrize("grade", ["0", "6"])
    def test_a_grade_no_scale_has_is_a_usage_error(self, watched: Place, grade: str) -> None:
        ran = watched.run("adverse-events", "--from-grade", grade)
        assert (ran.code, ran.out) == (2, "")
        assert "--from-grade" in ran.err

    def test_what_persons_judged_is_given_as_fhir(self, watched: Place) -> None:
        ran = watched.run("adverse-events", "--fhir")
        assert ran.code == 0, ran.err
        (body,) = json.loads(ran.out)
        assert (body["resourceType"], body["actuality"], body["subject"]) == (
            "AdverseEvent",
            "actual",
            {"reference": WATCHED},
        )
        assert body["identifier"]["value"] == "AE-3f2a91c07b1d"
        assert watched.run("adverse-events", WATCHED, "--fhir").out == ran.out

    def test_the_table_names_what_the_hospital_says_and_who_judged(self, watched: Place) -> None:
        text = watched.run("adverse-events").out
        assert "the hospital: AdverseEvent/1" in text
        assert "dr-weber" in text
        assert "AE-3 " not in text


class TestDlt:
    def test_every_treated_subject_is_a_row(self, watched: Place) -> None:
        (row,) = json_of(watched, "dlt")
        assert (row["subject"], row["state"], row["evaluable"]) == (subject_of(watched, WATCHED), "OPEN", None)
        assert "CRS-1 is not judged" in watched.run("dlt").out


class TestNobody:
    def test_a_ward_where_nobody_is_treated_has_empty_lists(self, read_once: Place) -> None:
        assert json_of(read_once, "adverse-events") == json_of(read_once, "dlt") == []
        assert read_once.run("adverse-events", "--fhir").result == []

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            (("safety", UNTREATED), "has no treatment record yet"),
            (("safety", UNWATCHED), "has no safety record yet; `fhir-adapter derive` derives it"),
            (("adverse-events", "S-NOBODY"), "no subject answers to that name"),
        ],
    )
    def test_who_has_no_record_is_told_how_one_comes_about(
        self, watched: Place, command: tuple[str, ...], said: str
    ) -> None:
        ran = watched.run(*command)
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err


class TestJudging:
    def test_the_list_says_how_a_judgement_is_written(self, watched: Place) -> None:
        items = {item["kind"]: item for item in json_of(watched, "review", "list")}
        assert items["syndrome"]["answers"] == "associated=yes|no grade=0|1|2|3|4|5"
        assert items["syndrome"]["details"] == {"about": "CRS-1"}
        assert items["syndrome"]["roles"] == ["investigator", "pi"]

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            (
                ("accept", "R-syndrome"),
                "is answered by `review decide ITEM --set FIELD=VALUE ..`: associated=yes|no",
            ),
            (("reject", "R-adverse-event"), "serious=yes|no relatedness="),
            (("decide", "R-syndrome", "--set", "associated=yes"), "grade is needed: grade=0|1|2|3|4|5"),
            (("decide", "R-syndrome", "--set", "verdict=accepted"), "is answered with associated=yes|no"),
            (
                ("decide", "R-syndrome", "--set", "associated=yes", "--set", "grade=6"),
                "grade takes grade=0|1|2|3|4|5",
            ),
            (
                ("decide", "R-adverse-event", "--set", "serious=yes", "--set", "relatedness=related"),
                "criteria is needed",
            ),
        ],
    )
    def test_what_does_not_fit_is_refused_and_told_what_does(
        self, watched: Place, command: tuple[str, ...], said: str
    ) -> None:
        ran = watched.run("review", *command, *BY)
        assert (ran.code, ran.out) == (6, "")
        assert said in ran.err

    def test_who_may_not_judge_is_refused(self, watched: Place) -> None:
        answer = ("--set", "associated=no", "--set", "grade=3")
        ran = watched.run("review", "decide", "R-syndrome", *answer, "--by", "p-kowalska", "--reason", "seen")
        assert (ran.code, ran.out) == (6, "")
        assert "it takes one of: investigator, pi" in ran.err
