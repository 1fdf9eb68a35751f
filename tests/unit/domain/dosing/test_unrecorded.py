"""Whether nothing recorded means that nothing was given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.regimen import DayRange
from fhir_adapter.domain.source import Completeness, RejectionReason
from tests.builders import receipt, refused
from tests.courses import stated
from tests.treated import READ, THIOTEPA, amount, dose, drug, infusion, shown, thiotepa, treated, unplanned


def _without(kind: str, *instead: Completeness) -> tuple[Completeness, ...]:
    return (*(each for each in READ if each.resource_type != kind), *instead)


MEDICATION = "MedicationAdministration"


@pytest.mark.parametrize("status", ["in-progress", "on-hold"])
def test_what_still_runs_never_completes_a_dose(status: str) -> None:
    record = thiotepa(drug("150 mg", "2026-03-11T09:00/", status=status))
    assert (shown(record), amount(record), record.reason) == (("PARTIAL",), None, None)
    assert record.administered is not None
    assert (record.administered.reason, record.administered.next_fact) == (
        "NOT_YET_DUE", "end of the administration, and the amount given",
    )  # fmt: skip
    assert record.notes == (f"not ended: {status}",)


@pytest.mark.parametrize("at", ["2026-03", "2026", None])
def test_an_administration_of_unknown_day_leaves_its_doses_open(at: str | None) -> None:
    record = treated(drug("150 mg", at), items=(THIOTEPA,))
    assert shown(dose(record, "thiotepa", -14)) == ("UNKNOWN(PARTIAL_DATE)",)
    assert [shown(each) for each in unplanned(record)] == [("UNKNOWN(PARTIAL_DATE)",)]
    assert amount(unplanned(record)[0]) == 150
    assert unplanned(record)[0].next_fact == "Thiotepa: the exact date it was given"


def test_an_indexed_dose_of_unknown_day_has_no_weight() -> None:
    record = treated(drug("10 mg/kg", "2026-03"), items=(THIOTEPA,))
    assert amount(unplanned(record)[0]) is None


def test_an_administration_of_unknown_day_does_not_touch_a_dose_that_was_given() -> None:
    record = treated(drug("150 mg"), drug("150 mg", "2026-03", id_="other"), items=(THIOTEPA,))
    assert shown(dose(record, "thiotepa", -14)) == ("GIVEN",)
    assert [shown(each) for each in unplanned(record)] == [("UNKNOWN(PARTIAL_DATE)",)]


def _unreadable(*concepts: str, at: str | None = "2026-03-11T13:00", kind: str = MEDICATION) -> Reading:
    return refused(RejectionReason.MODIFIER_EXTENSION, *concepts, kind=kind, at=at)


@pytest.mark.parametrize("given", ["75 mg", "150 mg"])
def test_a_refused_administration_of_the_same_day_leaves_open_how_much_was_given(given: str) -> None:
    """It may be the second half, or the same dose again."""
    record = thiotepa(drug(given), _unreadable("thiotepa"))
    assert shown(record)[0] == "UNKNOWN(UNMAPPED)"
    assert amount(record) == int(given.split(maxsplit=1)[0])
    assert "MedicationAdministration/refused" in {each.reference for each in record.evidence}


@pytest.mark.parametrize(
    "elsewhere",
    [
        _unreadable("thiotepa", at="2026-03-12T09:00"),
        _unreadable("thiotepa", at="2026-03"),
        _unreadable("thiotepa", at=None),
        _unreadable("busulfan"),
        _unreadable(),
        _unreadable("thiotepa", kind="Procedure"),
    ],
)
def test_what_was_refused_of_another_day_or_drug_does_not_touch_what_was_given(elsewhere: Reading) -> None:
    assert shown(thiotepa(drug("150 mg"), elsewhere)) == ("GIVEN",)


def test_an_administration_of_another_month_is_not_this_dose() -> None:
    record = treated(drug("150 mg", "2026-04"), items=(THIOTEPA,))
    assert shown(dose(record, "thiotepa", -14)) == ("OVERDUE",)
    assert treated(drug("150 mg", "2025-11"), items=(THIOTEPA,)).records[1:] == ()  # before the trial


def test_what_was_not_done_on_an_unknown_day_leaves_the_dose_open_and_is_no_administration() -> None:
    record = treated(drug(None, "2026-03", status="not-done"), items=(THIOTEPA,))
    assert [shown(each) for each in record.records] == [("UNKNOWN(PARTIAL_DATE)",)]


@pytest.mark.parametrize(("days_late", "expected"), [(20, "OVERDUE"), (21, "UNKNOWN(PARTIAL_DATE)")])
def test_a_month_counts_to_the_end_of_the_window_where_that_reaches_further(days_late: int, expected: str) -> None:
    item = replace(THIOTEPA, reach=0, in_window=DayRange(0, days_late))  # to 31 March, to 1 April
    record = treated(drug("150 mg", "2026-04"), items=(item,))
    assert shown(dose(record, "thiotepa", -14)) == (expected,)


@pytest.mark.parametrize(
    ("day_zero", "first"), [(date(2026, 4, 1), "OVERDUE"), (date(2026, 4, 2), "UNKNOWN(PARTIAL_DATE)")]
)
def test_cells_of_a_month_may_be_the_first_infusion_if_any_of_it_lies_before_day_0(
    day_zero: date, first: str
) -> None:
    """Cells are matched in order of time, however far from their day; from day 0 on they are the second."""
    record = treated(infusion("100 10*6", "2026-04"), said=stated(planned=day_zero))
    assert shown(dose(record, "nk-infusion-1", -12)) == (first,)
    assert shown(dose(record, "nk-infusion-2", 5)) == ("UNKNOWN(PARTIAL_DATE)",)


def test_a_dose_ahead_stays_not_yet_due_whatever_has_no_day() -> None:
    record = treated(drug("150 mg", "2026-03"), items=(THIOTEPA,), as_of="2026-03-10T23:59")
    assert shown(dose(record, "thiotepa", -14)) == ("NOT_YET_DUE",)
    on_the_day = treated(drug("150 mg", "2026-03"), items=(THIOTEPA,), as_of="2026-03-11T00:01")
    assert shown(dose(on_the_day, "thiotepa", -14)) == ("UNKNOWN(PARTIAL_DATE)",)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-03-10T12:00", "NOT_YET_DUE"),
        ("2026-03-11T23:59", "NOT_YET_DUE"),
        ("2026-03-12T00:00", "OVERDUE"),
    ],
)
def test_a_dose_is_due_to_the_end_of_its_day(as_of: str, expected: str) -> None:
    assert shown(thiotepa(as_of=as_of)) == (expected,)


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2026-03-13T23:59", "NOT_YET_DUE"), ("2026-03-14T00:00", "OVERDUE")]
)
def test_a_dose_is_due_to_the_end_of_its_window(as_of: str, expected: str) -> None:
    item = replace(THIOTEPA, in_window=DayRange(-1, 2))
    assert shown(thiotepa(as_of=as_of, items=(item,))) == (expected,)


def test_an_overdue_dose_rests_on_a_complete_reading() -> None:
    record = thiotepa()
    assert (shown(record), [each.path for each in record.evidence]) == (("OVERDUE",), ["MedicationAdministration"])


@pytest.mark.parametrize(
    ("read", "reason"),
    [
        (_without(MEDICATION), "MISSING"),
        (_without(MEDICATION, receipt(MEDICATION, complete=False)), "MISSING"),
        (_without(MEDICATION, receipt(MEDICATION, truncated=True)), "MISSING"),
        (_without(MEDICATION, receipt(MEDICATION, hidden=True)), "HIDDEN"),
        (_without(MEDICATION, receipt(MEDICATION, rejected=1)), "UNMAPPED"),
    ],
)
def test_nothing_recorded_means_nothing_where_the_reading_was_not_complete(
    read: tuple[Completeness, ...], reason: str
) -> None:
    record = thiotepa(read=read)
    assert shown(record) == (f"UNKNOWN({reason})",)
    assert record.next_fact


@pytest.mark.parametrize(
    ("unread", "expected"),
    [
        (refused(RejectionReason.UNMAPPED_CODE, kind=MEDICATION, at="2026-03-11"), "UNKNOWN(UNMAPPED)"),
        (refused(RejectionReason.UNMAPPED_CODE, kind=MEDICATION, at=None), "UNKNOWN(UNMAPPED)"),
        (refused(RejectionReason.UNMAPPED_CODE, kind=MEDICATION, at="2026-03-13"), "UNKNOWN(UNMAPPED)"),
        (refused(RejectionReason.UNMAPPED_CODE, kind=MEDICATION, at="2026-03-14"), "OVERDUE"),  # reach 2
        (refused(RejectionReason.UNMAPPED_CODE, kind=MEDICATION, at="2026-03-08"), "OVERDUE"),
        (
            refused(RejectionReason.UNKNOWN_STATUS, "thiotepa", kind=MEDICATION, at="2026-03-11"),
            "UNKNOWN(UNMAPPED)",
        ),
        (refused(RejectionReason.UNKNOWN_STATUS, "heparin", kind=MEDICATION, at="2026-03-11"), "OVERDUE"),
        (refused(RejectionReason.UNMAPPED_CODE, kind="Procedure", at="2026-03-11"), "OVERDUE"),
        (refused(RejectionReason.WRONG_PATIENT, kind=MEDICATION, at="2026-03-11"), "OVERDUE"),
        (
            refused(RejectionReason.VALUE_ABSENT, "thiotepa", kind=MEDICATION, at="2026-03-11", detail="masked"),
            "UNKNOWN(HIDDEN)",
        ),
    ],
)
def test_something_unread_around_its_day_may_be_the_dose(unread: Reading, expected: str) -> None:
    assert shown(thiotepa(unread)) == (expected,)


def test_something_unread_ahead_is_no_excuse() -> None:
    unread = refused(RejectionReason.UNMAPPED_CODE, kind=MEDICATION, at="2026-03-13")
    assert shown(thiotepa(unread, as_of="2026-03-12T12:00")) == ("OVERDUE",)
