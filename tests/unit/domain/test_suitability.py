from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.operators import Compare
from tests.builders import component, exposure, finding, specimen
from tests.scenes import ask, days, limit, lvef, lvef_value, outcome, query

MRD_QUERY = {"methods": (ConceptId("flow"),), "specimens": (ConceptId("marrow"),)}


class TestMethodAndSpecimen:
    node = Compare(query=query("mrd", window=days(28), **MRD_QUERY), limit=limit("> 0.01", "%"))

    def mrd(self, **more: Any) -> Fact:
        kind = {"method": (ConceptId("flow"),), "specimen": (ConceptId("marrow"),), **more}
        return finding("mrd", "0.05", "%", **kind)

    def test_the_right_method_and_specimen_count(self) -> None:
        assert outcome(self.mrd(), node=self.node) == "MET"

    @pytest.mark.parametrize(
        "wrong",
        [{"method": None}, {"method": ()}, {"specimen": None}, {"specimen": ()}, {"method": (ConceptId("pcr"),)}],
    )
    def test_anything_else_alone_is_unmapped(self, wrong: dict[str, Any]) -> None:
        assert outcome(self.mrd(**wrong), node=self.node) == "UNMAPPED"

    def test_a_method_that_is_not_mapped_may_be_the_latest_but_another_one_is_not(self) -> None:
        later = {"at": "2026-03-10T08:00"}
        assert outcome(self.mrd(), self.mrd(method=(), **later), node=self.node) == "UNMAPPED"
        assert outcome(self.mrd(), self.mrd(method=(ConceptId("pcr"),), **later), node=self.node) == "MET"

    def test_the_specimens_own_resource_is_evidence(self) -> None:
        answer = ask(self.node, self.mrd(specimen=None, specimen_reference="Specimen/s"), specimen("s", "marrow"))
        assert [each.reference for each in answer.evidence if each.role == "specimen"] == ["Specimen/s"]


class TestRoomAir:
    node = Compare(query=query("spo2", room_air=True), limit=limit(">= 92", "%"))

    @pytest.mark.parametrize(
        ("components", "expected"),
        [
            ([], "MISSING"),
            ([("inhaled-oxygen-concentration", "21", "%")], "MET"),
            ([("inhaled-oxygen-concentration", "0.21", "1")], "MET"),
            ([("inhaled-oxygen-concentration", "21.1", "%")], "MISSING"),
            ([("inhaled-oxygen-concentration", "20", "%")], "MET"),
            ([("inhaled-oxygen-concentration", "0.40", "%")], "MISSING"),
            ([("inhaled-oxygen-concentration", "19.9", "%")], "MISSING"),
            ([("inhaled-oxygen-concentration", "0.199", "1")], "MISSING"),
            ([("inhaled-oxygen-concentration", "<=21", "%")], "MET"),
            ([("inhaled-oxygen-concentration", "21", "kPa")], "MISSING"),
            ([("inhaled-oxygen-concentration", None, None)], "MISSING"),
            ([("inhaled-oxygen-concentration", "NaN", "%")], "MISSING"),
            ([("inhaled-oxygen-flow", "0", "L/min")], "MISSING"),
            ([("inhaled-oxygen-flow", "0", "L/min"), ("inhaled-oxygen-concentration", "21", "%")], "MET"),
            ([("inhaled-oxygen-flow", "0.5", "L/min"), ("inhaled-oxygen-concentration", "21", "%")], "MISSING"),
            ([("inhaled-oxygen-flow", None, None), ("inhaled-oxygen-concentration", "21", "%")], "MISSING"),
        ],
    )
    def test_room_air_must_be_proven(self, components: list[tuple[str, str, str]], expected: str) -> None:
        parts = tuple(component(*each) for each in components)
        assert outcome(finding("spo2", "97", "%", components=parts), node=self.node) == expected

    def test_a_code_that_says_so_proves_it_unless_oxygen_was_given(self) -> None:
        said = finding("spo2", "97", "%", qualifiers=frozenset({"room-air"}))
        assert outcome(said, node=self.node) == "MET"
        given = replace(said, components=(component("inhaled-oxygen-flow", "2", "L/min"),))
        assert outcome(given, node=self.node) == "MISSING"

    def test_an_unknown_supply_asks_for_it(self) -> None:
        assert ask(self.node, finding("spo2", "97", "%")).next_fact == "oxygen supply beside spo2"

    @pytest.mark.parametrize(
        ("later", "oxygen", "expected"),
        [("84", None, "MISSING"), ("84", "2", "MISSING"), ("92", None, "MET"), ("92", "2", "MET")],
    )
    def test_a_later_low_value_stands_in_the_way_whatever_oxygen_was_breathed(
        self, later: str, oxygen: str | None, expected: str
    ) -> None:
        proven = finding("spo2", "96", "%", qualifiers=frozenset({"room-air"}))
        parts = (component("inhaled-oxygen-flow", oxygen, "L/min"),) if oxygen else ()
        after = finding("spo2", later, "%", at="2026-03-10T08:00", components=parts)
        assert outcome(proven, after, node=self.node) == expected


