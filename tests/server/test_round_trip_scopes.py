"""Who is read and written by roster, by group, by diagnosis; and the folder's transaction loaded twice."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.command import Place
from tests.server import hospital
from tests.server.running import RunningServer

pytestmark = [pytest.mark.server, pytest.mark.slow]

STRANGER = hospital.like("aml-boy-7", "stranger", "Patient")
"""A patient of whom nothing is known."""


@pytest.fixture
def ward(fhir_server: RunningServer, tmp_path: Path) -> Place:
    """Three patients with a diagnosis, two of them with a consent, and a stranger."""
    hospital.hold(fhir_server, [*hospital.bodies_of(["aml-boy-7", "consent-none", "alt-above"]), *STRANGER])
    return hospital.open_ward(tmp_path / "ward")


def read_patients(ward: Place) -> set[str]:
    return {row["patient"] for row in ward.run("subjects", "--format", "json").result}


def test_everybody_on_the_roster_is_a_candidate_at_least(fhir_server: RunningServer, ward: Place) -> None:
    roster = ward.write_roster(["consent-none", "aml-boy-7", "KH-0-nobody"])
    number = STRANGER[0]["identifier"][0]["value"]
    with roster.open("a", encoding="utf-8") as file:
        file.write(f"{STRANGER[0]['identifier'][0]['system']},{number}\n")
    ran = hospital.sync(ward, fhir_server, "--roster", str(roster))
    assert (ran.code, ran.result["unmatched_rows"]) == (1, [3])
    assert hospital.statuses(fhir_server) == {
        "consent-none": ["candidate"],
        "aml-boy-7": ["screening"],
        "stranger": ["candidate"],
    }
    assert read_patients(ward) == {"Patient/consent-none", "Patient/aml-boy-7", "Patient/stranger"}


def test_everybody_in_the_group_is_a_candidate_at_least(fhir_server: RunningServer, ward: Place) -> None:
    members = [{"entity": {"reference": f"Patient/{name}"}} for name in ("stranger", "alt-above")]
    former = {"entity": {"reference": "Patient/aml-boy-7"}, "inactive": True}
    group = {
        "resourceType": "Group",
        "id": "trial",
        "type": "person",
        "actual": True,
        "member": [*members, former],
    }
    hospital.hold(fhir_server, [group])
    ran = hospital.sync(ward, fhir_server, "--group", "trial")
    assert ran.code == 0, ran.err
    assert hospital.statuses(fhir_server) == {"stranger": ["candidate"], "alt-above": ["screening"]}


def test_a_group_that_is_not_there_ends_with_2(fhir_server: RunningServer, ward: Place) -> None:
    ran = hospital.sync(ward, fhir_server, "--group", "nowhere")
    assert (ran.code, hospital.statuses(fhir_server)) == (2, {})


def test_a_prescreen_reads_only_those_with_a_diagnosis(fhir_server: RunningServer, ward: Place) -> None:
    ran = hospital.sync(ward, fhir_server, "--prescreen")
    assert ran.code == 0, ran.err
    assert read_patients(ward) == {"Patient/consent-none", "Patient/aml-boy-7", "Patient/alt-above"}
    assert hospital.statuses(fhir_server) == {
        "consent-none": ["potential-candidate"],
        "aml-boy-7": ["screening"],
        "alt-above": ["screening"],
    }
    assert ran.result["counts"]["Patient"]["received"] == 3


def test_the_same_patients_stand_the_same_whatever_way_they_were_chosen(
    fhir_server: RunningServer, ward: Place
) -> None:
    hospital.sync(ward, fhir_server, "--prescreen")
    before = hospital.standing(fhir_server)
    again = hospital.sync(ward, fhir_server, "--all")
    assert again.result["writes"]["created"] == 0
    assert hospital.standing(fhir_server) == before


def test_nothing_is_written_without_the_word(fhir_server: RunningServer, ward: Place) -> None:
    before = hospital.standing(fhir_server)
    ran = ward.run(*hospital.arguments(fhir_server.base, fhir_server.base, "--all"))
    assert ran.result["writes"]["dry_run"] == 4
    assert "would write ResearchSubject (new)" in ran.err
    assert hospital.standing(fhir_server) == before


def test_nothing_is_written_where_the_hospital_does_not_allow_it(fhir_server: RunningServer, ward: Place) -> None:
    ward.write_mappings(writes="disabled")
    before = hospital.standing(fhir_server)
    assert hospital.sync(ward, fhir_server).result["writes"]["dry_run"] == 4
    assert hospital.standing(fhir_server) == before


def test_the_folders_transaction_loaded_twice_gives_what_the_adapter_would_have_written(
    fhir_server: RunningServer, ward: Place
) -> None:
    ran = ward.run(*hospital.arguments(fhir_server.base, "sink", "--write", "--all"))
    assert ran.code == 0, ran.err
    assert hospital.statuses(fhir_server) == {}
    transaction = (ward.folder / "sink" / "transaction.json").read_bytes()
    load(fhir_server, transaction)
    first = hospital.standing(fhir_server)
    load(fhir_server, transaction)
    assert hospital.standing(fhir_server) == first
    assert hospital.statuses(fhir_server) == {
        "consent-none": ["potential-candidate"],
        "aml-boy-7": ["screening"],
        "alt-above": ["screening"],
    }
    (study,) = hospital.standing(fhir_server, "ResearchStudy")
    assert {body["study"]["reference"] for body in hospital.standing(fhir_server, "ResearchSubject").values()} == {
        study
    }
    assert len(hospital.standing(fhir_server, "Provenance")) == 4


def load(server: RunningServer, transaction: bytes) -> None:
    headers = {"Content-Type": "application/fhir+json"}
    answer = httpx.post(server.base, content=transaction, headers=headers, trust_env=False, timeout=60)
    statuses = [entry["response"]["status"] for entry in answer.raise_for_status().json()["entry"]]
    assert all(status.startswith("2") for status in statuses), statuses
