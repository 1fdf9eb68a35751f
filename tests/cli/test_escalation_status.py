"""`escalation status` and `escalation decide` at the terminal: exit codes and where words go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.gateways.store.store import open_store
from fhir_adapter.ports.rows import Derivation
from tests.cli.treated import TRIAL, treat
from tests.cohorts import KINDS
from tests.command import Place
from tests.stored_safety import safety
from tests.treatment_records import a_course

BY = ("--by", "dr-weber", "--reason", "seen and checked")


def observe(place: Place, patient: str, kind: str, level: int) -> None:
    """Keep a treatment and a safety record of one kind for a patient."""
    subject = treat(place, patient, replace(a_course(), level=level))
    store = open_store(f"sqlite:///{place.folder / 'store.db'}")
    try:
        row = next(each for each in store.records.subjects(TRIAL) if each.subject == subject)
        record = safety(subject=subject, trial=TRIAL, events=(), syndromes=(), results=())
        limiting = replace(
            record.dose_limiting, level=level, **{"replaced": False, "withheld": False} | KINDS[kind]
        )
        derivation = Derivation(row=row, record=None, safety=replace(record, dose_limiting=limiting))
        store.records.commit("hand", derivation, at=record.as_of)
    finally:
        store.close()


@pytest.fixture
def toxic(read_ward: Place) -> Place:
    """A ward with two toxicities at level 1."""
    for patient in ("Patient/aml-boy-7", "Patient/alt-above"):
        observe(read_ward, patient, "T", 1)
    return read_ward


def test_a_decision_against_the_rule_is_refused_with_exit_6_and_nothing_on_stdout(toxic: Place) -> None:
    ran = toxic.run("escalation", "decide", "ENROL", "--level", "1", *BY)
    assert (ran.code, ran.out) == (6, "")
    assert "level 1 is too toxic; the rule proposes DE_ESCALATE level 0" in ran.err


def test_somebody_without_the_role_is_refused(toxic: Place) -> None:
    ran = toxic.run("escalation", "decide", "WAIT", "--by", "p-kowalska", "--reason", "seen")
    assert ran.code == 6
    assert "it takes one of: pi" in ran.err


def test_an_action_there_is_not_and_a_time_ahead_are_mistakes_of_use(toxic: Place) -> None:
    assert toxic.run("escalation", "decide", "GO", *BY).code == 2
    assert toxic.run("escalation", "decide", "WAIT", *BY, "--date", "2200-01-01").code == 2


def test_two_toxicities_at_the_lowest_level_are_told_on_both_streams(toxic: Place) -> None:
    down = toxic.run("escalation", "decide", "DE_ESCALATE", "--level", "0", *BY, "--date", "2026-04-20")
    assert (down.code, "DE_ESCALATE level 0  recorded as ED-" in down.out) == (0, True)
    for patient in ("Patient/consent-none", "Patient/alt-masked"):
        observe(toxic, patient, "T", 0)
    ran = toxic.run("escalation", "status")
    assert ran.code == 0
    assert "STOP THE STUDY: " in ran.err
    assert "STOP THE STUDY" in ran.out
    assert "proposal: STOP_STUDY" in ran.out


def test_the_board_shows_everybody_on_demand(toxic: Place) -> None:
    assert len(toxic.run("escalation", "status", "--all", "--format", "json").result["board"]) == 2


def test_an_infusion_waits_while_the_cohort_holds_its_level(toxic: Place) -> None:
    asked = (
        "clearance",
        "Patient/consent-none",
        "--infusion",
        "1",
        "--as-of",
        "2026-03-11T12:00",
        "--format",
        "json",
    )
    held = toxic.run(*asked).result
    assert held["verdict"] == "HOLD"
    assert [(each["id"], each["verdict"]) for each in held["criteria"]][-1] == ("cohort-hold", "FAIL")
    assert held["criteria"][-1]["text"] == "No hold of the cohort's dose level."
    toxic.run("escalation", "decide", "DE_ESCALATE", "--level", "0", *BY)
    assert "cohort-hold" not in [each["id"] for each in toxic.run(*asked).result["criteria"]]
