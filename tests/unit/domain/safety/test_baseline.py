"""When treatment began: baselines lie before it."""

from __future__ import annotations

from datetime import date, datetime

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.dosing.records import DosingRecord, DosingStatus
from fhir_adapter.domain.protocol import AnchorRule
from fhir_adapter.domain.safety.baseline import find_baseline_before
from tests.builders import ZONE
from tests.courses import a_regimen, an_item
from tests.graded import dose

RULE = AnchorRule(
    first_drugs=(ConceptId("fludarabine"), ConceptId("thiotepa")),
    plan_link="planned-day-0",
    offset_days=-14,
    search_days_before=3,
)
REGIMEN = a_regimen(an_item("flu-1", -14, concepts=(ConceptId("fludarabine"),)), an_item("treosulfan", -4))


def before(*doses: DosingRecord, day_zero: date | None = date(2026, 3, 25)) -> datetime | None:
    return find_baseline_before(doses, RULE, REGIMEN, day_zero=day_zero, zone=ZONE)


def test_it_is_the_start_of_the_earliest_dose_of_a_first_drug() -> None:
    doses = (
        dose("flu-1", "2026-03-11T10:00:00+01:00/2026-03-11T11:00:00+01:00"),
        dose("thiotepa", "2026-03-11T09:00:00+01:00"),
        dose("treosulfan", "2026-03-01T09:00:00+01:00"),
    )
    assert before(*doses) == datetime(2026, 3, 11, 9, 0, tzinfo=ZONE)


def test_a_dose_of_a_day_without_time_begins_with_its_day() -> None:
    assert before(dose("flu-1", "2026-03-11")) == datetime(2026, 3, 11, 0, 0, tzinfo=ZONE)


def test_what_was_not_given_or_has_no_day_does_not_count() -> None:
    doses = (
        dose("flu-1", "2026-03-09", status=DosingStatus.NOT_GIVEN),
        dose("flu-1", None),
        dose("flu-1", "2026-03-10", administered=None),
    )
    assert before(*doses) == datetime(2026, 3, 11, 0, 0, tzinfo=ZONE)


def test_before_any_was_given_it_is_the_first_moment_of_the_planned_day() -> None:
    assert before() == datetime(2026, 3, 11, 0, 0, tzinfo=ZONE)


def test_without_a_dose_and_without_day_0_nobody_knows() -> None:
    assert before(day_zero=None) is None
