"""A plan on a real FHIR server beside people who edit it: created, updated, left alone, never taken from them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from typing_extensions import override

from fhir_adapter.domain.dosing.records import DosingStatus
from fhir_adapter.domain.review import ItemKind
from fhir_adapter.gateways.fhir_http import FhirConnection
from fhir_adapter.gateways.retry import RetryPolicy
from fhir_adapter.gateways.server_sink import ServerSink
from fhir_adapter.sync.move_plan import PlanMoveRequest, run_plan_move
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.unreliable_transport import UnreliableTransport
from tests.planned_ward import PlannedWard, day_13, first_given
from tests.plans import planned, record_of
from tests.server import hospital
from tests.server.hospital import Body
from tests.server.running import RunningServer

pytestmark = pytest.mark.server

NOTE = {"text": "the family asked for another day"}


class ServerWard(PlannedWard):
    """The planned ward writing to the real server over a network that may lose answers."""

    def __init__(self, server: RunningServer) -> None:
        super().__init__()
        clock = FixedClock()
        self.server = server
        self.network = UnreliableTransport()
        retry = RetryPolicy(attempts=3, sleep=clock.sleep, clock=clock)
        self.sink = ServerSink(FhirConnection(server.base, retry=retry, transport=self.network))

    @override
    def written(self, kind: str = "ResearchSubject") -> list[Body]:
        return list(hospital.standing(self.server, kind).values())

    @override
    def edit_plan(self, **elements: Any) -> None:
        hospital.put(self.server, self.care_plan | elements)

    @property
    def version(self) -> str:
        """Which version of the plan stands."""
        return str(self.care_plan["meta"]["versionId"])


@pytest.fixture
def ward(fhir_server: RunningServer) -> ServerWard:
    """A ward whose subject has a plan at the server."""
    ward = ServerWard(fhir_server)
    ward.admit()
    assert ward.treat().created == 1
    return ward


def test_a_plan_is_created_with_every_activity_for_patient_and_study(ward: ServerWard) -> None:
    body, (study,) = ward.care_plan, ward.written("ResearchStudy")
    assert (body["status"], body["intent"], body["subject"]) == ("draft", "plan", {"reference": "Patient/p1"})
    assert body["supportingInfo"] == [{"reference": f"ResearchStudy/{study['id']}"}]
    assert list(ward.activities) == ["fludarabine-m14", "fludarabine-m13", "visit-30"]
    quantity = {"value": 20.8, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
    assert ward.activities["fludarabine-m14"]["detail"]["quantity"] == quantity


def test_a_new_administration_updates_the_plan_and_the_provenance_names_the_version(ward: ServerWard) -> None:
    first = ward.version
    assert ward.treat(first_given(), day_13(), digest="t2").updated == 1
    done = ward.activities["fludarabine-m14"]
    assert done["detail"]["status"] == "completed"
    assert done["outcomeReference"] == [{"reference": "MedicationAdministration/p1-flu-1"}]
    targets = {body["target"][0]["reference"] for body in ward.written("Provenance")}
    about = {f"CarePlan/{ward.care_plan['id']}/_history/{version}" for version in (first, ward.version)}
    assert len(about) == 2
    assert about <= targets
    for target in about:
        assert httpx.get(f"{ward.server.base}/{target}", trust_env=False).status_code == 200


def test_an_unchanged_plan_is_not_written_again(ward: ServerWard) -> None:
    before = hospital.standing(ward.server)
    for digest in ("t2", "t3"):
        assert set(ward.treat(digest=digest).as_dict().values()) == {0}
    assert hospital.standing(ward.server) == before


def test_an_activity_somebody_edited_is_kept_and_reported_the_others_follow(ward: ServerWard) -> None:
    ward.edit_activity("fludarabine-m13", progress=[NOTE | {"time": "2026-03-11T10:00:00+01:00"}])
    overdue = record_of(planned(day=-13), status=DosingStatus.OVERDUE)
    delivered = ward.treat(first_given(), overdue, digest="t2")
    assert (delivered.updated, delivered.for_review) == (1, 1)
    kept = ward.activities["fludarabine-m13"]
    assert (kept["progress"][0]["text"], kept["detail"]["status"]) == (NOTE["text"], "not-started")
    assert ward.activities["fludarabine-m14"]["detail"]["status"] == "completed"
    assert ward.item(ItemKind.WRITE_CONFLICT).details == {
        "resource": "CarePlan",
        "elements": "activity[fludarabine-m13]",
    }
    version = ward.version
    assert set(ward.treat(first_given(), overdue, digest="t3").as_dict().values()) == {0}
    assert ward.version == version


def test_what_others_added_and_removed_stays_so(ward: ServerWard) -> None:
    theirs = {"detail": {"kind": "Task", "status": "scheduled", "description": "call the parents"}}
    left = [each for each in ward.care_plan["activity"] if each["id"] != "visit-30"]
    ward.edit_plan(activity=[theirs, *left], note=[NOTE])
    ward.treat(first_given(), day_13(), digest="t2")
    assert ward.care_plan["activity"][0] == theirs
    assert list(ward.activities) == ["fludarabine-m14", "fludarabine-m13"]
    assert ward.care_plan["note"] == [NOTE]


def test_a_plan_whose_answers_are_lost_is_written_once(fhir_server: RunningServer) -> None:
    ward = ServerWard(fhir_server)
    ward.admit()
    ward.network.lose.append("POST")
    assert ward.treat().created == 1
    assert len(ward.written("CarePlan")) == 1
    ward.network.lose.append("PUT")
    ward.treat(first_given(), day_13(), digest="t2")
    assert ward.activities["fludarabine-m14"]["detail"]["status"] == "completed"
    assert set(ward.deliver().as_dict().values()) == {0}


def test_a_persons_move_of_the_plan_reaches_the_server(ward: ServerWard) -> None:
    request = PlanMoveRequest(subject="Patient/p1", to="active", by="lang", reason="conditioning begins")
    run_plan_move(ward.desk, request)
    ward.deliver()
    assert ward.care_plan["status"] == "active"