class TestAfterTreatment:
    node = lvef(after_last=(ConceptId("anthracycline"),))

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ("2026-03-08T08:00", "MET"),
            ("2026-03-09T08:00", "STALE"),  # at the same moment
            ("2026-03-09T07:59", "MET"),
            ("2026-03-09", "STALE"),  # the same day: the order is not known
            ("2026-03-10T08:00", "STALE"),
            ("2026-03-12T08:00", "MET"),  # after the anchor
            ("2026-03", "PARTIAL_DATE"),
            ("2026-02", "MET"),
            (None, "PARTIAL_DATE"),
        ],
    )
    def test_a_value_counts_only_after_the_last_dose(self, given: str | None, expected: str) -> None:
        assert outcome(lvef_value("60"), exposure("anthracycline", given), node=self.node) == expected

    def test_a_dose_not_given_does_not_matter_and_a_contested_one_conflicts(self) -> None:
        late = "2026-03-10T08:00"
        assert (
            outcome(lvef_value("60"), exposure("anthracycline", late, status="not-done"), node=self.node) == "MET"
        )
        assert (
            outcome(lvef_value("60"), exposure("anthracycline", late, contested=True), node=self.node)
            == "CONFLICTING"
        )

    @pytest.mark.parametrize(
        ("status", "given", "expected"),
        [
            ("completed", "2026-03-05T08:00/2026-03-09T07:59", "MET"),
            ("completed", "2026-03-05T08:00/2026-03-10T08:00", "STALE"),  # in the middle of the course
            ("completed", "2026-03-05T08:00/2026-03", "PARTIAL_DATE"),
            ("completed", "2026-03-05T08:00/", "MET"),
            ("in-progress", "2026-03-05T08:00/", "PARTIAL_DATE"),  # it may still be going on
            ("on-hold", "2026-03-05T08:00/", "PARTIAL_DATE"),
            ("unknown", "2026-03-10T08:00", "UNMAPPED"),  # nobody knows whether it was given
            ("unknown", "2026-03-05T08:00", "MET"),
        ],
    )
    def test_a_course_counts_to_its_end(self, status: str, given: str, expected: str) -> None:
        course = exposure("anthracycline", given, status=status)
        assert outcome(lvef_value("60"), course, node=self.node) == expected

    def test_an_undated_value_is_judged_by_its_date_first(self) -> None:
        assert outcome(lvef_value("60", None), exposure("anthracycline"), node=self.node) == "PARTIAL_DATE"


def test_a_method_not_accepted_is_unmapped_when_seen_alone() -> None:
    node = lvef(unaccepted=(ConceptId("fs"),))
    assert outcome(finding("fs", "30", "%"), node=node) == "UNMAPPED"
    assert outcome(finding("fs", "30", "%"), lvef_value("60"), node=node) == "MET"
    for other in (finding("fs", "30", "%", at="2025-01-01"), finding("fs", "30", "%", status="preliminary")):
        assert outcome(other, node=node) == "MISSING"
    assert outcome(finding("fs", "30", "%", at=None), node=node) == "MISSING"
