"""People edit beside us, networks lose answers: nothing of theirs is lost, nothing of ours is there twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fhir_adapter import bootstrap
from fhir_adapter.gateways.fhir_http import FhirConnection
from fhir_adapter.gateways.retry import RetryPolicy
from tests.command import Place
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.unreliable_transport import UnreliableTransport
from tests.server import hospital
from tests.server.hospital import Body
from tests.server.proxy import Network, network_to
from tests.server.running import RunningServer

pytestmark = [pytest.mark.server, pytest.mark.slow]

WHO = "consent-none"
"""A diagnosis and no consent: `potential-candidate`, until the consent arrives: `screening`."""

NOTE = {"url": "https://hospital.example/ward-note", "valueString": "seen in the clinic"}


@pytest.fixture
def ward(fhir_server: RunningServer, tmp_path: Path) -> Place:
    """One patient at the server; nothing was read yet."""
    hospital.hold(fhir_server, hospital.bodies_of([WHO]))
    return hospital.open_ward(tmp_path / "ward")


@pytest.fixture
def network(fhir_server: RunningServer) -> Iterator[Network]:
    with network_to(fhir_server.base) as network:
        yield network


def stands(server: RunningServer) -> Body:
    """Our one ResearchSubject."""
    (body,) = hospital.subjects_by_patient(server)[WHO]
    return body


def let_consent_arrive(server: RunningServer) -> None:
    """The status that follows becomes `screening`."""
    hospital.hold(server, hospital.like("tall-girl-15", WHO, "Consent", "RelatedPerson"))


def edit(server: RunningServer, **changes: Any) -> None:
    """Somebody at the hospital changes our resource."""
    hospital.put(server, stands(server) | changes)


def conflicts(ward: Place) -> list[dict[str, Any]]:
    """Open review items about somebody else's edit."""
    listed = ward.run("review", "list", "--format", "json").result
    return [item for item in listed if item["kind"] == "write-conflict"]


def is_consistent(server: RunningServer) -> bool:
    """Say whether each Provenance is about a version of ours that exists, and about a different one."""
    found = hospital.standing(server, "Provenance").values()
    targets = [body["target"][0]["reference"] for body in found]
    read = [httpx.get(f"{server.base}/{target}", trust_env=False).status_code for target in targets]
    return len(set(targets)) == len(targets) and set(read) == {200}


def test_a_persons_edit_of_the_status_is_kept_and_reported(fhir_server: RunningServer, ward: Place) -> None:
    assert hospital.sync(ward, fhir_server).code == 0
    assert stands(fhir_server)["status"] == "potential-candidate"
    edit(fhir_server, status="on-study", extension=[NOTE], assignedArm="A")
    let_consent_arrive(fhir_server)
    ran = hospital.sync(ward, fhir_server)
    assert ran.result["writes"]["for_review"] == 1
    ours = stands(fhir_server)
    assert (ours["status"], ours["extension"], ours["assignedArm"]) == ("on-study", [NOTE], "A")
    assert ours["consent"] == {"reference": f"Consent/{WHO}-consent"}
    (item,) = conflicts(ward)
    assert item["details"] == {"resource": "ResearchSubject", "elements": "status"}


def test_a_kept_edit_is_reported_once_and_stays(fhir_server: RunningServer, ward: Place) -> None:
    hospital.sync(ward, fhir_server)
    edit(fhir_server, status="on-study")
    let_consent_arrive(fhir_server)
    hospital.sync(ward, fhir_server)
    before = hospital.standing(fhir_server)
    assert hospital.sync(ward, fhir_server).result["writes"]["for_review"] == 0
    assert hospital.standing(fhir_server) == before
    assert len(conflicts(ward)) == 1


@pytest.mark.parametrize(("answer", "status"), [("accept", "screening"), ("reject", "on-study")])
def test_a_person_decides_whether_ours_replaces_the_edit(
    fhir_server: RunningServer, ward: Place, answer: str, status: str
) -> None:
    hospital.sync(ward, fhir_server)
    edit(fhir_server, status="on-study", assignedArm="A")
    let_consent_arrive(fhir_server)
    hospital.sync(ward, fhir_server)
    (item,) = conflicts(ward)
    done = ward.run("review", answer, item["id"], "--by", "dr-weber", "--reason", "checked with the ward")
    assert done.code == 0, done.err
    hospital.sync(ward, fhir_server)
    assert (stands(fhir_server)["status"], stands(fhir_server)["assignedArm"]) == (status, "A")
    assert conflicts(ward) == []


