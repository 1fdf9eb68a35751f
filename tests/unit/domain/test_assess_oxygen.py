"""Supplemental oxygen: at most 5 L/min by the latest record of the last 4 hours (decision 11 March 2026, noon)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Fact, Finding, Reading
from fhir_adapter.domain.queries import FindingQuery, UnknownReason, Window, WindowUnit
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.source import Completeness, RejectionReason
from fhir_adapter.domain.treatment_operators import OxygenSupply
from tests.builders import component, finding, moment, refused
from tests.scenes import ask, causes, limit, query, verdict


def asked(concept: str, **more: Any) -> FindingQuery:
    return query(concept, window=Window(4, WindowUnit.HOUR), latest=True, category="vital-signs", **more)


OXYGEN = OxygenSupply(
    label="oxygen",
    flow=asked("inhaled-oxygen-flow"),
    saturation=asked("spo2", room_air=True),
    fraction=asked("inhaled-oxygen-concentration"),
    limit=limit("<= 5", "L/min"),
)
HIGH_FLOW = replace(OXYGEN, saturation=None, fraction_limit=limit("< 40", "%"))


def flow(litres: str, at: str = "2026-03-11T11:00", unit: str = "L/min", **more: Any) -> Finding:
    return finding("inhaled-oxygen-flow", litres, unit, at=at, **{"category": "vital-signs", **more})


def fraction(percent: str, at: str = "2026-03-11T11:00", unit: str = "%", **more: Any) -> Finding:
    return finding("inhaled-oxygen-concentration", percent, unit, at=at, **{"category": "vital-signs", **more})


def room_air(at: str = "2026-03-11T11:00", **more: Any) -> Finding:
    return finding("spo2", "96", "%", at=at, qualifiers=frozenset({"room-air"}), category="vital-signs", **more)


def saturation(at: str = "2026-03-11T11:00", **more: Any) -> Finding:
    return finding("spo2", "96", "%", at=at, category="vital-signs", **more)


def supply(*given: Fact | Reading | Completeness, node: OxygenSupply = OXYGEN, **more: Any) -> Answer:
    return ask(node, *given, **more)


def outcome(*given: Fact | Reading | Completeness, node: OxygenSupply = OXYGEN) -> str:
    return verdict(supply(*given, node=node))


@pytest.mark.parametrize(
    ("litres", "expected"),
    [
        ("0", "MET"),
        ("5", "MET"),
        ("5.0", "MET"),
        ("5.1", "NOT_MET"),
        ("<5", "MET"),
        ("<=5", "MET"),
        ("<6", "CENSORED"),
        (">5", "NOT_MET"),
        (">=5", "CENSORED"),
        (">4", "CENSORED"),
    ],
)
def test_five_litres_pass_and_more_do_not(litres: str, expected: str) -> None:
    assert outcome(flow(litres)) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (room_air(), "MET"),
        (fraction("21"), "MET"),
        (fraction("21.1"), "MISSING"),
        (fraction("20"), "MET"),
        (fraction("0.21"), "UNIT_UNUSABLE"),  # a fraction sent as percent
        (fraction("100"), "MISSING"),
        (fraction("101"), "UNIT_UNUSABLE"),
        (fraction("21", unit="kPa"), "UNIT_UNUSABLE"),
        (finding("inhaled-oxygen-concentration", answer="", at="2026-03-11T11:00"), "UNMAPPED"),
        (saturation(), "MISSING"),  # says nothing of oxygen
        (saturation(components=(component("inhaled-oxygen-concentration", "21", "%"),)), "MET"),
        (flow("300", unit="mL/min"), "UNIT_UNUSABLE"),
        (finding("inhaled-oxygen-flow", answer="", at="2026-03-11T11:00"), "UNMAPPED"),
        (flow("2", status="preliminary"), "MISSING"),
    ],
)
def test_room_air_is_proven_and_never_assumed(record: Finding, expected: str) -> None:
    assert outcome(record) == expected


def test_without_any_record_oxygen_is_unknown() -> None:
    answer = supply()
    assert verdict(answer) == "MISSING"
    assert answer.next_fact == "oxygen"


@pytest.mark.parametrize(
    ("at", "expected"),
    [("2026-03-11T08:00", "MET"), ("2026-03-11T07:59", "STALE"), ("2026-03-11T12:01", "MISSING")],
)
def test_a_record_is_at_most_four_hours_old(at: str, expected: str) -> None:
    assert outcome(flow("2", at)) == expected
    assert outcome(room_air(at)) == expected
    assert outcome(fraction("21", at)) == expected


def test_an_old_record_is_named_beside_what_is_missing() -> None:
    answer = supply(room_air("2026-03-11T07:59"))
    assert causes(answer) == {"MISSING", "STALE"}
    assert "the last one is of 2026-03-11, too old" in answer.notes


def test_an_old_saturation_of_unknown_supply_is_no_old_record() -> None:
    assert outcome(saturation("2026-03-11T07:59")) == "MISSING"


def test_oxygen_given_now_is_not_called_an_old_record() -> None:
    assert outcome(room_air("2026-03-11T07:59"), fraction("30")) == "MISSING"


def test_a_record_of_a_day_is_no_record_of_an_hour() -> None:
    assert outcome(flow("2", "2026-03-11")) == "PARTIAL_DATE"
    assert outcome(flow("2", "2026-03-11T11:00"), flow("2", "2026-03-11")) == "PARTIAL_DATE"


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((flow("8", "2026-03-11T09:00"), flow("2", "2026-03-11T10:00")), "MET"),
        ((flow("2", "2026-03-11T09:00"), flow("8", "2026-03-11T10:00")), "NOT_MET"),
        ((flow("2"), flow("8", id_="other")), "CONFLICTING"),
        ((flow("2"), flow("3", id_="other")), "MET"),
        ((flow("8", "2026-03-11T09:00"), room_air("2026-03-11T10:00")), "MET"),
        ((room_air("2026-03-11T09:00"), flow("8", "2026-03-11T10:00")), "NOT_MET"),
        ((room_air(), flow("8")), "CONFLICTING"),
        ((flow("8", "2026-03-11T09:00"), fraction("21", "2026-03-11T10:00")), "MET"),
        ((flow("2", "2026-03-11T09:00"), fraction("30", "2026-03-11T10:00")), "MET"),  # the flow is known
        ((room_air("2026-03-11T09:00"), fraction("30", "2026-03-11T10:00")), "MISSING"),
        ((flow("0", "2026-03-11T09:00"), fraction("30", "2026-03-11T10:00")), "MISSING"),
        ((room_air("2026-03-11T09:00"), fraction("30", "2026-03-11T09:00")), "MISSING"),
        ((room_air("2026-03-11T10:00"), fraction("30", "2026-03-11T09:00")), "MET"),
        ((room_air("2026-03-11T09:00"), fraction("0.3", "2026-03-11T10:00")), "UNIT_UNUSABLE"),
        ((flow("2"), flow("300", unit="mL/min", at="2026-03-11T10:00")), "MET"),
        ((flow("2"), flow("300", unit="mL/min")), "UNIT_UNUSABLE"),
        ((room_air("2026-03-11T09:00"), flow("2", "2026-03-11T10:00", contested=True)), "CONFLICTING"),
        ((room_air("2026-03-11T11:00"), flow("2", "2026-03-11T10:00", contested=True)), "MET"),
        ((room_air("2026-03-11T09:00"), fraction("30", "2026-03-11T10:00", contested=True)), "CONFLICTING"),
        ((flow("2", "2026-03-11T09:00"), fraction("30", "2026-03-11T10:00", contested=True)), "MET"),
    ],
)
def test_the_latest_record_decides_and_records_of_one_moment_must_agree(
    records: tuple[Finding, ...], expected: str
) -> None:
    assert outcome(*records) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [("2026-03-11T10:00", "MET"), ("2026-03-11T11:00", "UNIT_UNUSABLE"), (None, "UNIT_UNUSABLE")],
)
def test_a_flow_that_could_not_be_read_stands_in_the_way_of_an_earlier_one(at: str | None, expected: str) -> None:
    unread = refused(RejectionReason.UNKNOWN_UNIT, "inhaled-oxygen-flow", at=at)
    assert outcome(flow("2", "2026-03-11T11:00"), unread) == expected


def test_a_contested_concentration_alone_is_named() -> None:
    contested = supply(fraction("30", contested=True))
    assert causes(contested) == {UnknownReason.CONFLICTING, UnknownReason.MISSING}


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((flow("5"), fraction("39.9")), "MET"),
        ((flow("5"), fraction("40")), "NOT_MET"),  # for the investigator
        ((flow("6"), fraction("21")), "NOT_MET"),
        ((flow("6"),), "NOT_MET"),
        ((flow("5"),), "MISSING"),
        ((fraction("30"),), "MISSING"),
        ((fraction("40"),), "NOT_MET"),
        ((room_air(), fraction("21")), "MISSING"),  # gas flows whatever its oxygen
        ((flow("5"), fraction("0.4")), "UNIT_UNUSABLE"),
        ((flow("5"), fraction("<45")), "CENSORED"),
        ((flow("5"), fraction("30"), fraction("50", id_="other")), "CONFLICTING"),
        ((flow("5"), fraction("50", "2026-03-11T10:00"), fraction("30", "2026-03-11T11:00")), "MET"),
        ((flow("5"), fraction("30", "2026-03-11T10:00"), fraction("30", contested=True)), "CONFLICTING"),
        ((flow("5"), fraction("30", contested=True)), "CONFLICTING"),
        ((flow("5"), fraction("30", "2026-03-11T07:59")), "STALE"),
    ],
)
def test_high_flow_needs_a_flow_and_a_concentration(records: tuple[Finding, ...], expected: str) -> None:
    assert outcome(*records, node=HIGH_FLOW) == expected


def test_what_decides_is_the_evidence() -> None:
    early, late, oxygen = flow("8", "2026-03-11T09:00"), flow("2", id_="late"), fraction("50", id_="oxygen")
    assert [each.reference for each in supply(early, late).evidence] == ["Observation/late"]
    held = supply(early, late, oxygen, node=HIGH_FLOW)
    assert [each.reference for each in held.evidence] == ["Observation/oxygen"]


def test_it_expires_when_the_record_is_too_old() -> None:
    assert supply(flow("2", "2026-03-11T09:00")).expires == moment("2026-03-11T13:00:00.000001").instant


def test_an_unmapped_result_of_another_kind_is_no_excuse() -> None:
    unmapped = refused(RejectionReason.UNMAPPED_CODE, at="2026-03-11T11:00", category="laboratory")
    assert outcome(unmapped) == "MISSING"
    vital = refused(RejectionReason.UNMAPPED_CODE, at="2026-03-11T11:00", category="vital-signs")
    assert outcome(vital) == "UNMAPPED"


def test_concepts_are_those_of_the_query() -> None:
    other = replace(flow("2"), concepts=(ConceptId("another-flow"),))
    assert outcome(other) == "MISSING"
