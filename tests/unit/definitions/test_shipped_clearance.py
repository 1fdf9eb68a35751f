"""The shipped criteria to receive the cells say what the registry page and the clinical review say, by limit.

A child of five years and 20 kg; 0.5 mg/kg is 10 mg of prednisone. The decision is on 11 March 2026, noon.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from fhir_adapter.definitions.load import load_definitions
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.criterion import Mode
from fhir_adapter.domain.dosing.clearance import derive_clearance
from fhir_adapter.domain.facts import Fact, Finding, Reading
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.records import CriterionResult
from fhir_adapter.domain.source import Completeness, RejectionReason, SubjectId
from tests.builders import (
    ZONE,
    attestation,
    exposure,
    finding,
    patient,
    procedure,
    quantity,
    read_completely,
    refused,
)
from tests.scenes import AS_OF, timeline

READ = tuple(read_completely("MedicationAdministration", "Procedure", "Observation"))
CHILD = patient("2021-03-01")
WEIGHT = finding("body-weight", "20", "kg", at="2026-03-10T07:00", category="vital-signs")


@cache
def trial() -> Trial:
    """Load the first trial once."""
    return load_definitions(hospital="demo", trial="nct07256210").trial


def judged(id_: str, *facts: Fact | Reading | Completeness, infusion: int = 1) -> CriterionResult:
    record = derive_clearance(
        timeline(*facts), trial(), subject=SubjectId("S-1"), infusion=infusion, as_of=AS_OF, zone=ZONE
    )
    return next(each for each in record.criteria if each.id == id_)


def outcome(id_: str, *facts: Fact | Reading | Completeness) -> str:
    result = judged(id_, *facts)
    return result.unknown_reason.value if result.unknown_reason is not None else result.verdict.value


def test_the_criteria_and_the_infusions_they_are_asked_at() -> None:
    asked = [(each.criterion.id, each.infusions, each.criterion.mode) for each in trial().clearance]
    assert asked == [
        ("N1", (1, 2), Mode.AUTO),
        ("N2", (1, 2), Mode.ATTEST),
        ("N3", (2,), Mode.ASSIST),
        ("N4", (1, 2), Mode.AUTO),
    ]


def steroid(drug: str, dose: str, route: str | None = "intravenous", at: str = "2026-03-10T08:00") -> Fact:
    routes = (ConceptId(route),) if route is not None else None
    return exposure(drug, at, dose=quantity(dose, "mg"), route=routes)


def steroids(*facts: Fact | Reading) -> str:
    return outcome("N1", *READ, CHILD, WEIGHT, *facts)


@pytest.mark.parametrize(
    ("drug", "most", "more"),
    [
        ("prednisone", "10", "10.1"),
        ("prednisolone", "10", "10.1"),
        ("methylprednisolone", "8", "8.1"),  # x 1.25
        ("dexamethasone", "1.5", "1.6"),  # x 5/0.75
        ("hydrocortisone", "40", "40.1"),  # x 0.25
        ("betamethasone", "1.2", "1.3"),  # x 5/0.6, the careful reading
        ("cortisone", "50", "50.1"),  # x 0.2
        ("triamcinolone", "8", "8.1"),  # x 1.25
        ("deflazacort", "12", "12.1"),  # x 5/6
    ],
)
def test_each_steroid_counts_by_its_factor(drug: str, most: str, more: str) -> None:
    assert steroids(steroid(drug, most)) == "PASS"
    assert steroids(steroid(drug, more)) == "FAIL"


@pytest.mark.parametrize("route", ["intravenous", "oral", "enteral-tube", "intramuscular", "subcutaneous"])
def test_systemic_routes_count(route: str) -> None:
    assert steroids(steroid("prednisone", "11", route)) == "FAIL"


@pytest.mark.parametrize(
    "route", ["intrathecal", "topical", "inhaled", "nasal", "ophthalmic", "otic", "rectal", "intra-articular"]
)
def test_local_routes_do_not(route: str) -> None:
    assert steroids(steroid("prednisone", "11", route)) == "PASS"


def test_a_route_not_stated_is_asked_for_where_it_decides() -> None:
    assert steroids(steroid("prednisone", "10", None)) == "PASS"
    assert steroids(steroid("prednisone", "11", None)) == "UNMAPPED"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2026-03-08T12:00", "2026-03-09T12:00", "PASS"),
        ("2026-03-08T12:00", "2026-03-09T11:59", "FAIL"),
        ("2026-03-08T11:59", "2026-03-09T11:58", "PASS"),  # the first lies before the 72 hours
    ],
)
def test_every_day_of_the_prior_seventy_two_hours_holds(first: str, second: str, expected: str) -> None:
    assert steroids(steroid("prednisone", "6", at=first), steroid("prednisone", "5", at=second)) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [("2026-03-10T12:00", "PASS"), ("2026-03-10T11:59", "MISSING"), ("2026-03-11T11:00", "PASS")],
)
def test_a_person_may_state_steroids_where_a_dose_is_missing(at: str, expected: str) -> None:
    unstated = exposure("prednisone", "2026-03-10T08:00", route=(ConceptId("oral"),))
    answer = steroids(unstated, attestation("N1", at=at))
    assert answer == ("STALE" if expected == "MISSING" else expected)
    assert steroids(unstated) == "MISSING"


def test_nobody_states_steroids_against_data_or_over_what_cannot_be_read() -> None:
    said = attestation("N1")
    assert steroids(steroid("prednisone", "11"), said) == "FAIL"
    unread = refused(RejectionReason.UNMAPPED_CODE, kind="MedicationAdministration")
    assert steroids(unread, said) == "UNMAPPED"
    assert steroids(steroid("prednisone", "5"), attestation("N1", value=False)) == "CONFLICTING"


def test_a_statement_of_infection_holds_for_a_day() -> None:
    assert outcome("N2", *READ, attestation("N2", at="2026-03-10T12:00")) == "PASS"
    assert outcome("N2", *READ, attestation("N2", at="2026-03-10T11:59")) == "STALE"
    assert outcome("N2", *READ, attestation("N2", value=False)) == "FAIL"
    assert outcome("N2", *READ) == "NEEDS_ATTESTATION"


def flow(litres: str, at: str = "2026-03-11T11:00") -> Finding:
    return finding("inhaled-oxygen-flow", litres, "L/min", at=at, category="vital-signs")


def fraction(percent: str) -> Finding:
    return finding("inhaled-oxygen-concentration", percent, "%", at="2026-03-11T11:00", category="vital-signs")


ROOM_AIR: Any = finding(
    "spo2", "97", "%", at="2026-03-11T11:00", qualifiers=frozenset({"room-air"}), category="vital-signs"
)
HIGH_FLOW = procedure("high-flow-oxygen", "2026-03-10T08:00/", status="in-progress")
VENTILATED = procedure("ventilator-support", "2026-03-10T08:00/", status="in-progress")
CANNULA = procedure("low-flow-oxygen", "2026-03-11T11:30/", status="in-progress")
TODDLER = patient("2024-03-12")  # two years tomorrow
TWO_TODAY = patient("2024-03-11")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((CHILD, flow("5")), "PASS"),
        ((CHILD, flow("5.1")), "FAIL"),
        ((CHILD, ROOM_AIR), "PASS"),
        ((CHILD, fraction("21")), "PASS"),
        ((CHILD,), "MISSING"),
        ((CHILD, flow("2", "2026-03-11T08:00")), "PASS"),
        ((CHILD, flow("2", "2026-03-11T07:59")), "STALE"),
        ((CHILD, VENTILATED, ROOM_AIR), "FAIL"),
        ((CHILD, VENTILATED), "FAIL"),
        ((CHILD, finding("ventilation-mode", answer="", at="2026-03-11T08:00"), ROOM_AIR), "FAIL"),
        ((CHILD, HIGH_FLOW, flow("5"), fraction("39")), "PASS"),
        ((CHILD, HIGH_FLOW, flow("6"), fraction("21")), "FAIL"),
        ((CHILD, HIGH_FLOW, flow("5"), fraction("40")), "FAIL"),
        ((CHILD, HIGH_FLOW, flow("5")), "MISSING"),
        ((TWO_TODAY, HIGH_FLOW, flow("5"), fraction("30")), "PASS"),
        ((TODDLER, HIGH_FLOW, flow("5"), fraction("30")), "FAIL"),
        ((TODDLER, HIGH_FLOW), "FAIL"),
        ((TODDLER, flow("5")), "PASS"),
    ],
)
def test_ventilation_and_oxygen(facts: tuple[Fact, ...], expected: str) -> None:
    assert outcome("N4", *READ, *facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((CANNULA, ROOM_AIR), "MISSING"),
        ((CANNULA, fraction("21")), "MISSING"),
        ((CANNULA, flow("5")), "PASS"),
        ((CANNULA, flow("5.1")), "FAIL"),
        ((CANNULA, flow("0")), "PASS"),
        ((procedure("low-flow-oxygen", "2026-03-11T10:00/2026-03-11T11:59"), ROOM_AIR), "PASS"),
        ((procedure("low-flow-oxygen", "2026-03-11T08:00"), ROOM_AIR), "MISSING"),
        ((procedure("low-flow-oxygen", "2026-03-11T07:59"), ROOM_AIR), "PASS"),
    ],
)
def test_while_oxygen_is_given_by_cannula_room_air_proves_nothing(facts: tuple[Fact, ...], expected: str) -> None:
    assert outcome("N4", *READ, CHILD, *facts) == expected


def test_oxygen_alone_clears_nobody_whose_procedures_were_not_read() -> None:
    assert outcome("N4", CHILD, ROOM_AIR) == "MISSING"
    assert outcome("N4", CHILD, flow("6")) == "FAIL"


@pytest.mark.parametrize(
    ("at", "expected"), [("2026-03-11T08:00", "PASS"), ("2026-03-11T07:59", "STALE"), ("2026-03-11T11:00", "PASS")]
)
def test_a_person_may_state_oxygen_for_four_hours(at: str, expected: str) -> None:
    assert outcome("N4", *READ, CHILD, attestation("N4", at=at)) == expected


def test_nobody_states_oxygen_against_data() -> None:
    assert outcome("N4", *READ, CHILD, flow("6"), attestation("N4", at="2026-03-11T11:00")) == "FAIL"


def test_oxygen_by_cannula_is_shown_to_the_investigator() -> None:
    cannula = procedure("low-flow-oxygen", "2026-03-11T09:00", id_="cannula")
    evidence = judged("N4", *READ, CHILD, flow("2"), cannula).evidence
    assert [each.reference for each in evidence if each.role == "shown"] == ["Procedure/cannula"]


def test_the_exact_factor_of_dexamethasone_is_kept() -> None:
    result = judged("N1", *READ, CHILD, WEIGHT, steroid("dexamethasone", "1.5"))
    assert result.computations[0].result.value == "0.5"
