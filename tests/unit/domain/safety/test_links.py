"""Trial doses before an event, and what was done about it."""

from __future__ import annotations

from datetime import date

import pytest

from fhir_adapter.domain.dosing.records import DosingRecord, DosingStatus
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.safety_model.event_records import Action, DoseLink
from tests.builders import exposure, procedure
from tests.graded import dose, events, hemoglobin, only, temperature
from tests.small_scale import ANEMIA, FEVER, RED_CELLS
from tests.treatment_records import planned

LOW = hemoglobin("9", "15T08:00")
NORMAL = hemoglobin("12", "16T08:00")


def linked(*doses: DosingRecord, low: Fact = LOW) -> tuple[DoseLink, ...]:
    return only(events(low, NORMAL, doses=doses)).doses


def done(*given: Fact) -> list[str]:
    """What was done about the anemia of 15 to 16 March."""
    return [each.at[8:16] for each in only(events(LOW, NORMAL, *given), ANEMIA).actions]


def test_a_dose_before_the_event_is_linked_with_its_days() -> None:
    (link,) = linked(dose("nk-infusion-1", "2026-03-13T11:00:00+01:00", "MedicationAdministration/nk1"))
    assert link == DoseLink(
        item="nk-infusion-1",
        title="Nk-infusion-1",
        day=-12,
        references=("MedicationAdministration/nk1",),
        days_before=2,
    )


@pytest.mark.parametrize(("started", "count"), [("2026-02-15", 1), ("2026-02-14", 0), ("2026-03-16", 0)])
def test_doses_of_the_days_before_are_linked(started: str, count: int) -> None:
    """28 days before 15 March is 15 February."""
    assert len(linked(dose("fludarabine", started))) == count


@pytest.mark.parametrize(
    ("started", "count"),
    [("2026-03-15T08:00:00+01:00", 1), ("2026-03-15T08:01:00+01:00", 0), ("2026-03-15", 1)],
)
def test_of_the_events_own_day_doses_not_certainly_after_it_are_linked(started: str, count: int) -> None:
    assert len(linked(dose("fludarabine", started))) == count


def test_a_dose_of_the_day_of_an_event_without_time_may_be_before_it() -> None:
    assert len(linked(dose("fludarabine", "2026-03-15T22:00:00+01:00"), low=hemoglobin("9", "15"))) == 1


def test_doses_are_linked_in_the_order_they_were_given() -> None:
    links = linked(
        dose("b", "2026-03-13"), dose("a", "2026-03-13"), dose("c", None, on=date(2026, 3, 12)), dose("d", None)
    )
    assert [each.item for each in links] == ["c", "a", "b"]


def test_what_was_not_given_is_not_linked() -> None:
    never = dose("a", "2026-03-13", status=DosingStatus.NOT_GIVEN)
    assert linked(never, dose("b", "2026-03-13", administered=None)) == ()


def test_without_day_0_a_dose_has_no_day() -> None:
    (link,) = only(events(LOW, NORMAL, doses=[dose("a", "2026-03-13")], day_zero=None)).doses
    assert (link.day, link.days_before) == (None, 2)


def test_a_transfusion_during_the_event_is_what_was_done_about_it() -> None:
    given = procedure(RED_CELLS, "2026-03-15T14:00", id_="tx")
    assert only(events(LOW, NORMAL, given)).actions == (
        Action(
            title="red cell transfusion",
            reference="Procedure/tx",
            at="2026-03-15T14:00:00+01:00",
            role="transfusion",
        ),
    )


@pytest.mark.parametrize(
    ("at", "count"),
    [
        ("15T02:00", 1),
        ("15T01:59", 0),
        ("16T08:00", 1),
        ("16T08:01", 0),
        ("15", 1),
        ("16", 1),
        ("14", 0),
        ("17", 0),
    ],
)
def test_it_may_begin_a_few_hours_before_and_not_after_the_end(at: str, count: int) -> None:
    assert len(done(exposure(RED_CELLS, f"2026-03-{at}"))) == count


def test_what_goes_on_into_the_event_counts() -> None:
    assert done(exposure(RED_CELLS, "2026-03-14T08:00/2026-03-15T02:00")) == ["14T08:00"]
    assert done(exposure(RED_CELLS, "2026-03-14T08:00/2026-03-15T01:59")) == []
    assert done(exposure(RED_CELLS, "2026-03-14T08:00/", status="in-progress")) == ["14T08:00"]
    assert done(exposure(RED_CELLS, "2026-03-14T08:00/", status="completed")) == []


def test_everything_done_is_listed_in_order_and_once() -> None:
    given = [procedure(RED_CELLS, f"2026-03-15T{hour}:00") for hour in ("14", "09")]
    assert done(*given) == ["15T09:00", "15T14:00"]


def test_what_is_not_certain_or_undated_or_not_done_is_no_action() -> None:
    assert (
        done(
            procedure(RED_CELLS, "2026-03-15T10:00", status="not-done"),
            procedure(RED_CELLS, "2026-03-15T11:00", status="unknown"),
            procedure(RED_CELLS, "2026-03-15T12:00", contested=True),
            procedure(RED_CELLS, None),
            procedure(RED_CELLS, "2026-03"),
            exposure(RED_CELLS, "/2026-03-15T12:00"),
        )
        == []
    )


def test_what_is_later_than_as_of_does_not_exist() -> None:
    event = only(events(LOW, procedure(RED_CELLS, "2026-05-01T13:00")))
    assert event.actions == ()


def test_a_drug_helps_only_events_it_is_given_for() -> None:
    given = exposure("tocilizumab", "2026-03-15T10:00")
    found = events(LOW, NORMAL, temperature("39.5", "15T09:00"), given)
    assert [each.title for each in only(found, FEVER).actions] == ["interleukin blocker"]
    assert only(found, ANEMIA).actions == ()


def test_a_dose_the_trial_planned_is_no_rescue() -> None:
    given = exposure("tocilizumab", "2026-03-15T10:00", id_="toc")
    when = "2026-03-15T10:00:00+01:00"
    by_plan = dose("tocilizumab", when, "MedicationAdministration/toc", planned=planned("tocilizumab", -1, None))
    fever = temperature("39.5", "15T09:00")
    assert only(events(fever, given, doses=[by_plan]), FEVER).actions == ()
    assert len(only(events(fever, given), FEVER).actions) == 1


def test_a_dose_of_a_trial_drug_that_nobody_planned_is_a_rescue() -> None:
    """A second tocilizumab for a cytokine release is one, though the treatment record lists it as unplanned."""
    given = exposure("tocilizumab", "2026-03-15T10:00", id_="toc")
    unplanned = dose("tocilizumab", "2026-03-15T10:00:00+01:00", "MedicationAdministration/toc", planned=None)
    fever = temperature("39.5", "15T09:00")
    (action,) = only(events(fever, given, doses=[unplanned]), FEVER).actions
    assert action.title == "interleukin blocker"
