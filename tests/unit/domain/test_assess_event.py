from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.operators import Absence, EventSource, EventWithin
from fhir_adapter.domain.queries import Window, WindowUnit
from fhir_adapter.domain.source import RejectionReason
from tests.builders import (
    ZONE,
    cell_product,
    diagnosis,
    exposure,
    moment,
    procedure,
    product,
    read_completely,
    reading,
    receipt,
    refused,
    source,
)
from tests.scenes import ask, outcome, verdict

READ = read_completely("Procedure", "MedicationAdministration")


def therapy(**more: Any) -> EventWithin:
    """Cellular therapy less than 4 months before the anchor (as_of: 11 March 2026)."""
    kept = {
        "concepts": (ConceptId("cells"),),
        "sources": (EventSource.INTERVENTION, EventSource.EXPOSURE),
        "within": Window(4, WindowUnit.MONTH),
        "undated": (ConceptId("status"),),
        **more,
    }
    return EventWithin(label="cellular therapy", **kept)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2025-11-11", "NOT_MET"),  # exactly 4 months
        ("2025-11-11T23:59", "NOT_MET"),
        ("2025-11-12", "MET"),
        ("2026-03-11", "MET"),
        ("2026-03-11T12:01", "NOT_MET"),  # after the anchor
        ("2025-11", "PARTIAL_DATE"),
        ("2025-12", "MET"),
        ("2025-10", "NOT_MET"),
        ("2024", "NOT_MET"),
        ("2026-03", "MET"),
        (None, "PARTIAL_DATE"),
        ("2025-10-01/2025-11-12", "MET"),  # from its end
        ("2025-10-01/2025-11-11", "NOT_MET"),
        ("2025-10-01/2026-03-12", "MET"),  # under way
        ("2025-10-01/", "NOT_MET"),
    ],
)
@pytest.mark.parametrize("build", [procedure, exposure])
def test_events_less_than_four_months_ago(build: Any, when: str | None, expected: str) -> None:
    assert outcome(build("cells", when), *READ, node=therapy()) == expected


@pytest.mark.parametrize(("when", "expected"), [("2026-03-08T12:00", "NOT_MET"), ("2026-03-08T12:01", "MET")])
def test_hours_are_exact_and_exactly_that_long_ago_does_not_count(when: str, expected: str) -> None:
    node = therapy(within=Window(72, WindowUnit.HOUR))
    assert outcome(procedure("cells", when), *READ, node=node) == expected


@pytest.mark.parametrize(("when", "expected"), [("2026-03-01", "NOT_MET"), ("2026-03-02", "MET")])
def test_days_exactly_that_long_ago_do_not_count(when: str, expected: str) -> None:
    node = therapy(within=Window(10, WindowUnit.DAY))
    assert outcome(procedure("cells", when), *READ, node=node) == expected


def test_without_events_the_receipts_are_the_evidence() -> None:
    answer = ask(therapy(), *READ)
    assert verdict(answer) == "NOT_MET"
    assert [each.path for each in answer.evidence] == ["MedicationAdministration", "Procedure"]


def test_an_older_event_is_cited_beside_the_receipts() -> None:
    answer = ask(therapy(), procedure("cells", "2025-01-01"), *READ)
    assert [each.reference for each in answer.evidence] == ["Procedure/cells-2025-01-01", "receipt", "receipt"]


def test_without_complete_reading_absence_is_open() -> None:
    assert outcome(receipt("Procedure"), node=therapy()) == "MISSING"
    assert outcome(node=therapy(absence=Absence.ATTEST)) == "NEEDS_ATTESTATION"
    assert outcome(procedure("cells", "2025-01-01"), node=therapy(absence=Absence.MISSING)) == "MISSING"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("completed", "MET"),
        ("in-progress", "MET"),
        ("stopped", "MET"),
        ("on-hold", "MET"),
        ("not-done", "NOT_MET"),
        ("preparation", "NOT_MET"),
        ("unknown", "UNMAPPED"),
    ],
)
def test_what_happened_by_status(status: str, expected: str) -> None:
    assert outcome(procedure("cells", "2026-01-01", status=status), *READ, node=therapy()) == expected


