"""Sedation: when it acts, and what a score says under it."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.exposure import Exposure
from fhir_adapter.domain.facts import Finding
from tests.builders import exposure, procedure
from tests.icans import TEEN, capd, ice, interval_at, level, propose, said, unable

AT = "2026-03-11T08:00"
NOW = "2026-03-11T09:00"
SEDATED = "ungradable..4 NEEDS_ATTESTATION"


@pytest.mark.parametrize(
    ("given", "acts"),
    [
        ("2026-03-11T04:00", True),
        ("2026-03-11T03:59", False),
        ("2026-03-11T08:00", True),
        ("2026-03-11T08:01", False),
        ("2026-03-10T20:00/2026-03-11T04:00", True),
        ("2026-03-10T20:00/2026-03-11T03:59", False),
        ("2026-03-11", True),
    ],
)
def test_sedation_acts_from_its_start_to_4_hours_after_its_end(given: str, *, acts: bool) -> None:
    expected = SEDATED if acts else "G2 ice"
    assert said(propose(ice("5", AT), procedure("sedation", given), born=TEEN), NOW) == expected


@pytest.mark.parametrize(
    ("more", "acts"),
    [
        ({"status": "in-progress"}, True),
        ({"status": "on-hold"}, True),
        ({"status": "stopped"}, False),
        ({"status": "completed"}, False),
        ({"status": "not-done"}, False),
        ({"status": "in-progress", "contested": True}, False),
        ({"status": "in-progress", "performed": None}, False),
    ],
)
def test_sedation_under_way_acts_on(more: dict[str, Any], *, acts: bool) -> None:
    done = procedure("sedation", "2026-03-10T20:00/", **more)
    assert said(propose(ice("5", AT), done, born=TEEN), NOW) == (SEDATED if acts else "G2 ice")


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (ice("10", AT), "G0"),
        (ice("5", AT), "G2 ice NEEDS_ATTESTATION"),
        (ice("0", AT), SEDATED),
        (unable("ice", AT), SEDATED),
    ],
)
def test_a_sedative_without_a_level_of_consciousness_asks_a_person(score: Finding, expected: str) -> None:
    record = propose(score, exposure("sedative-drug", "2026-03-11T07:00"), born=TEEN)
    assert said(record, NOW) == expected


def test_a_sedative_in_an_awake_patient_leaves_the_grade() -> None:
    sedative = exposure("sedative-drug", "2026-03-11T07:00")
    assert said(propose(ice("5", AT), sedative, level("fully-alert", AT), born=TEEN), NOW) == "G2 ice"
    assert said(propose(ice("5", AT), sedative, level("awakens-to-touch", AT), born=TEEN), NOW) == SEDATED


def test_a_sedative_not_given_explains_nothing() -> None:
    never: Exposure = exposure("sedative-drug", "2026-03-11T07:00", status="not-done")
    assert said(propose(ice("5", AT), never, born=TEEN), NOW) == "G2 ice"


def test_sedation_is_cited_where_it_takes_the_grade_away() -> None:
    record = propose(capd("20", AT), procedure("sedation", "2026-03-11T07:00"))
    assert {each.role for each in interval_at(record, NOW).evidence} == {"capd", "sedation"}
