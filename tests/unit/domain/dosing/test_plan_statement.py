from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from fhir_adapter.domain.care_plan import FollowUpVisit
from fhir_adapter.domain.codes import Coding
from fhir_adapter.domain.dosing.plan_statement import activity_id, derive_plan_statement, written_number
from fhir_adapter.domain.dosing.records import CourseTotal, Deviation, Dose, DosingRecord, DosingStatus
from fhir_adapter.domain.outgoing import ActivityKind, ActivityStatus
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.queries import UnknownReason
from tests.courses import a_regimen
from tests.plans import HEADING, RULE, activity_of, given, plan_of, planned, record_of, treatment_of
from tests.study import ZONE


def test_a_plan_runs_from_the_first_day_of_treatment_to_the_last_of_follow_up() -> None:
    plan = plan_of(treatment_of())
    assert (plan.first_day, plan.last_day) == (date(2026, 3, 11), date(2028, 3, 24))
    assert (plan.status, plan.intent, plan.title) == ("draft", "plan", "Treatment plan of the tiny trial")


def test_without_day_0_there_is_no_plan() -> None:
    assert derive_plan_statement(treatment_of(day_zero=None), a_regimen(), RULE, HEADING) is None


def test_activities_stand_by_day_visits_among_them() -> None:
    plan = plan_of(treatment_of(record_of(planned("abatacept", 28)), record_of(planned("abatacept", 40))))
    assert [(each.id, each.first_day) for each in plan.activities] == [
        ("abatacept-28", date(2026, 4, 22)),
        ("visit-30", date(2026, 4, 24)),
        ("abatacept-40", date(2026, 5, 4)),
    ]


def test_days_are_calendar_days_across_the_change_of_clocks() -> None:
    """The clocks change on 29 March 2026, day +4."""
    days = [activity_of(record_of(planned("abatacept", day))).first_day for day in (3, 4, 5)]
    assert days == [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)]


def test_a_course_is_one_activity_over_its_days() -> None:
    course = planned("tbi", -4, last_day=-2, dose=Dose(Fraction(12), "Gy"))
    activity = activity_of(record_of(course, kind="irradiation"))
    assert (activity.id, activity.first_day, activity.last_day) == ("tbi-m4", date(2026, 3, 21), date(2026, 3, 23))


@pytest.mark.parametrize(
    ("kind", "request_kind", "is_product"),
    [
        ("drug", ActivityKind.MEDICATION_REQUEST, True),
        ("cells", ActivityKind.SERVICE_REQUEST, True),
        ("irradiation", ActivityKind.SERVICE_REQUEST, False),
        ("graft", ActivityKind.SERVICE_REQUEST, False),
    ],
)
def test_drugs_are_medication_requests_everything_else_a_service(
    kind: str, request_kind: ActivityKind, is_product: bool
) -> None:
    activity = activity_of(record_of(kind=kind))
    assert (activity.kind, activity.is_product) == (request_kind, is_product)


@pytest.mark.parametrize(
    ("status", "deviations", "expected"),
    [
        (DosingStatus.GIVEN, (), ActivityStatus.COMPLETED),
        (DosingStatus.GIVEN, (Deviation.DOSE_HIGH,), ActivityStatus.COMPLETED),
        (DosingStatus.PARTIAL, (), ActivityStatus.IN_PROGRESS),
        (DosingStatus.PARTIAL, (Deviation.DOSE_LOW,), ActivityStatus.STOPPED),
        (DosingStatus.NOT_GIVEN, (), ActivityStatus.CANCELLED),
        (DosingStatus.NOT_YET_DUE, (), ActivityStatus.NOT_STARTED),
        (DosingStatus.OVERDUE, (), ActivityStatus.NOT_STARTED),
        (DosingStatus.UNKNOWN, (), ActivityStatus.UNKNOWN),
    ],
)
def test_the_status_follows_the_dosing_record(
    status: DosingStatus, deviations: tuple[Deviation, ...], expected: ActivityStatus
) -> None:
    assert activity_of(record_of(status=status, deviations=deviations)).status is expected


def test_codes_come_from_the_plans_item() -> None:
    assert activity_of(record_of()).codings == (Coding("http://www.whocc.no/atc", "fludarabine"),)
    assert activity_of(record_of(planned("dropped"))).codings == ()


def test_a_known_dose_is_written_with_its_calculation() -> None:
    activity = activity_of(record_of())
    assert activity.quantity == Quantity(Decimal("20.8"), "mg")
    assert activity.description == "40 mg/m2 x 0.52 m2 = 20.8 mg."


def test_an_unknown_dose_has_no_quantity_and_says_why() -> None:
    dose = planned(dose=None, calculation="", reason=UnknownReason.STALE, next_fact="a body weight")
    activity = activity_of(record_of(dose))
    assert activity.quantity is None
    assert activity.description == "The dose is not known (STALE): needed is a body weight."


