from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from fhir_adapter.domain.dosing.course import Course
from fhir_adapter.domain.dosing.open_course import end_course, open_course
from fhir_adapter.domain.facts import Demographics, Fact
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.queries import UnknownReason
from tests.builders import ZONE, attestation, exposure, moment, patient, procedure, source
from tests.courses import CELLS, GRAFT, SUBJECT, a_treated_trial, links_of, stated
from tests.scenes import AS_OF, timeline, trial


def opened(*facts: Fact, as_of: datetime = AS_OF, of: Trial | None = None) -> Course | None:
    known = timeline(*facts)
    return open_course(
        known, of or a_treated_trial(), subject=SUBJECT, as_of=as_of, zone=ZONE, stopped_dose="ordered"
    )


def course(*facts: Fact, as_of: datetime = AS_OF) -> Course:
    found = opened(*facts, *stated(), as_of=as_of)
    assert found is not None
    return found


def died(when: bool | FhirDateTime | None) -> Demographics:
    return Demographics(
        source=source("Patient", "child"), path="Patient", birth_date=None, gender=None, deceased=when
    )


LEVEL = attestation("dose-level", Decimal(1), at="2026-03-11T12:00")


def test_a_course_holds_everything_doses_are_derived_against() -> None:
    found = course(patient("2018-05-20", "female"))
    assert found.birth == moment("2018-05-20")
    assert (found.gender, found.stopped_dose, found.ends, found.subject) == ("female", "ordered", None, SUBJECT)
    assert (found.day_zero.day, found.day_zero.source) == (date(2026, 3, 25), "planned")
    assert found.as_of == AS_OF
    assert found.early_days == 3
    assert found.today == date(2026, 3, 11)


def test_every_link_the_plan_asks_for_is_looked_up() -> None:
    found = course()
    assert set(found.stated) == links_of(found.regimen)
    assert set(found.stated) == {
        "dose-level",
        "planned-day-0",
        "donor-type",
        "nk-donor-is-graft-donor",
        "conditioning-choice",
        "kir-ligand-mismatch",
    }
    assert found.stated["donor-type"].value == "haploidentical"
    assert found.stated["kir-ligand-mismatch"].reason is UnknownReason.NEEDS_ATTESTATION


def test_a_trial_without_treatment_plan_opens_no_course() -> None:
    assert opened(*stated(), of=trial()) is None


def test_a_course_opens_with_the_level_or_the_choice_of_conditioning() -> None:
    assert opened() is None
    assert opened(*stated(level=None, choice=None)) is None  # a plan and a donor are not yet treatment
    assert opened(LEVEL) is not None
    assert opened(attestation("conditioning-choice", "tbi")) is not None


def test_a_contradicted_level_opens_a_course_too() -> None:
    found = opened(LEVEL, attestation("dose-level", Decimal(2), by="dr-lang"))
    assert found is not None
    assert found.stated["dose-level"].reason is UnknownReason.CONFLICTING


def test_a_level_stated_after_as_of_does_not_exist() -> None:
    assert opened(LEVEL, as_of=datetime(2026, 3, 11, 12, 0, tzinfo=ZONE)) is not None
    assert opened(LEVEL, as_of=datetime(2026, 3, 11, 11, 59, tzinfo=ZONE)) is None


@pytest.mark.parametrize(
    ("when", "status", "is_open"),
    [
        ("2026-03-11T12:00", "completed", True),
        ("2026-03-11T12:01", "completed", False),
        ("2026-03-11T10:00", "stopped", True),
        ("2026-03-11T10:00", "not-done", False),
        ("2026-03-11T10:00", "unknown", False),
        ("2026-03", "completed", True),
        (None, "completed", True),
    ],
)
def test_the_trials_cells_open_a_course(when: str | None, status: str, is_open: bool) -> None:
    assert (opened(exposure(CELLS, when, status=status)) is not None) is is_open


def test_chemotherapy_alone_opens_no_course() -> None:
    assert opened(exposure("fludarabine", "2026-03-11T08:00")) is None


def test_without_a_plan_grafts_count_from_the_first_assignment_that_stands() -> None:
    first = attestation("dose-level", Decimal(1), by="dr-lang", at="2026-03-05T09:00")
    graft = procedure(GRAFT, "2026-03-05", id_="own"), procedure(GRAFT, "2026-03-04", id_="earlier")
    found = opened(first, LEVEL, *graft)
    assert found is not None
    assert (found.day_zero.day, found.day_zero.source) == (date(2026, 3, 5), "graft")


@pytest.mark.parametrize(
    ("deceased", "last"),
    [
        (None, None),
        (False, None),
        (True, date(2026, 3, 10)),  # at the latest when the Patient was changed last
        (moment("2026-03-09T23:30"), date(2026, 3, 9)),
        (moment("2026-03-09T23:30:00+00:00"), date(2026, 3, 10)),
        (moment("2026-03-08"), date(2026, 3, 8)),
        (moment("2026-02"), date(2026, 2, 28)),
        (moment("2026-03"), date(2026, 3, 10)),  # some day of this month, by then
        (moment("2026-03-11T12:00"), date(2026, 3, 11)),
        (moment("2026-03-11T12:01"), None),  # alive at as_of
    ],
)
def test_a_course_ends_with_death(deceased: bool | FhirDateTime | None, last: date | None) -> None:
    assert course(died(deceased)).ends == last


@pytest.mark.parametrize(
    ("changed", "last"),
    [
        (None, date(2026, 3, 11)),
        ("2026-03-12T08:00", date(2026, 3, 11)),
        ("2026-03-05T08:00", date(2026, 3, 5)),
        ("2026-02-20T08:00", date(2026, 3, 1)),
    ],
    ids=["never", "later than now", "before", "before the month itself"],
)
def test_a_death_of_a_month_was_at_the_latest_when_the_patient_was_changed_last_or_today(
    changed: str | None, last: date
) -> None:
    person = replace(died(moment("2026-03")), source=source("Patient", "child", updated=changed))
    assert course(person).ends == last


def test_a_withdrawal_ends_a_course_that_did_not_end_before() -> None:
    ended = end_course(course(), date(2026, 3, 10))
    assert (ended.ends, ended.read_until) == (date(2026, 3, 10), date(2026, 3, 10))
    dead = course(died(moment("2026-03-08")))
    assert dead.read_until is None
    ended = end_course(dead, date(2026, 3, 10))
    assert (ended.ends, ended.read_until) == (date(2026, 3, 8), date(2026, 3, 10))
    ended = end_course(dead, date(2026, 3, 7))
    assert (ended.ends, ended.read_until) == (date(2026, 3, 7), date(2026, 3, 7))
