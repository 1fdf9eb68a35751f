"""A dose as JSON: exact amounts with at most eight digits, null where there is nothing, each source once."""

from __future__ import annotations

from fractions import Fraction

import pytest

from fhir_adapter.domain.dosing.records import AdministeredDose, CourseTotal, Deviation, Dose
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.report.amount import amount_text, percent_text
from fhir_adapter.report.dosing import DosingOut, build_dosing
from tests.treatment_records import WEIGHT, a_course, dosing, mg, planned, treatment


def only(*records: object) -> DosingOut:
    """The one row of a record with this dose."""
    (row,) = build_dosing([treatment(*records)]).doses  # type: ignore[arg-type]
    return row


def test_a_dose_says_what_was_due_how_it_was_reckoned_and_what_was_given() -> None:
    first = build_dosing([a_course()]).doses[0].model_dump()
    assert first["planned"]["value"] == "20.8"
    assert first["planned"]["unit"] == "mg"
    assert first["planned"]["calculation"] == "40 mg/m2 x 0.52 m2 = 20.8 mg"
    assert first["planned"]["weight"] == "12"
    assert first["administered"]["value"] == "20.8"
    assert (first["subject"], first["item"], first["day"], first["date"]) == (
        "S-1",
        "fludarabine",
        -14,
        "2026-03-11",
    )
    assert (first["difference_percent"], first["day_offset"], first["minutes"]) == ("0", 0, "60")
    assert (first["status"], first["deviations"], first["reason"]) == ("GIVEN", [], None)


def test_nothing_planned_and_nothing_given_are_null() -> None:
    unplanned = only(dosing("busulfan", -4, "GIVEN", administered=AdministeredDose(dose=mg("1"))))
    ahead = only(dosing("abatacept", 7, "NOT_YET_DUE", planned=planned("abatacept", 7, mg("120"))))
    assert unplanned.planned is None
    assert ahead.administered is None
    assert ahead.minutes is None
    assert ahead.difference_percent is None


def test_a_dose_that_cannot_be_computed_has_no_value_but_a_reason_and_a_next_fact() -> None:
    due = planned("abatacept", 7, None, reason=UnknownReason.STALE, next_fact="body weight")
    row = only(dosing("abatacept", 7, "NOT_YET_DUE", planned=due))
    assert row.planned is not None
    assert (row.planned.value, row.planned.unit) == (None, None)
    assert (row.planned.unknown_reason, row.planned.next_fact) == ("STALE", "body weight")


def test_two_thirds_are_rounded_only_where_they_are_shown() -> None:
    due = planned("nk", -12, Dose(Fraction(80), "10*6"), per_kg=Dose(Fraction(20, 3), "10*6/kg"))
    row = only(dosing("nk", -12, "NOT_YET_DUE", planned=due))
    assert row.planned is not None
    assert row.planned.per_kg is not None
    assert row.planned.per_kg.value == "6.6666667"


def test_what_plan_and_record_both_rest_on_is_cited_once_and_said_once() -> None:
    due = planned("x", 0, mg("1"), evidence=(WEIGHT,), notes=("re-planned",))
    row = only(dosing("x", 0, "OVERDUE", planned=due, evidence=(WEIGHT,), notes=("re-planned", "late")))
    assert [each.reference for each in row.evidence] == ["Observation/weight"]
    assert row.notes == ["re-planned", "late"]


def test_a_day_that_cannot_be_counted_is_null() -> None:
    row = only(dosing("busulfan", None, "GIVEN", administered=AdministeredDose(dose=mg("1"))))
    assert (row.day, row.date) == (None, None)


def test_a_course_total_stands_beside_the_doses_and_has_no_difference_while_it_runs() -> None:
    (total,) = build_dosing([a_course()]).totals
    assert total.planned is not None
    assert (total.item, total.planned.value, total.difference_percent) == ("fludarabine", "83.2", None)
    assert not total.is_complete


def test_a_course_whose_amount_is_not_known_says_why() -> None:
    total = CourseTotal(
        item="tbi", title="TBI", per_basis="12 Gy", planned=None, administered=None, difference=Fraction(-1, 3),
        is_complete=True, deviations=(Deviation.COURSE_TOTAL,), reason=UnknownReason.MISSING,
    )  # fmt: skip
    (row,) = build_dosing([treatment(totals=(total,))]).totals
    assert (row.planned, row.administered, row.difference_percent) == (None, None, "-33.3")
    assert (row.deviations, row.reason) == (["COURSE_TOTAL"], "MISSING")


def test_rows_stand_by_subject_in_the_order_given() -> None:
    others = treatment(dosing("x", 0, "OVERDUE"), subject=SubjectId("S-2"))
    rows = build_dosing([others, treatment(dosing("y", 0, "OVERDUE"))]).doses
    assert [(row.subject, row.item) for row in rows] == [("S-2", "x"), ("S-1", "y")]


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        (Fraction(20, 3), "6.6667"),
        (Fraction("20.8"), "20.8"),
        (Fraction("0.00005"), "0.00005"),
        (Fraction("0.00006"), "0.0001"),
        (Fraction(160), "160"),
        (Fraction(0), "0"),
    ],
)
def test_a_table_shows_at_most_four_decimals_but_never_nothing_for_something(exact: Fraction, shown: str) -> None:
    assert amount_text(exact) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(7, 60), "+11.7"),
        (Fraction(-1, 2), "-50"),
        (Fraction(1, 10_000), "0"),
        (Fraction(-1, 10_000), "0"),
        (Fraction(0), "0"),
    ],
)
def test_a_difference_has_its_sign_and_one_decimal_at_most(share: Fraction, shown: str) -> None:
    assert percent_text(share) == shown