def test_an_unknown_status_long_ago_does_not_matter() -> None:
    assert outcome(procedure("cells", "2024-01-01", status="unknown"), *READ, node=therapy()) == "NOT_MET"


def test_a_contested_event_conflicts_where_it_may_count() -> None:
    def contested(*dates: str) -> list[Any]:
        return [
            reading(procedure("cells", day), at=source("Procedure", "x", updated=None, content=day))
            for day in dates
        ]

    assert outcome(*contested("2026-01-01", "2024-01-01"), *READ, node=therapy()) == "CONFLICTING"
    assert outcome(*contested("2023-01-01", "2024-01-01"), *READ, node=therapy()) == "NOT_MET"


class TestStatusWithoutDate:
    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            (diagnosis("status", None), "PARTIAL_DATE"),
            (diagnosis("status", "2020-01-01"), "PARTIAL_DATE"),  # its date is not the event's
            (diagnosis("status", "2026-03-12"), "NOT_MET"),
            (diagnosis("status", None, recorded=moment("2026-03-12")), "NOT_MET"),
            (diagnosis("status", None, recorded=moment("2026-03-01")), "PARTIAL_DATE"),
            (diagnosis("status", None, verification_status="refuted"), "NOT_MET"),
        ],
    )
    def test_a_status_that_outlives_its_event_leaves_it_open(self, status: Fact, expected: str) -> None:
        assert outcome(status, *READ, node=therapy()) == expected

    def test_a_dated_event_in_the_window_decides_beside_it(self) -> None:
        assert outcome(diagnosis("status", None), procedure("cells", "2026-01-01"), *READ, node=therapy()) == "MET"


class TestProblemsAsEvents:
    node = therapy(sources=(EventSource.DIAGNOSIS,), undated=())

    @pytest.mark.parametrize(
        ("problem", "expected"),
        [
            (diagnosis("cells", "2026-01-01"), "MET"),
            (diagnosis("cells", "2026-01-01", verification_status=None), "MET"),
            (diagnosis("cells", "2026-01-01", verification_status="provisional"), "NEEDS_ATTESTATION"),
            (diagnosis("cells", "2024-01-01"), "NOT_MET"),
            (diagnosis("cells", None), "PARTIAL_DATE"),
        ],
    )
    def test_onset_is_the_date(self, problem: Fact, expected: str) -> None:
        assert outcome(problem, receipt("Condition"), node=self.node) == expected

    def test_other_kinds_of_fact_are_not_asked(self) -> None:
        assert outcome(procedure("cells", "2026-01-01"), receipt("Condition"), node=self.node) == "NOT_MET"