def test_a_dose_the_plan_states_no_amount_of_has_neither_quantity_nor_words() -> None:
    activity = activity_of(record_of(planned("graft", 0, dose=None, calculation=""), kind="graft"))
    assert (activity.quantity, activity.description) == (None, None)


def test_what_depends_on_a_choice_nobody_stated_has_no_quantity() -> None:
    """Three ways of conditioning must not stand there as three doses to be given."""
    reason, asked = UnknownReason.NEEDS_ATTESTATION, "which conditioning was chosen"
    dose = planned("busulfan", -4, is_planned=None, reason=reason, next_fact=asked)
    activity = activity_of(record_of(dose, status=DosingStatus.UNKNOWN, reason=reason, next_fact=asked))
    assert (activity.quantity, activity.status) == (None, ActivityStatus.UNKNOWN)
    assert activity.description == (
        "40 mg/m2 x 0.52 m2 = 20.8 mg. "
        "Whether it is due is not known (NEEDS_ATTESTATION): needed is which conditioning was chosen."
    )


def test_what_was_given_without_its_choice_is_shown_all_the_same() -> None:
    reason, asked = UnknownReason.NEEDS_ATTESTATION, "which conditioning was chosen"
    dose = planned("busulfan", -4, is_planned=None, reason=reason, next_fact=asked)
    record = record_of(dose, status=DosingStatus.UNKNOWN, reason=reason, next_fact=asked, administered=given())
    words = activity_of(record).description or ""
    assert "Given: 20.8 mg on 2026-03-11." in words
    assert "Where it stands is not known (NEEDS_ATTESTATION)" in words


def test_a_dose_given_is_compared_with_its_plan_and_names_the_administrations() -> None:
    parts = ("MedicationAdministration/a", "MedicationAdministration/b", "MedicationAdministration/a")
    record = record_of(
        status=DosingStatus.PARTIAL,
        administered=given(Fraction(52, 5), parts=parts),
        difference=Fraction(-1, 2),
        deviations=(Deviation.DOSE_LOW, Deviation.WRONG_DAY),
    )
    activity = activity_of(record)
    assert activity.fulfilled_by == ("MedicationAdministration/a", "MedicationAdministration/b")
    assert activity.description == (
        "40 mg/m2 x 0.52 m2 = 20.8 mg. Given: 10.4 mg on 2026-03-11, -50 % against the plan. "
        "Deviations: less than planned; not on the planned day."
    )


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(14, 120), "+11.7 % against"),
        (Fraction(-1, 3), "-33.3 % against"),
        (Fraction(1, 2000), "+0.1 % against"),
        (Fraction(1, 2001), "0 % against"),
        (Fraction(0), "0 % against"),
    ],
)
def test_a_difference_is_shown_to_a_tenth_of_a_percent(share: Fraction, shown: str) -> None:
    record = record_of(status=DosingStatus.GIVEN, administered=given(), difference=share)
    assert f", {shown}" in (activity_of(record).description or "")


def test_cells_are_shown_per_kilogram_too() -> None:
    administered = given(dose=Dose(Fraction(40), "10*6"), per_kg=Dose(Fraction(10, 3), "10*6/kg"))
    record = record_of(planned(calculation=""), status=DosingStatus.GIVEN, administered=administered)
    assert activity_of(record).description == "Given: 40 10*6 (3.33333 10*6/kg) on 2026-03-11."


def test_an_amount_nobody_can_tell_is_said_to_be_unknown() -> None:
    administered = given(dose=None, reason=UnknownReason.UNIT_UNUSABLE, next_fact="the unit of the dose")
    record = record_of(
        planned(calculation=""),
        status=DosingStatus.UNKNOWN,
        administered=administered,
        reason=UnknownReason.UNIT_UNUSABLE,
    )
    assert activity_of(record).description == (
        "The amount given on 2026-03-11 is not known (UNIT_UNUSABLE): needed is the unit of the dose. "
        "Where it stands is not known (UNIT_UNUSABLE)."
    )


def test_a_graft_given_has_a_day_and_no_amount() -> None:
    done = record_of(planned("graft", 0, dose=None, calculation=""), kind="graft", status=DosingStatus.GIVEN)
    assert activity_of(replace(done, administered=given(dose=None))).description == "Given on 2026-03-11."
    undated = given(dose=None, on=None)
    assert activity_of(replace(done, administered=undated)).description is None


def test_a_dose_not_given_says_so_with_the_hospitals_reasons() -> None:
    activity = activity_of(record_of(status=DosingStatus.NOT_GIVEN, status_reasons=("CONTRA", "182856006")))
    assert activity.status_reason == "CONTRA, 182856006"
    assert (activity.description or "").endswith("Recorded as not given.")


