"""A child under treatment on a real FHIR server: read, planned, written back as a CarePlan, and again."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.command import Place
from tests.scenarios.resources import resources_of
from tests.scenarios.story import load_stories
from tests.server import hospital
from tests.server.hospital import Body
from tests.server.running import RunningServer

pytestmark = [pytest.mark.server, pytest.mark.slow]

WHO = "treated-l1-boy-7"
"""Level 1, everything given as planned, 24 kg throughout."""

LATEST = f"{WHO}-abatacept-4"
REFERRED = f"{WHO}-flu-1"


@cache
def told() -> tuple[str, ...]:
    """Everything the hospital holds about the child."""
    story = next(each for each in load_stories("nct07256210") if each.id == WHO)
    return tuple(line for _, line in resources_of(story))


def bodies() -> list[Body]:
    """The same, but the first fludarabine names its drug in a Medication of its own."""
    found: list[Body] = []
    for body in map(json.loads, told()):
        if body["id"] == REFERRED:
            code = body.pop("medicationCodeableConcept")
            found.append({"resourceType": "Medication", "id": "vial-7", "status": "active", "code": code})
            body["medicationReference"] = {"reference": "Medication/vial-7"}
        found.append(body)
    return found


@pytest.fixture
def ward(fhir_server: RunningServer, tmp_path: Path) -> Place:
    """The server knows everything but the last dose of abatacept; one run has read and written."""
    hospital.hold(fhir_server, [body for body in bodies() if body["id"] != LATEST])
    place = hospital.open_ward(tmp_path / "ward")
    ran = hospital.sync(place, fhir_server)
    assert ran.code == 0, ran.err
    return place


def plan_at(server: RunningServer) -> Body:
    """Our one CarePlan."""
    (body,) = hospital.standing(server, "CarePlan").values()
    return body


def activities_at(server: RunningServer) -> dict[str, Any]:
    return {each["id"]: each for each in plan_at(server)["activity"]}


def give_the_last_dose(server: RunningServer) -> None:
    hospital.hold(server, [body for body in bodies() if body["id"] == LATEST])


def test_the_plan_of_a_treated_child_is_written_with_doses_dates_and_what_fulfilled_them(
    fhir_server: RunningServer, ward: Place
) -> None:
    """40 mg/m2 x 0.9018499 m2 = 36.0740 mg; 2/3 of level 1 (10 x 10*6/kg) x 24 kg = 160 x 10*6 cells."""
    body, activities = plan_at(fhir_server), activities_at(fhir_server)
    assert (body["status"], body["intent"]) == ("draft", "plan")
    assert body["period"]["start"] == "2025-07-24"
    first = activities["fludarabine-m14"]
    assert first["detail"]["quantity"]["value"] == 36.074
    assert first["detail"]["quantity"]["code"] == "mg"
    assert first["detail"]["scheduledPeriod"] == {"start": "2025-07-24", "end": "2025-07-24"}
    cells = activities["nk-infusion-1-m12"]
    assert (cells["detail"]["quantity"]["value"], cells["detail"]["quantity"]["code"]) == (160, "10*6")
    assert cells["outcomeReference"] == [{"reference": f"MedicationAdministration/{WHO}-nk-1"}]
    (subject,) = hospital.standing(fhir_server, "ResearchSubject").values()
    assert subject["actualArm"] == "L1"


def test_a_drug_named_by_reference_fulfils_its_planned_dose(fhir_server: RunningServer, ward: Place) -> None:
    first = activities_at(fhir_server)["fludarabine-m14"]
    assert first["detail"]["status"] == "completed"
    assert first["outcomeReference"] == [{"reference": f"MedicationAdministration/{REFERRED}"}]


def test_a_new_administration_updates_the_plan_and_a_re_run_writes_nothing(
    fhir_server: RunningServer, ward: Place
) -> None:
    assert activities_at(fhir_server)["abatacept-28"]["detail"]["status"] == "not-started"
    give_the_last_dose(fhir_server)
    ran = hospital.sync(ward, fhir_server)
    assert (ran.code, ran.result["writes"]["updated"]) == (0, 1)
    done = activities_at(fhir_server)["abatacept-28"]
    assert done["detail"]["status"] == "completed"
    assert done["outcomeReference"] == [{"reference": f"MedicationAdministration/{LATEST}"}]
    before = hospital.standing(fhir_server)
    assert set(hospital.sync(ward, fhir_server).result["writes"].values()) == {0}
    assert hospital.standing(fhir_server) == before


def test_an_activity_a_person_edited_is_kept_and_reported(fhir_server: RunningServer, ward: Place) -> None:
    body = plan_at(fhir_server)
    note = [{"text": "moved to the day clinic"}]
    for activity in body["activity"]:
        if activity["id"] == "abatacept-28":
            activity["progress"] = note
    hospital.put(fhir_server, body)
    give_the_last_dose(fhir_server)
    ran = hospital.sync(ward, fhir_server)
    assert ran.result["writes"]["for_review"] == 1
    kept = activities_at(fhir_server)["abatacept-28"]
    assert (kept["progress"], kept["detail"]["status"]) == (note, "not-started")
    items = ward.run("review", "list", "--format", "json").result
    (item,) = [each for each in items if each["kind"] == "write-conflict"]
    assert item["details"] == {"resource": "CarePlan", "elements": "activity[abatacept-28]"}
