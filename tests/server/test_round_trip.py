"""The whole job against a real FHIR server: read, derive, write, read back with plain HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests import demo_export
from tests.command import Place, Ran
from tests.server import hospital
from tests.server.hospital import Body
from tests.server.running import RunningServer, fhir_server_or_skip

pytestmark = pytest.mark.server

STATUSES = {
    "aml-boy-7": "screening",
    "tall-girl-15": "screening",
    "alt-above": "screening",
    "no-versions": "screening",
    "consent-none": "potential-candidate",
    "consent-only": "screening",
}
"""Who is written, by hand from the rule: a diagnosis, or a valid consent (contracts, Who is written)."""

NOBODY = ("stranger", "deceased", "consent-withdrawn")
"""Neither diagnosis nor consent; died; withdrew."""


@dataclass(frozen=True, slots=True)
class Trip:
    """Two runs, and what stood before, between and after."""

    place: Place
    runs: tuple[Ran, Ran]
    before: dict[str, Body]
    first: dict[str, Body]
    second: dict[str, Body]
    targets: dict[str, Body]

    def written(self, resource_type: str) -> list[Body]:
        return [body for key, body in self.first.items() if key.startswith(f"{resource_type}/")]


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> Trip:
    server = fhir_server_or_skip()
    server.reset()
    known = [*STATUSES, *NOBODY]
    bodies = hospital.bodies_of(known)
    bodies += hospital.like("aml-boy-7", "consent-only", "Patient", "Consent", "RelatedPerson")
    bodies += hospital.like("aml-boy-7", "stranger", "Patient")
    hospital.hold(server, bodies)
    place = hospital.open_ward(tmp_path_factory.mktemp("round-trip"))
    before = hospital.standing(server)
    one = hospital.sync_alone(place, server)
    first = hospital.standing(server)
    two = hospital.sync_alone(place, server)
    return Trip(place, (one, two), before, first, hospital.standing(server), _targets(server, first))


def _targets(server: RunningServer, stands: dict[str, Body]) -> dict[str, Body]:
    """Read every version a Provenance names."""
    found: dict[str, Body] = {}
    for key, body in stands.items():
        if key.startswith("Provenance/"):
            (target,) = body["target"]
            found[key] = (
                httpx.get(f"{server.base}/{target['reference']}", trust_env=False).raise_for_status().json()
            )
    return found


def test_both_runs_end_in_order(trip: Trip) -> None:
    assert [(run.code, run.err) for run in trip.runs] == [(0, ""), (0, "")]


def test_there_is_one_subject_for_each_listed_patient_and_none_for_the_rest(trip: Trip) -> None:
    found = [(body["individual"]["reference"], body["status"]) for body in trip.written("ResearchSubject")]
    assert sorted(found) == sorted((f"Patient/{patient}", status) for patient, status in STATUSES.items())


def test_a_subject_carries_our_identifier_and_the_one_study(trip: Trip) -> None:
    (study,) = trip.written("ResearchStudy")
    assert study["identifier"] == [{"system": "https://clinicaltrials.gov", "value": "NCT07256210"}]
    listed = trip.place.run("subjects", "--format", "json").result
    ids = {row["patient"]: row["subject"] for row in listed if row["status"]}
    for body in trip.written("ResearchSubject"):
        assert body["study"] == {"reference": f"ResearchStudy/{study['id']}"}
        assert body["identifier"] == [
            {
                "system": "https://fhir-adapter.example/NamingSystem/nct07256210-subject",
                "value": ids[body["individual"]["reference"]],
            }
        ]


def test_consent_and_its_day_stand_where_there_is_a_valid_one(trip: Trip) -> None:
    known = {
        b["individual"]["reference"]: (b.get("consent"), b.get("period")) for b in trip.written("ResearchSubject")
    }
    assert known["Patient/aml-boy-7"] == ({"reference": "Consent/aml-boy-7-consent"}, {"start": "2026-03-02"})
    assert known["Patient/consent-none"] == (None, None)


def test_the_second_run_changes_nothing_at_all(trip: Trip) -> None:
    assert trip.second == trip.first
    assert trip.runs[1].result["writes"] == {
        "created": 0,
        "updated": 0,
        "unchanged": 0,
        "conflicts": 0,
        "for_review": 0,
        "dry_run": 0,
    }
    assert trip.runs[1].result["records"]["unchanged"] == len(STATUSES) + len(NOBODY)


def test_the_hospitals_own_resources_are_untouched(trip: Trip) -> None:
    assert {key: body for key, body in trip.first.items() if not key.startswith(hospital.WRITTEN)} == trip.before


def test_every_write_has_one_provenance_that_names_the_version_written(trip: Trip) -> None:
    assert len(trip.written("Provenance")) == len(STATUSES) + 1
    written = {f"{body['resourceType']}/{body['id']}": body for body in trip.targets.values()}
    assert written == {key: body for key, body in trip.first.items() if key.startswith(hospital.WRITTEN[:-1])}
    for body in trip.written("Provenance"):
        assert body["target"][0]["reference"].endswith(
            "/_history/" + trip.targets[f"Provenance/{body['id']}"]["meta"]["versionId"]
        )
        assert all("reference" not in agent["who"] for agent in body["agent"])


def test_the_counts_of_both_runs_balance(trip: Trip) -> None:
    for run in trip.runs:
        for counts in run.result["counts"].values():
            assert counts["received"] == counts["mapped"] + counts["rejected"] + counts["excluded"]


def test_a_new_store_with_the_same_secret_finds_the_same_subjects(
    fhir_server: RunningServer, tmp_path: Path
) -> None:
    hospital.hold(fhir_server, hospital.bodies_of(["aml-boy-7"]))
    place = hospital.open_ward(tmp_path)
    hospital.sync(place, fhir_server)
    before = hospital.standing(fhir_server)
    rebuilt = Place(tmp_path, {"FHIR_ADAPTER_STORE": "another.db"})
    again = hospital.sync(rebuilt, fhir_server)
    assert again.code == 0, again.err
    assert hospital.standing(fhir_server) == before


@pytest.mark.slow
def test_the_whole_demo_hospital_round_trips(fhir_server: RunningServer, tmp_path: Path) -> None:
    """Without the patient who withdrew: beside one, everybody is asked for singly; this server takes minutes."""
    listed = [patient for patient in demo_export.patients() if patient != "consent-withdrawn"]
    hospital.hold(fhir_server, hospital.bodies_of(listed))
    place = hospital.open_ward(tmp_path)
    first = hospital.sync(place, fhir_server)
    stands = hospital.standing(fhir_server)
    second = hospital.sync(place, fhir_server)
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert hospital.standing(fhir_server) == stands
    expected = {
        patient: ["potential-candidate" if patient in WITHOUT_CONSENT else "screening"]
        for patient in listed
        if patient not in {"deceased", *demo_export.donors()}
    }
    assert hospital.statuses(fhir_server) == expected


WITHOUT_CONSENT = {"consent-none", "consent-14-parent-only", "consent-17-patient-only"}
"""No consent, or not by everybody whose signature the age asks for."""