class TestGaps:
    def test_a_refused_event_of_the_concept_leaves_it_open(self) -> None:
        masked = refused(RejectionReason.VALUE_ABSENT, "cells", kind="Procedure", detail="masked")
        assert outcome(masked, *READ, node=therapy()) == "HIDDEN"

    @pytest.mark.parametrize(("at", "expected"), [("2024-01-01", "NOT_MET"), (None, "UNMAPPED")])
    def test_one_outside_the_window_does_not(self, at: str | None, expected: str) -> None:
        gap = refused(RejectionReason.UNKNOWN_STATUS, "cells", kind="Procedure", at=at)
        assert outcome(gap, *READ, node=therapy()) == expected

    def test_a_refused_part_of_an_event_that_was_read_does_not(self) -> None:
        refusal = refused(RejectionReason.UNKNOWN_UNIT, "cells", kind="MedicationAdministration")
        part = reading(exposure("cells", "2024-01-01"), rejections=refusal.rejections)
        assert outcome(part, *READ, node=therapy()) == "NOT_MET"

    def test_an_unmapped_procedure_in_the_window_spoils_completeness(self) -> None:
        unmapped = refused(RejectionReason.UNMAPPED_CODE, kind="Procedure")
        assert outcome(unmapped, *READ, node=therapy()) == "UNMAPPED"
        assert outcome(unmapped, procedure("cells", "2026-01-01"), *READ, node=therapy()) == "MET"

    def test_a_gap_of_another_patient_does_not_matter(self) -> None:
        gap = refused(RejectionReason.WRONG_PATIENT, "cells", kind="Procedure")
        assert outcome(gap, *READ, node=therapy()) == "NOT_MET"

    def test_a_product_that_was_not_read_spoils_completeness(self) -> None:
        given = exposure(None, "2026-01-01", medication_reference="Medication/m", id_="x")
        assert outcome(given, *READ, node=therapy()) == "UNMAPPED"

    def test_a_product_is_evidence_of_what_was_given(self) -> None:
        given = exposure(None, "2026-01-01", medication_reference="Medication/m", id_="x")
        answer = ask(therapy(), given, product("m", "cells"), *READ)
        assert [each.role for each in answer.evidence] == ["product", "value"]

    def test_a_bag_of_cells_is_evidence_of_what_was_given(self) -> None:
        bags = ("BiologicallyDerivedProduct/b", "BiologicallyDerivedProduct/unread")
        given = exposure("cells", "2026-01-01", supporting=bags)
        answer = ask(therapy(), given, cell_product("b", "cells"), *READ)
        assert [(each.role, each.reference) for each in answer.evidence] == [
            ("product", "BiologicallyDerivedProduct/b"),
            ("value", "MedicationAdministration/cells-2026-01-01"),
        ]


class TestAnchorAndPlan:
    def test_the_trials_own_graft_never_counts(self) -> None:
        assert outcome(procedure("cells", "2026-03-10"), *READ, node=therapy(), planned="2026-03-01") == "NOT_MET"

    def test_a_month_that_also_holds_the_anchor_leaves_it_open(self) -> None:
        assert (
            outcome(procedure("cells", "2026-03"), *READ, node=therapy(), planned="2026-03-05") == "PARTIAL_DATE"
        )

    @pytest.mark.parametrize(
        ("when", "expected"),
        [("2025-12-01", "NOT_YET_DUE"), ("2025-12-02", "MET"), ("2025-11-11", "NOT_MET")],
    )
    def test_an_event_that_is_long_enough_ago_by_the_planned_day_is_not_yet_due(
        self, when: str, expected: str
    ) -> None:
        assert outcome(procedure("cells", when), *READ, node=therapy(), planned="2026-04-01") == expected

    def test_the_day_from_which_it_no_longer_counts_is_the_edge(self) -> None:
        answer = ask(therapy(), procedure("cells", "2025-12-01"), *READ, planned="2026-04-02")
        assert answer.expires == datetime(2026, 4, 1, tzinfo=ZONE)
        assert answer.next_fact == "an assessment once cells is long enough ago"

    def test_by_hours_the_edge_is_exact(self) -> None:
        node = therapy(within=Window(72, WindowUnit.HOUR))
        answer = ask(node, procedure("cells", "2026-03-10T12:00"), *READ)
        assert answer.expires == datetime(2026, 3, 13, 12, 0, tzinfo=ZONE)

    def test_past_the_anchor_there_is_no_edge(self) -> None:
        assert ask(therapy(), procedure("cells", "2026-03-01"), *READ, planned="2026-03-05").expires is None


def test_an_event_with_two_of_the_concepts_is_one_event() -> None:
    node = therapy(concepts=(ConceptId("cells"), ConceptId("graft")))
    both = procedure("cells", "2026-01-01", concepts=(ConceptId("cells"), ConceptId("graft")))
    assert len(ask(node, both, *READ).evidence) == 1
