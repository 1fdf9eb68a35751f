"""Ventilation at the moment of the decision: 11 March 2026, noon. A note without an end counts for 4 hours."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.operators import Not
from fhir_adapter.domain.queries import Window, WindowUnit
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.source import Completeness, RejectionReason
from fhir_adapter.domain.treatment_operators import UnderWay
from tests.builders import finding, moment, procedure, receipt, refused
from tests.scenes import ask, verdict

VENTILATED = UnderWay(
    label="ventilator support",
    concepts=(ConceptId("ventilator-support"), ConceptId("cpap")),
    within=Window(4, WindowUnit.HOUR),
    shown_by=(ConceptId("ventilation-mode"),),
)
READ = receipt("Procedure")


def outcome(*given: Fact | Reading | Completeness, node: UnderWay = VENTILATED, **more: Any) -> str:
    return verdict(ask(node, READ, *given, **more))


def ventilation(at: str | None, status: str = "completed", **more: Any) -> Fact:
    return procedure("ventilator-support", at, status=status, **more)


@pytest.mark.parametrize(
    ("at", "status", "expected"),
    [
        ("2026-03-10T08:00/2026-03-11T12:00", "completed", "MET"),  # ends at the decision
        ("2026-03-10T08:00/2026-03-11T11:59", "completed", "NOT_MET"),
        ("2026-03-10T08:00/2026-03-11T13:00", "completed", "MET"),
        ("2026-03-10T08:00/2026-03-11", "completed", "PARTIAL_DATE"),
        ("2026-03-10T08:00/2026-03-10", "completed", "NOT_MET"),
        ("2026-03-11/2026-03-11T13:00", "completed", "PARTIAL_DATE"),  # begun today, perhaps later
        ("/2026-03-11T13:00", "completed", "PARTIAL_DATE"),
        ("/2026-03-10T13:00", "completed", "NOT_MET"),
        ("2026-03-11T12:01/2026-03-11T13:00", "completed", "NOT_MET"),  # later
        ("2026-03-01T08:00/", "in-progress", "MET"),
        ("2026-03-01T08:00/2026-03-02T08:00", "in-progress", "MET"),  # said to be going on
        ("2026-03-01T08:00/", "on-hold", "MET"),
        ("2026-03-01T08:00", "in-progress", "MET"),
        ("2026-03-11", "in-progress", "PARTIAL_DATE"),
        (None, "in-progress", "PARTIAL_DATE"),
        ("2026-03-01T08:00/", "unknown", "UNMAPPED"),
        ("2026-03-11/", "unknown", "UNMAPPED"),
        ("2026-03-11T11:00", "unknown", "UNMAPPED"),
        ("2026-03-11T08:00/", "completed", "MET"),
        ("2026-03-11T07:59/", "completed", "NOT_MET"),
        ("2026-03-11T08:00", "completed", "MET"),  # exactly 4 h ago
        ("2026-03-11T07:59", "completed", "NOT_MET"),
        ("2026-03-11T08:00", "stopped", "MET"),
        ("2026-03-11", "completed", "PARTIAL_DATE"),
        ("2026-03-10", "completed", "NOT_MET"),
        (None, "completed", "PARTIAL_DATE"),
        ("2026-03-11T11:00", "not-done", "NOT_MET"),
        ("2026-03-11T11:00", "preparation", "NOT_MET"),
    ],
)
def test_support_goes_on_where_its_time_covers_the_decision(at: str | None, status: str, expected: str) -> None:
    assert outcome(ventilation(at, status)) == expected


def test_cpap_at_home_is_support() -> None:
    assert outcome(procedure("cpap", "2025-01-01/", status="in-progress")) == "MET"


def test_contested_contents_leave_it_open() -> None:
    assert outcome(ventilation("2026-03-11T11:00", contested=True)) == "CONFLICTING"
    assert outcome(ventilation("2026-03-01T11:00", contested=True)) == "NOT_MET"


def test_one_procedure_under_two_concepts_is_cited_once() -> None:
    both = procedure("ventilator-support", "2026-03-11T11:00", concepts=VENTILATED.concepts)
    answer = ask(VENTILATED, READ, both)
    assert [each.reference for each in answer.evidence] == ["Procedure/ventilator-support-2026-03-11T11:00"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (finding("ventilation-mode", answer="simv", at="2026-03-11T08:00"), "MET"),
        (finding("ventilation-mode", answer="", at="2026-03-11T08:00"), "MET"),  # whatever the mode
        (finding("ventilation-mode", answer="simv", at="2026-03-11T07:59"), "NOT_MET"),
        (finding("ventilation-mode", answer="simv", at="2026-03-11T12:01"), "NOT_MET"),
        (finding("ventilation-mode", answer="simv", at="2026-03-11"), "PARTIAL_DATE"),
        (finding("ventilation-mode", answer="simv", at=None), "PARTIAL_DATE"),
        (finding("ventilation-mode", answer="simv", at="2026-03-11T09:00", status="preliminary"), "MISSING"),
        (finding("ventilation-mode", answer="simv", at="2026-03-11T09:00", contested=True), "CONFLICTING"),
        (refused(RejectionReason.UNSUPPORTED_VALUE, "ventilation-mode", at="2026-03-11T09:00"), "UNMAPPED"),
        (refused(RejectionReason.UNSUPPORTED_VALUE, "ventilation-mode", at="2026-03-11T07:00"), "NOT_MET"),
        (refused(RejectionReason.UNSUPPORTED_VALUE, "ventilation-mode", at=None), "UNMAPPED"),
        (
            refused(
                RejectionReason.VALUE_ABSENT, "ventilation-mode", at="2026-03-11T09:00", detail="not-performed"
            ),
            "NOT_MET",
        ),
        (refused(RejectionReason.WRONG_PATIENT, "ventilation-mode", at="2026-03-11T09:00"), "NOT_MET"),
        (receipt("Observation", hidden=True), "HIDDEN"),
    ],
)
def test_a_mode_set_on_a_ventilator_shows_support(mode: Fact | Reading | Completeness, expected: str) -> None:
    assert outcome(mode) == expected


def test_without_findings_that_show_it_results_withheld_do_no_harm() -> None:
    procedures_only = UnderWay(label="", concepts=VENTILATED.concepts, within=VENTILATED.within)
    assert outcome(receipt("Observation", hidden=True), node=procedures_only) == "NOT_MET"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), "MISSING"),
        ((receipt("Procedure", complete=False),), "MISSING"),
        ((receipt("Procedure", hidden=True),), "HIDDEN"),
        ((READ, refused(RejectionReason.UNMAPPED_CODE, kind="Procedure", at="2026-03-11T08:00")), "UNMAPPED"),
        ((READ, refused(RejectionReason.UNMAPPED_CODE, kind="Procedure", at="2026-03-11T07:59")), "NOT_MET"),
        ((READ, refused(RejectionReason.UNMAPPED_CODE, kind="Procedure", at="2026-03-01T08:00/")), "UNMAPPED"),
        ((READ,), "NOT_MET"),
    ],
)
def test_silence_is_no_breathing_by_oneself(given: tuple[Reading | Completeness, ...], expected: str) -> None:
    assert verdict(ask(VENTILATED, *given)) == expected


def test_the_receipt_and_what_is_over_are_the_evidence() -> None:
    answer = ask(VENTILATED, READ, ventilation("2026-03-10T08:00/2026-03-11T11:00"))
    assert [each.role for each in answer.evidence] == ["value", "receipt"]


def expiry(*given: Fact) -> Answer:
    return ask(VENTILATED, READ, *given)


def test_it_expires_when_the_note_is_too_old_or_the_period_ends() -> None:
    noted = expiry(ventilation("2026-03-11T09:00"))
    ending = expiry(ventilation("2026-03-11T09:00/2026-03-11T14:00"))
    shown = expiry(finding("ventilation-mode", answer="simv", at="2026-03-11T10:00"))
    after = [moment(f"2026-03-11T{hour}:00:00.000001").instant for hour in (13, 14, 14)]
    assert [noted.expires, ending.expires, shown.expires] == after
    assert expiry(ventilation("2026-03-01T09:00/", "in-progress")).expires is None


def test_judged_for_a_planned_day_nothing_expires() -> None:
    assert ask(VENTILATED, READ, ventilation("2026-03-11T09:00"), planned="2026-03-11").expires is None


def test_no_ventilator_support_is_its_opposite() -> None:
    assert verdict(ask(Not(of=VENTILATED), READ)) == "MET"