def test_an_overdue_dose_says_that_nothing_is_recorded() -> None:
    words = activity_of(record_of(status=DosingStatus.OVERDUE)).description or ""
    assert words.endswith("Nothing is recorded although its day has passed.")


def test_notes_are_said_once() -> None:
    note = "re-planned: weight changed from 12 kg to 13.4 kg (+11.7 %)"
    words = activity_of(record_of(planned(notes=(note,)), notes=(note, "route not stated."))).description or ""
    assert words.endswith("Re-planned: weight changed from 12 kg to 13.4 kg (+11.7 %). Route not stated.")
    assert words.count("planned") == 1


@pytest.mark.parametrize("deviation", list(Deviation))
def test_every_deviation_has_words_of_its_own(deviation: Deviation) -> None:
    words = activity_of(record_of(planned(calculation=""), deviations=(deviation,))).description or ""
    assert words.startswith("Deviations: ")
    assert deviation.value not in words


def test_what_was_given_unplanned_is_no_activity() -> None:
    extra: DosingRecord = replace(record_of(administered=given()), planned=None)
    assert [each.id for each in plan_of(treatment_of(record_of(), extra)).activities] == [
        "fludarabine-m14",
        "visit-30",
    ]


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        (datetime(2026, 4, 24, 23, 0, tzinfo=ZONE), ActivityStatus.NOT_STARTED),
        (datetime(2026, 4, 25, 0, 30, tzinfo=ZONE), ActivityStatus.UNKNOWN),
    ],
)
def test_whether_a_past_visit_took_place_is_unknown(as_of: datetime, status: ActivityStatus) -> None:
    *_, visit = plan_of(treatment_of(as_of=as_of)).activities
    assert (visit.id, visit.kind, visit.status) == ("visit-30", ActivityKind.APPOINTMENT, status)


def test_a_visit_says_what_is_asked_for() -> None:
    *_, visit = plan_of(treatment_of()).activities
    assert (visit.title, visit.description) == ("Visit on day 30", "Asks for: Blasts in bone marrow.")
    bare = replace(RULE, visits=(FollowUpVisit(day=60, title="Visit", observations=(), source="invented"),))
    statement = derive_plan_statement(treatment_of(), a_regimen(), bare, HEADING)
    assert statement is not None
    assert statement.activities[-1].description is None


def test_an_observation_without_a_display_is_named_by_its_code() -> None:
    asked = (Coding("http://loinc.org", "9728-7"), Coding(None, None))
    rule = replace(RULE, visits=(FollowUpVisit(day=60, title="Visit", observations=asked, source="invented"),))
    statement = derive_plan_statement(treatment_of(), a_regimen(), rule, HEADING)
    assert statement is not None
    assert statement.activities[-1].description == "Asks for: 9728-7."


def test_the_plan_says_where_day_0_comes_from_and_who_decides() -> None:
    last = "A proposal reckoned from the record: the treating physicians decide."
    assert plan_of(treatment_of()).description == f"Day 0 is planned for 2026-03-25. Dose level L1. {last}"
    grafted = treatment_of(day_zero_source="graft", arm=None, notes=("weight lock is provisional",))
    assert plan_of(grafted).description == f"Day 0 is 2026-03-25. Weight lock is provisional. {last}"


def total(difference: Fraction | None, *deviations: Deviation) -> CourseTotal:
    return CourseTotal(
        item="fludarabine",
        title="Fludarabine",
        per_basis="160 mg/m2",
        planned=Dose(Fraction(416, 5), "mg"),
        administered=None,
        difference=difference,
        is_complete=True,
        deviations=deviations,
    )


def test_a_course_off_its_plan_is_said_in_the_plan() -> None:
    off = treatment_of(totals=(total(Fraction(-1, 4), Deviation.COURSE_TOTAL),))
    assert "The course of Fludarabine differs from its plan by -25 %." in (plan_of(off).description or "")
    within = treatment_of(totals=(total(Fraction(-1, 20)), total(None, Deviation.COURSE_TOTAL)))
    assert "course" not in (plan_of(within).description or "")


@pytest.mark.parametrize(
    ("exact", "written"),
    [
        (Fraction(104, 5), "20.8"),
        (Fraction(200, 3), "66.6667"),
        (Fraction(2, 3), "0.666667"),
        (Fraction(1234565, 10), "123457"),
        (Fraction(12345649, 100), "123456"),
        (Fraction(160), "160"),
        (Fraction(16000000), "16000000"),
        (Fraction(0), "0"),
    ],
)
def test_a_written_number_has_at_most_six_significant_digits(exact: Fraction, written: str) -> None:
    assert str(written_number(exact)) == written


def test_minus_is_written_m() -> None:
    assert [activity_id("nk-infusion-2", day) for day in (-1, 5)] == ["nk-infusion-2-m1", "nk-infusion-2-5"]
