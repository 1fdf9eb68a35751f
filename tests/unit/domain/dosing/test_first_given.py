from __future__ import annotations

from datetime import date, datetime

import pytest

from fhir_adapter.domain.dosing.first_given import find_first_given, read_moment
from fhir_adapter.domain.dosing.records import AdministeredDose, DosingStatus
from tests.builders import ZONE
from tests.courses_given import course, given


def test_the_first_administration_decides_not_the_first_row() -> None:
    later = given("2026-03-06T08:00:00+01:00")
    found = find_first_given(course(later, given("2026-03-04"), given("2026-03-04T08:00:00+01:00")), ZONE)
    assert found is not None
    assert (found.day, found.instant) == (date(2026, 3, 4), datetime.fromisoformat("2026-03-04T08:00:00+01:00"))


def test_what_was_not_given_or_never_dated_is_no_first_administration() -> None:
    refused = given(status=DosingStatus.NOT_GIVEN)
    planned = given(administered=None, status=DosingStatus.OVERDUE)
    assert find_first_given(course(refused, planned, given(None)), ZONE) is None


def test_an_administration_written_in_words_of_a_month_counts_by_its_day() -> None:
    dose = AdministeredDose(started="2026-03", on=date(2026, 3, 2), parts=("MedicationAdministration/f1",))
    found = find_first_given(course(given(administered=dose)), ZONE)
    assert found is not None
    assert (found.day, found.instant) == (date(2026, 3, 2), None)


@pytest.mark.parametrize("text", [None, "", "2026", "2026-03", "0001-01-01T00:00:00+14:00", "soon"])
def test_a_moment_that_cannot_be_placed_on_a_day_is_none(text: str | None) -> None:
    assert read_moment(text, ZONE) is None


def test_the_day_of_an_instant_is_the_hospitals() -> None:
    read = read_moment("2026-03-03T23:30:00+00:00", ZONE)
    assert read is not None
    assert read.day == date(2026, 3, 4)
