"""Cytopenias end with the recovery of the counts: three days of neutrophils, a week of platelets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_adapter.domain.facts import Fact, Finding, Reading
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord
from fhir_adapter.domain.source import Completeness, RejectionReason
from tests.builders import exposure, procedure, read_completely, receipt, refused
from tests.graded import events, neutrophils, platelets
from tests.small_scale import NEUTROPHILS, PLATELET_BAG, PLATELETS

READ = read_completely("MedicationAdministration", "Procedure")


def anc(values: str, first: int = 15) -> tuple[Finding, ...]:
    """Neutrophils day by day in March; `-` is a day without."""
    counts = zip(range(first, 32), values.split(), strict=False)
    return tuple(neutrophils(value, f"{day:02d}T08:00") for day, value in counts if value != "-")


def ends(found: tuple[AdverseEventRecord, ...], term: str = NEUTROPHILS) -> list[str]:
    """Days of each event, and why it ended."""
    return [
        f"{event.onset[8:10]}-{event.resolved[8:10] if event.resolved else ''} {event.resolved_by or 'ongoing'}"
        for event in found
        if event.term == term
    ]


def test_neutrophils_have_recovered_after_three_days_in_a_row() -> None:
    assert ends(events(*anc("0.2 0.5 0.5 0.5"))) == ["15-18 neutrophil recovery"]
    assert ends(events(*anc("0.2 0.5 0.5"))) == ["15- ongoing"]


@pytest.mark.parametrize(
    "values", ["0.2 0.5 0.5 0.49 0.5 0.5", "0.2 0.5 0.5 - 0.5 0.5", "0.2 0.5 0.5 <1.0 0.5 0.5"]
)
def test_a_day_below_the_limit_without_a_count_or_not_certain_begins_anew(values: str) -> None:
    assert ends(events(*anc(values))) == ["15- ongoing"]


def test_two_counts_of_one_day_are_one_day_and_the_lower_one_counts() -> None:
    twice = neutrophils("0.6", "16T20:00")
    assert ends(events(*anc("0.2 0.5 0.5"), twice)) == ["15- ongoing"]
    low_first = (neutrophils("0.4", "16T06:00"), *anc("0.2 0.5 0.5 0.5"))
    assert ends(events(*low_first)) == ["15- ongoing"]
    assert ends(events(*low_first, neutrophils("0.5", "19T08:00"))) == ["15-19 neutrophil recovery"]


def test_two_values_of_one_moment_must_both_reach_the_limit() -> None:
    assert ends(events(*anc("0.2 0.5 0.5 0.5"), neutrophils("0.4", "17T08:00"))) == ["15- ongoing"]


def test_counts_that_were_never_low_do_not_recover() -> None:
    """A falling count above the limit for three days is no recovery."""
    assert ends(events(*anc("1.4 1.2 0.9 0.3"))) == ["15- ongoing"]


def test_after_recovery_counts_above_the_limit_open_no_event() -> None:
    assert ends(events(*anc("0.2 0.5 0.5 0.5 0.6 0.5 1.2"))) == ["15-18 neutrophil recovery"]


def test_after_recovery_a_count_below_the_limit_opens_one() -> None:
    assert ends(events(*anc("0.2 0.5 0.5 0.5 0.6 0.49"))) == ["15-18 neutrophil recovery", "20- ongoing"]


def test_after_recovery_and_a_normal_count_any_abnormal_one_opens_one() -> None:
    assert ends(events(*anc("0.2 0.5 0.5 0.5 2.0 1.0"))) == ["15-18 neutrophil recovery", "20- ongoing"]


def test_a_normal_count_ends_an_event_at_once() -> None:
    assert ends(events(*anc("0.2 0.5 2.0"))) == ["15-17 grade 0"]


def test_an_event_low_only_later_recovers_too() -> None:
    assert ends(events(*anc("1.2 0.2 0.5 0.5 0.5"))) == ["15-19 neutrophil recovery"]


def test_a_count_in_another_unit_than_the_limits_recovers_nothing() -> None:
    values = [
        replace(each, standard=None) if place == 2 else each for place, each in enumerate(anc("0.2 0.5 0.5 0.5"))
    ]
    assert ends(events(*values)) == ["15- ongoing"]


def thrombocytes(values: str, *more: Fact | Reading | Completeness) -> list[str]:
    counts = zip(range(10, 32), values.split(), strict=False)
    facts = [platelets(value, f"{day:02d}T08:00") for day, value in counts if value != "-"]
    return ends(events(*facts, *more), PLATELETS)


def test_platelets_have_recovered_after_a_week_without_transfusion() -> None:
    assert thrombocytes("10 20 - - 22 - - - 20", *READ) == ["10-18 platelet recovery"]
    assert thrombocytes("10 20 - - 22 - - 20", *READ) == ["10- ongoing"]
    assert thrombocytes("10 20 - - 19 - - - 20", *READ) == ["10- ongoing"]


@pytest.mark.parametrize(("day", "expected"), [("12", "10- ongoing"), ("11", "10-18 platelet recovery")])
def test_a_transfusion_in_that_week_is_no_recovery(day: str, expected: str) -> None:
    given = procedure(PLATELET_BAG, f"2026-03-{day}")
    assert thrombocytes("10 20 - - 22 - - - 20", given, *READ) == [expected]
    as_drug = exposure(PLATELET_BAG, f"2026-03-{day}T10:00")
    assert thrombocytes("10 20 - - 22 - - - 20", as_drug, *READ) == [expected]


def test_a_transfusion_later_than_the_counts_does_not_matter() -> None:
    given = procedure(PLATELET_BAG, "2026-03-19")
    assert thrombocytes("10 20 - - 22 - - - 20", given, *READ) == ["10-18 platelet recovery"]


def test_a_transfusion_that_may_lie_there_is_no_recovery_either() -> None:
    for given in (
        procedure(PLATELET_BAG, "2026-03"),
        procedure(PLATELET_BAG, None),
        procedure(PLATELET_BAG, "2026-03-14", status="unknown"),
        procedure(PLATELET_BAG, "2026-03-14", contested=True),
    ):
        assert thrombocytes("10 20 - - 22 - - - 20", given, *READ) == ["10- ongoing"]


def test_a_transfusion_that_was_not_done_does_not_matter() -> None:
    given = procedure(PLATELET_BAG, "2026-03-14", status="not-done")
    assert thrombocytes("10 20 - - 22 - - - 20", given, *READ) == ["10-18 platelet recovery"]


@pytest.mark.parametrize(
    "receipts",
    [
        (),
        (receipt("MedicationAdministration"),),
        (receipt("MedicationAdministration"), receipt("Procedure", complete=False)),
        (receipt("MedicationAdministration"), receipt("Procedure", hidden=True)),
        (receipt("MedicationAdministration"), receipt("Procedure", truncated=True)),
    ],
)
def test_where_transfusions_were_not_read_to_the_end_nobody_can_say_that_platelets_recovered(
    receipts: tuple[Completeness, ...],
) -> None:
    assert thrombocytes("10 20 - - 22 - - - 20", *receipts) == ["10- ongoing"]


@pytest.mark.parametrize(
    ("kind", "at", "expected"),
    [
        ("Procedure", "2026-03-14T10:00", "10- ongoing"),
        ("MedicationAdministration", "2026-03-12", "10- ongoing"),
        ("Procedure", "2026-03-11", "10-18 platelet recovery"),
        ("Procedure", "2026-03-19", "10-18 platelet recovery"),
        ("Procedure", "2026-03-01/2026-03-02", "10- ongoing"),
        ("Procedure", None, "10- ongoing"),
        ("Observation", "2026-03-14", "10-18 platelet recovery"),
    ],
)
def test_something_given_in_that_week_that_could_not_be_read_may_be_one(
    kind: str, at: str | None, expected: str
) -> None:
    gap = refused(RejectionReason.UNMAPPED_CODE, kind=kind, at=at)
    assert thrombocytes("10 20 - - 22 - - - 20", gap, *READ) == [expected]


def test_a_part_that_could_not_be_read_of_something_that_was_is_none() -> None:
    gap = refused(RejectionReason.UNKNOWN_UNIT, kind="Procedure", at="2026-03-14")
    partly = replace(gap, facts=(procedure("other", "2026-03-14"),))
    assert thrombocytes("10 20 - - 22 - - - 20", partly, *READ) == ["10-18 platelet recovery"]
