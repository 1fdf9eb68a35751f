"""Nothing of a patient in any log, error or output, but where a person asks about that patient by name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fhir_adapter import bootstrap
from fhir_adapter.gateways import folder_sink
from fhir_adapter.gateways.fhir_http import FhirConnection
from fhir_adapter.gateways.retry import RetryPolicy
from tests.command import Place, Ran
from tests.fakes.fake_hospital import BASE, FakeHospital, Fault
from tests.fakes.fixed_clock import FixedClock
from tests.robustness import canary
from tests.robustness.canary_commands import AS_OF, BY, COMMANDS, REFUSED
from tests.robustness.canary_ward import Records, check, hold


def test_a_run_that_succeeds_says_nothing_of_the_patient(place: Place, logged: Records) -> None:
    for write in ((), ("--write",), ("--write", "--format", "json")):
        check(place.sync("--sink", "sink", *write), logged, code=0)
    assert any("run finished" in text for text in logged.texts)
    assert any("resource written" in text for text in logged.texts)


@pytest.mark.parametrize("command", COMMANDS, ids=range(len(COMMANDS)))
def test_no_other_command_says_anything_of_the_patient(
    place: Place, logged: Records, command: tuple[str, ...]
) -> None:
    hold(place, [*canary.bodies(), *canary.broken()])
    place.sync("--sink", "sink", "--write")
    check(place.run(*command), logged, code=0)


@pytest.mark.parametrize(("code", "command"), REFUSED)
def test_a_refusal_says_nothing_of_the_patient(
    place: Place, logged: Records, code: int, command: tuple[str, ...]
) -> None:
    place.sync()
    asked = [word for word in command if "QX7CANARY" in word and "/" not in word]
    ran = place.run(*command)
    assert ran.code == code, ran.err
    said = [ran.err.replace(word, "") for word in asked] or [ran.err]
    assert canary.leaks([*said, *logged.texts, ran.out]) == []


@pytest.mark.parametrize(
    "command", [("explain", f"Patient/{canary.PATIENT}"), ("subjects",), ("subjects", "--needs")]
)
def test_who_asks_about_the_patient_is_told_on_stdout_alone(
    place: Place, logged: Records, command: tuple[str, ...]
) -> None:
    hold(place, [*canary.bodies(), *canary.broken()])
    place.sync()
    ran = place.run(*command)
    check(ran, logged, code=0, out=False)
    assert canary.PATIENT in ran.out


def test_treatment_and_safety_of_the_whole_study_say_nothing_of_the_patient(place: Place, logged: Records) -> None:
    hold(place, [*canary.bodies(), *canary.broken(), *canary.happened()])
    place.sync()
    asked = f"Patient/{canary.PATIENT}"
    check(place.run("attest", asked, "dose-level", "1", *BY), logged, code=0)
    for command in (("dosing",), ("dosing", "--format", "json"), ("feasibility",), ("deviations",), ("dlt",)):
        check(place.run(*command), logged, code=0)
    judge(place, logged)
    for asking in (("plan", asked), ("clearance", asked, "--infusion", "1"), ("safety", asked)):
        check(place.run(*asking), logged, code=0, out=False)
    for told in (
        ("adverse-events",),
        ("adverse-events", "--fhir"),
    ):  # a report may be called by the hospital's words
        ran = place.run(*told)
        check(ran, logged, code=0, out=False)
        assert "Sepsis" in ran.out


def judge(place: Place, logged: Records) -> None:
    """Judge an event the hospital reported, after two answers that are refused."""
    listed = place.run("review", "list", "--format", "json")
    check(listed, logged, code=0)
    item = next(each["id"] for each in listed.result if each["details"].get("term") == "Sepsis")
    answer = ("--set", "serious=no", "--set", "relatedness=possible")
    check(place.run("review", "accept", item, *BY), logged, code=6)
    check(place.run("review", "decide", item, *answer, "--set", "QX7=1", *BY), logged, code=6)
    check(place.run("review", "decide", item, *answer, *BY), logged, code=0)


def test_who_answers_about_the_patient_is_told_on_stdout_alone(place: Place, logged: Records) -> None:
    place.sync()
    (item,) = place.run("review", "list", "--format", "json").result
    for command in (("show", item["id"]), ("accept", item["id"], *BY, *AS_OF)):
        check(place.run("review", *command), logged, code=0, out=False)


def test_rejections_repeat_nothing_of_what_they_reject(place: Place, logged: Records) -> None:
    hold(place, [*canary.bodies(), *canary.broken()])
    check(place.sync("--sink", "sink", "--write"), logged, code=0)
    listed = place.run("rejections", "--format", "json")
    check(listed, logged, code=0)
    assert len(listed.result) >= len(canary.broken())


def test_a_patient_who_cannot_be_read_is_not_named_either(place: Place, logged: Records) -> None:
    hold(place, [body for body in canary.bodies() if body["resourceType"] != "Patient"] + [canary.broken_person()])
    place.write_mappings(more="rejection_budget: 0.01\n")
    check(place.sync("--sink", "sink", "--write", "--validate-full"), logged, code=1)
    check(place.run("rejections"), logged, code=0)


def test_what_identifies_the_patient_stands_in_the_identity_tables_alone(place: Place) -> None:
    hold(place, [*canary.bodies(), *canary.broken()])
    place.sync("--sink", "sink", "--write")
    with sqlite3.connect(place.folder / "store.db") as store:
        tables = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        held = {
            name: "\n".join(str(row) for row in store.execute(f'SELECT * FROM "{name}"'))  # noqa: S608
            for name in tables
        }
    store.close()
    known_nowhere = [
        "-family",
        "-given",
        "street",
        "@mail",
        "555",
        "mother",
        "narrative",
        "note",
        "photo",
        "doctor",
    ]
    for secret in known_nowhere:
        assert [name for name, rows in held.items() if f"QX7CANARY{secret}".lower() in rows.lower()] == [], secret
    stands = {
        secret: {name for name, rows in held.items() if secret in rows}
        for secret in (canary.NUMBER, canary.BORN, canary.PATIENT)
    }
    assert stands == {
        canary.NUMBER: {"identity"},
        canary.BORN: {"identity"},
        canary.PATIENT: {"identity", "intent", "receipt"},  # what is written names the patient it is about
    }


def serve(place: Place, monkeypatch: pytest.MonkeyPatch, *faults: Fault) -> FakeHospital:
    """Let the ward have a server that holds the canary patient and misbehaves."""
    hospital = FakeHospital(faults=list(faults))
    hospital.add(*canary.bodies())
    clock = FixedClock()
    retry = RetryPolicy(attempts=3, sleep=clock.sleep, clock=clock)
    monkeypatch.setattr(
        bootstrap,
        "open_connection",
        lambda _workplace, url: FhirConnection(url, retry=retry, transport=hospital.transport),
    )
    return hospital


def talk(place: Place) -> Ran:
    """Sync the server into itself."""
    return place.run("sync", "--source", BASE, "--sink", BASE, "--all", "--write", *AS_OF)


CHATTER = json.dumps({
    "resourceType": "OperationOutcome",
    "issue": [
        {"severity": "error", "code": "invalid", "diagnostics": "QX7CANARY", "details": {"text": "QX7CANARY"}}
    ],
}).encode()


STATUSES = (400, 401, 403, 404, 409, 410, 412, 422, 500, 503)
PLACES = (("GET", "Observation"), ("GET", "Patient"), ("POST", "ResearchSubject"))
QUICK = {(400, PLACES[0]), (422, PLACES[2]), (412, PLACES[2]), (500, PLACES[1])}


@pytest.mark.parametrize(
    ("status", "where"),
    [
        pytest.param(status, where, marks=[] if (status, where) in QUICK else pytest.mark.slow)
        for status in STATUSES
        for where in PLACES
    ],
)
def test_a_server_that_repeats_the_patient_in_its_refusal_is_not_repeated(
    place: Place, logged: Records, monkeypatch: pytest.MonkeyPatch, status: int, where: tuple[str, str]
) -> None:
    method, path = where
    serve(place, monkeypatch, *(Fault(method=method, path=path, status=status, body=CHATTER) for _ in range(9)))
    ran = talk(place)
    assert ran.code in {0, 1, 3}
    assert canary.leaks([ran.out, ran.err, *logged.texts]) == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path="Observation", status=200, body=b"<html>QX7CANARY</html>", content_type="text/html"),
        Fault(path="Observation", status=200, body=b'{"resourceType":"Bundle","entry":[{"QX7CANARY'),
        Fault(path="Observation", status=302, headers={"Location": "https://elsewhere.example/QX7CANARY"}),
        Fault(path="Observation", error=httpx.ConnectError),
        Fault(method="POST", path="ResearchSubject", error=httpx.ReadTimeout, lost=True),
    ],
    ids=["a page", "half an answer", "a redirect", "no connection", "a lost answer"],
)
def test_an_odd_answer_is_not_repeated(
    place: Place, logged: Records, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    serve(place, monkeypatch, *[fault] * 9)
    ran = talk(place)
    assert canary.leaks([ran.out, ran.err, *logged.texts]) == []


def test_a_conflict_says_nothing_of_the_patient(
    place: Place, logged: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital = serve(place, monkeypatch)
    check(talk(place), logged, code=0)
    (subject,) = hospital.held("ResearchSubject")
    hospital.put({
        **subject,
        "status": "on-study",
        "assignedArm": "QX7CANARY arm",
        "individual": {"display": "QX7CANARY"},
    })
    place.run("subject", "move", f"Patient/{canary.PATIENT}", "--to", "ineligible", *BY, *AS_OF)
    check(place.run("sync", "--source", BASE, "--sink", BASE, "--all", *AS_OF), logged, code=0)
    check(talk(place), logged, code=0)
    (item,) = [
        each for each in place.run("review", "list", "--format", "json").result if each["kind"] == "write-conflict"
    ]
    assert canary.leaks([json.dumps(item)]) == []


def fail(*_: object, **__: object) -> Any:
    raise RuntimeError("QX7CANARY in an exception")


CRASHES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "reading": lambda patch: patch.setattr("fhir_adapter.sync.extract.read_resource", fail),
    "storing": lambda patch: patch.setattr("fhir_adapter.gateways.store.facts.SqlFactStore.save_readings", fail),
    "deriving": lambda patch: patch.setattr("fhir_adapter.sync.derive.derive_eligibility", fail),
    "writing": lambda patch: patch.setattr(folder_sink.FolderSink, "create", fail),
    "printing": lambda patch: patch.setattr("fhir_adapter.cli.sync.render_sync", fail),
}


@pytest.mark.parametrize("where", sorted(CRASHES))
def test_a_crash_says_nothing_of_the_patient(
    place: Place, logged: Records, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    CRASHES[where](monkeypatch)
    ran = place.sync("--sink", "sink", "--write")
    check(ran, logged, code=4)
    assert "internal error RuntimeError" in ran.err


def test_a_damaged_store_says_nothing_of_the_patient(place: Place, logged: Records) -> None:
    place.sync("--sink", "sink", "--write")
    with sqlite3.connect(place.folder / "store.db") as store:
        store.execute("DROP TABLE rejection")
    store.close()
    ran = place.sync("--sink", "sink", "--write")
    assert ran.code in {2, 4}
    assert canary.leaks([ran.out, ran.err, *logged.texts]) == []


def test_a_process_of_its_own_says_nothing_either(place: Place) -> None:
    hold(place, [*canary.bodies(), *canary.broken(), canary.broken_person()])
    synced = place.start("sync", "--source", "export", *AS_OF, "--sink", "sink", "--write")
    listed = place.start("rejections")
    assert "RUN_FINISHED" in synced.err
    assert "INVALID_RESOURCE" in listed.out
    assert canary.leaks([synced.out, synced.err, listed.out, listed.err]) == []
