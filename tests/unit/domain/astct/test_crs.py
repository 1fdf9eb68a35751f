"""Cytokine release syndrome case by case, and what an interval rests on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from fhir_adapter.domain.safety_model.syndrome_records import ProposalStatus
from fhir_adapter.domain.source import Completeness, RejectionReason
from tests.builders import finding, refused
from tests.crs import RULE, Given, evidence_of, flow, given, named, pressure, propose, temperature, used
from tests.crs_cases.case import CANNULA, FEVER, MASK, NO_FEVER, NOREPINEPHRINE, NOW, Case
from tests.crs_cases.every import CASES
from tests.crs_cases.masking import TOCILIZUMAB
from tests.icans import clock, interval_at, said

TWICE = ("2026-03-09T10:00", "2026-03-26T10:00")  # day -12 and day +5


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_grade_is_that_of_the_consensus(case: Case) -> None:
    assert said(propose(*case.facts, **case.more), case.at) == case.expected


def test_what_drives_the_grade_is_cited() -> None:
    record = propose(FEVER, NOREPINEPHRINE, pressure("60", "2026-03-10T09:00"), CANNULA, flow("2", NOW))
    assert evidence_of(interval_at(record, NOW)) == {
        "temperature Observation/body-temperature-2026-03-10T08:00-38.5",
        "pressor MedicationAdministration/norepinephrine-2026-03-10T09:00_2026-03-10T15:00",
        "pressure Observation/systolic-blood-pressure-2026-03-10T09:00-60",
        "oxygen Procedure/oxygen-nasal-cannula-2026-03-10T09:00_2026-03-10T19:00",
        "oxygen Observation/inhaled-oxygen-flow-2026-03-10T10:00-2",
    }


def test_what_masks_a_fever_is_cited_and_asked() -> None:
    found = interval_at(propose(NO_FEVER, NOREPINEPHRINE, TOCILIZUMAB), NOW)
    assert "masking MedicationAdministration/tocilizumab-2026-02-10T09:00" in evidence_of(found)
    assert found.status is ProposalStatus.NEEDS_ATTESTATION
    assert found.next_fact == "whether hypotension or hypoxia without fever is cytokine release syndrome"
    assert found.notes == ("fever may be masked by a blocker of interleukin 6 or 1 (tocilizumab)",)


def test_tocilizumab_on_day_minus_1_masks_the_second_infusion_for_28_days() -> None:
    low = [pressure("60", f"{day}T09:00") for day in ("2026-03-28", "2026-04-17", "2026-04-18")]
    cool = [temperature("37", f"{day}T09:00") for day in ("2026-03-28", "2026-04-17", "2026-04-18")]
    record = propose(
        *low, *cool, given("tocilizumab", "2026-03-20T09:00"), infused=TWICE, as_of="2026-04-20T12:00"
    )
    assert [said(record, f"{day}T09:30") for day in ("2026-03-28", "2026-04-17", "2026-04-18")] == [
        "G2 hypotension NEEDS_ATTESTATION",
        "G2 hypotension NEEDS_ATTESTATION",
        "G0",
    ]


def test_a_fever_after_the_first_infusion_declares_nothing_after_the_second() -> None:
    later = (temperature("37", "2026-03-28T09:00"), pressure("60", "2026-03-28T09:00"))
    record = propose(FEVER, *later, infused=TWICE, as_of="2026-03-28T10:00")
    assert said(record, "2026-03-28T09:30") == "G0"


def test_no_fever_is_said_beside_what_it_leaves_at_0() -> None:
    found = interval_at(
        propose(NO_FEVER, NOREPINEPHRINE, given("dobutamine", "2026-03-10T09:00/2026-03-10T15:00")), NOW
    )
    assert found.notes == ("no fever", "dobutamine is an inotrope: not counted as a pressor")
    assert found.evidence


def test_an_inotrope_alone_is_said_without_a_grade() -> None:
    alone = given("dobutamine", "2026-03-10T09:00/2026-03-10T15:00")
    assert interval_at(propose(NO_FEVER, alone), NOW).notes == (
        "dobutamine is an inotrope: not counted as a pressor",
    )
    assert said(propose(alone), NOW) == "ungradable..1 MISSING"


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        (
            (given("vasopressin", "2026-03-10T09:00/2026-03-10T15:00"),),
            "flag: vasopressin is the only pressor; graded as one pressor needed",
        ),
        (
            (given("norepinephrine", "2026-03-10T09:00/", status="in-progress"),),
            "the end of norepinephrine is not stated: taken to go on",
        ),
        (
            (used("invasive-ventilation", "2026-03-10T09:00/2026-03-10T19:00"),),
            (
                "flag: invasive ventilation without recorded need of oxygen: "
                "to protect the airway alone it is no hypoxia"
            ),
        ),
    ],
)
def test_what_a_person_should_know_is_said(facts: tuple[Given, ...], note: str) -> None:
    assert note in interval_at(propose(FEVER, *facts), NOW).notes


def test_what_was_not_assessed_is_said_and_raises_nothing() -> None:
    pressures, oxygen = propose(FEVER).notes
    assert pressures.startswith("after infusion 1: no blood pressure was recorded")
    assert oxygen == "after infusion 1: nothing was recorded of oxygen; hypoxia was not assessed"
    assert propose(FEVER, pressure("100", NOW), MASK).notes == ()


def test_what_could_not_be_placed_or_read_is_counted() -> None:
    record = propose(
        temperature("39", None, concepts=named("body-temperature", "oxygen-device")),
        given("norepinephrine", None),
        pressure("100", NOW),
        flow("0", NOW),
        refused(RejectionReason.UNKNOWN_UNIT, "body-temperature", id_="fahrenheit"),
        refused(RejectionReason.UNMAPPED_CODE, kind="MedicationAdministration", id_="product"),
        refused(RejectionReason.UNMAPPED_CODE, kind="MedicationAdministration", id_="undated", at=None),
        refused(RejectionReason.UNMAPPED_CODE, kind="MedicationAdministration", id_="old", at="2026-03-01"),
    )
    assert [note.partition(" ")[0] for note in record.notes] == ["1", "1", "1", "after"]
    undated, pressors, refusals, drugs = record.notes
    assert undated == "1 readings are not dated to the day and were left out"
    assert pressors == "1 administrations of pressors or inotropes state no time and were left out"
    assert refusals.startswith("1 readings of body temperature or ")
    assert drugs.startswith("after infusion 1: 2 administrations could not be read; a vasopressor or a drug")


def test_without_drugs_that_mask_nothing_is_asked_of_what_was_not_read() -> None:
    assert said(propose(NO_FEVER, NOREPINEPHRINE, rule=replace(RULE, masking=()), read=None), NOW) == "G0"


def test_nothing_is_proposed_before_the_first_infusion() -> None:
    record = propose(FEVER, infused=())
    assert (record.intervals, record.episodes, record.missing, record.expires) == ((), (), (), None)


def test_what_began_after_as_of_does_not_exist() -> None:
    later = (NOREPINEPHRINE, MASK, pressure("60", "2026-03-10T09:00"), temperature("36", "2026-03-10T08:45"))
    record = propose(FEVER, *later, as_of="2026-03-10T08:30")
    assert said(record, "2026-03-10T08:15") == "G1 fever"
    assert [each.end for each in record.intervals][-1] is None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((FEVER,), "2026-03-10T20:00"),
        ((FEVER, CANNULA), "2026-03-10T19:00"),
        ((FEVER, given("norepinephrine", "2026-03-10T08:30/", status="in-progress")), "2026-03-10T20:00"),
    ],
)
def test_a_record_expires_when_time_alone_may_change_it(facts: tuple[Given, ...], expected: str) -> None:
    assert propose(*facts, as_of="2026-03-10T10:00").expires == clock(expected)


def test_a_closed_window_never_expires() -> None:
    assert propose(FEVER, as_of="2026-03-10T10:00", until="2026-03-10T09:00").expires is None


def test_a_changed_rate_in_a_record_of_its_own_is_the_same_infusion() -> None:
    parts = [
        given("norepinephrine", f"2026-03-10T09:{minute:02}/2026-03-10T09:{minute + 5:02}")
        for minute in range(0, 50, 5)
    ]
    record = propose(FEVER, *parts, given("norepinephrine", "2026-03-10T09:50/2026-03-10T10:30"))
    found = interval_at(record, "2026-03-10T09:20")
    assert (found.start, found.end, found.grade) == (clock("2026-03-10T09:00"), clock("2026-03-10T10:30"), 3)
    assert len([each for each in found.evidence if each.role == "pressor"]) == 11


def test_two_infusions_of_one_drug_apart_in_time_are_two_intervals() -> None:
    apart = [
        given("norepinephrine", f"2026-03-10T{hours}")
        for hours in ("09:00/2026-03-10T11:00", "13:00/2026-03-10T15:00")
    ]
    record = propose(FEVER, *apart)
    assert said(record, "2026-03-10T12:00") == "G1 fever"
    assert said(record, "2026-03-10T14:00") == "G3 hypotension"


def test_an_answer_that_is_no_code_names_no_device() -> None:
    assert said(propose(FEVER, finding("oxygen-device", "2", "1", NOW)), NOW) == "G1..4 fever UNMAPPED"


POOL = {fact.source.reference: fact for case in CASES for fact in case.facts if not isinstance(fact, Completeness)}


@settings(max_examples=30, deadline=None)
@drawn(st.lists(st.sampled_from(sorted(POOL)), max_size=12, unique=True))
def test_any_combination_of_facts_gives_one_record_whatever_its_order(names: list[str]) -> None:
    """No hole, no overlap, no grade beyond 4, the literal grade never above the worst."""
    facts = [POOL[name] for name in names]
    record = propose(*facts)
    assert propose(*reversed(facts)) == record
    assert record.intervals[0].start == clock("2026-03-09T10:00")
    for one, following in zip(record.intervals, record.intervals[1:], strict=False):
        assert one.end == following.start
    assert record.intervals[-1].end is None
    assert all((each.grade or 0) <= each.worst <= 4 for each in record.intervals)
    assert all((each.reason is None) == (each.status is ProposalStatus.PROPOSED) for each in record.intervals)


@settings(max_examples=15, deadline=None)
@drawn(st.integers(300, 430), st.integers(300, 430))
def test_a_higher_temperature_never_lowers_the_grade(one: int, other: int) -> None:
    low, high = sorted((one, other))
    grades = [
        interval_at(propose(temperature(f"{tenths / 10}", "2026-03-10T08:00")), NOW).grade
        for tenths in (low, high)
    ]
    assert (grades[0] or 0) <= (grades[1] or 0)


def test_routes_that_are_not_the_bodys_are_named_once() -> None:
    both = given("norepinephrine", "2026-03-10T09:00/2026-03-10T15:00", route=named("nasal", "intravenous"))
    assert said(propose(FEVER, both), NOW) == "G3 hypotension"


def test_an_infusion_after_which_no_temperature_decides_was_never_assessed() -> None:
    before, after = temperature("37", "2026-03-09T09:00"), temperature("37", "2026-03-12T09:00")
    assert propose(before).unassessed == (1,)
    assert propose(replace(after, status="preliminary")).unassessed == (1,)
    assert propose(before, after).unassessed == ()