def test_an_edit_between_our_read_and_our_write_survives(
    fhir_server: RunningServer, ward: Place, network: Network
) -> None:
    hospital.sync(ward, fhir_server, sink=network.base)
    let_consent_arrive(fhir_server)
    _edit_before_our_update(fhir_server, network, assignedArm="A", extension=[NOTE])
    ran = hospital.sync(ward, fhir_server, sink=network.base)
    assert (ran.code, ran.result["writes"]["updated"], ran.result["writes"]["conflicts"]) == (0, 1, 0)
    assert network.sent.count(("PUT", "ResearchSubject")) == 2
    ours = stands(fhir_server)
    assert (ours["status"], ours["assignedArm"], ours["extension"]) == ("screening", "A", [NOTE])
    assert is_consistent(fhir_server)


def test_an_edit_of_the_status_between_our_read_and_our_write_is_kept_and_reported(
    fhir_server: RunningServer, ward: Place, network: Network
) -> None:
    hospital.sync(ward, fhir_server, sink=network.base)
    let_consent_arrive(fhir_server)
    _edit_before_our_update(fhir_server, network, status="ineligible")
    hospital.sync(ward, fhir_server, sink=network.base)
    assert stands(fhir_server)["status"] == "ineligible"
    assert len(conflicts(ward)) == 1


def test_somebody_who_edits_again_and_again_is_left_to_a_person(
    fhir_server: RunningServer, ward: Place, network: Network
) -> None:
    hospital.sync(ward, fhir_server, sink=network.base)
    let_consent_arrive(fhir_server)

    def rename_the_arm(method: str, _path: str) -> None:
        if method == "PUT":
            edit(fhir_server, assignedArm=f"arm {len(network.sent)}")

    network.before = rename_the_arm
    ran = hospital.sync(ward, fhir_server, sink=network.base)
    assert (ran.code, ran.result["writes"]["conflicts"]) == (1, 1)
    assert stands(fhir_server)["status"] == "potential-candidate"
    assert [item["asked"] for item in conflicts(ward)] == ["changed-meanwhile"]


def _edit_before_our_update(server: RunningServer, network: Network, **changes: Any) -> None:
    def once(method: str, _path: str) -> None:
        if method == "PUT":
            network.before = lambda _method, _path: None
            edit(server, **changes)

    network.before = once


@pytest.mark.parametrize("what", ["ResearchStudy", "ResearchSubject", "Provenance"])
def test_a_create_whose_answer_is_lost_stands_once(
    fhir_server: RunningServer, ward: Place, network: Network, what: str
) -> None:
    network.lose = [("POST", what)]
    ran = hospital.sync(ward, fhir_server, sink=network.base)
    assert (ran.code, network.lose) == (0, [])
    assert {kind: len(hospital.standing(fhir_server, kind)) for kind in hospital.WRITTEN} == {
        "ResearchStudy": 1,
        "ResearchSubject": 1,
        "CarePlan": 0,
        "Provenance": 2,
    }
    assert is_consistent(fhir_server)
    before = hospital.standing(fhir_server)
    hospital.sync(ward, fhir_server, sink=network.base)
    assert hospital.standing(fhir_server) == before


def test_an_update_whose_answer_is_lost_is_made_once(
    fhir_server: RunningServer, ward: Place, network: Network
) -> None:
    hospital.sync(ward, fhir_server, sink=network.base)
    let_consent_arrive(fhir_server)
    network.lose = [("PUT", "ResearchSubject")]
    ran = hospital.sync(ward, fhir_server, sink=network.base)
    assert (ran.code, network.lose) == (0, [])
    assert stands(fhir_server)["status"] == "screening"
    assert network.sent.count(("PUT", "ResearchSubject")) == 1
    assert len(hospital.standing(fhir_server, "Provenance")) == 3
    assert is_consistent(fhir_server)


def test_a_timeout_after_the_server_wrote_ends_the_run_and_the_next_one_finds_the_work_done(
    fhir_server: RunningServer, ward: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every look-up after the lost answer times out too: the run cannot know and says so."""
    transport = UnreliableTransport()
    _connect_through(monkeypatch, transport)
    transport.lose = ["POST"] + ["GET"] * 40
    transport.only_after = "POST"
    ran = hospital.sync(ward, fhir_server)
    assert (ran.code, ran.out) == (3, "")
    assert len(hospital.standing(fhir_server, "ResearchStudy")) == 1
    assert hospital.standing(fhir_server, "ResearchSubject") == {}
    transport.lose = []
    assert hospital.sync(ward, fhir_server).code == 0
    assert {kind: len(hospital.standing(fhir_server, kind)) for kind in hospital.WRITTEN} == {
        "ResearchStudy": 1,
        "ResearchSubject": 1,
        "CarePlan": 0,
        "Provenance": 2,
    }
    assert is_consistent(fhir_server)


def _connect_through(monkeypatch: pytest.MonkeyPatch, transport: UnreliableTransport) -> None:
    clock = FixedClock()
    retry = RetryPolicy(attempts=3, sleep=clock.sleep, clock=clock)
    monkeypatch.setattr(
        bootstrap, "open_connection", lambda _workplace, url: FhirConnection(url, retry=retry, transport=transport)
    )
