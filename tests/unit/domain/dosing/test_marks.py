"""Deviations no dose shows by itself: alternatives, the donor, infusion on hold, grafts and boosts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fhir_adapter.domain.criterion import ClearanceCriterion
from fhir_adapter.domain.dosing.records import Clearance, Deviation
from fhir_adapter.domain.operators import Attested
from tests.builders import attestation
from tests.courses import CELLS, GRAFT, stated, the_items, weight
from tests.scenes import criterion
from tests.treated import amount, bag, dose, drug, graft, infusion, radiation, shown, treated, unplanned

CONDITIONING = tuple(item for item in the_items() if item.exclusive == "conditioning")
NK = tuple(item for item in the_items() if item.concepts == (CELLS,))
GRAFT_ITEM = next(item for item in the_items() if item.id == "graft")
TREO = drug("7000 mg/m2", "2026-03-21T09:00/2026-03-21T11:00", of="treosulfan")
BU = drug("60 mg", "2026-03-21T08:00", of="busulfan", route=("oral",))


def conditioned(*facts: Any, choice: str | None = "treosulfan") -> dict[str, tuple[str, ...]]:
    """Every conditioning record something was given under, in words."""
    record = treated(*facts, weight("15", "2026-03-20T07:00"), items=CONDITIONING, said=stated(choice=choice))
    return {f"{each.item} {each.day}": shown(each) for each in record.records if each.administered is not None}


def test_the_chosen_conditioning_alone_is_no_conflict() -> None:
    assert conditioned(TREO) == {"treosulfan -4": ("PARTIAL", "DOSE_LOW")}


def test_two_alternatives_given_conflict_on_each() -> None:
    assert conditioned(TREO, BU) == {
        "treosulfan -4": ("PARTIAL", "DOSE_LOW", "EXCLUSIVE_CONFLICT"),
        "busulfan -4": ("GIVEN", "UNPLANNED", "EXCLUSIVE_CONFLICT"),
    }


def test_another_than_the_chosen_one_conflicts() -> None:
    assert conditioned(BU) == {"busulfan -4": ("GIVEN", "UNPLANNED", "EXCLUSIVE_CONFLICT")}
    irradiated = radiation("12", "2026-03-21/2026-03-23")
    assert conditioned(irradiated) == {"tbi -4": ("GIVEN", "UNPLANNED", "EXCLUSIVE_CONFLICT")}


def test_where_nobody_chose_what_was_given_is_shown_and_not_judged() -> None:
    record = treated(BU, items=CONDITIONING, said=stated(choice=None))
    given = dose(record, "busulfan", -4)
    assert (shown(given), amount(given)) == (("UNKNOWN(NEEDS_ATTESTATION)",), 60)
    assert shown(dose(record, "treosulfan", -4)) == ("UNKNOWN(NEEDS_ATTESTATION)",)
    assert shown(dose(record, "tbi", -4)) == ("UNKNOWN(NEEDS_ATTESTATION)",)


def test_two_alternatives_given_conflict_even_where_nobody_chose() -> None:
    assert conditioned(TREO, BU, choice=None) == {
        "treosulfan -4": ("UNKNOWN(NEEDS_ATTESTATION)", "EXCLUSIVE_CONFLICT"),
        "busulfan -4": ("UNKNOWN(NEEDS_ATTESTATION)", "EXCLUSIVE_CONFLICT"),
    }


def test_a_choice_people_disagree_about_is_a_conflict() -> None:
    said = (*stated(), attestation("conditioning-choice", "busulfan", by="dr-other"))
    record = treated(items=CONDITIONING, said=said)
    assert {shown(each) for each in record.records} == {("UNKNOWN(CONFLICTING)",)}


def test_a_dose_not_done_is_no_alternative_given() -> None:
    assert conditioned(TREO, replace(BU, status="not-done")) == {"treosulfan -4": ("PARTIAL", "DOSE_LOW")}


ABATACEPT = next(item for item in the_items() if item.id == "abatacept")


@pytest.mark.parametrize(
    ("donor", "expected"),
    [("haploidentical", ("NOT_YET_DUE",)), ("matched-related", None), (None, ("UNKNOWN(NEEDS_ATTESTATION)",))],
)
def test_abatacept_on_day_28_is_due_only_after_a_haploidentical_donor(
    donor: str | None, expected: tuple[str, ...] | None
) -> None:
    record = treated(items=(ABATACEPT,), said=stated(donor=donor), as_of="2026-04-22T12:00")
    found = [shown(each) for each in record.records if each.day == 28]
    assert found == ([expected] if expected is not None else [])


def test_what_is_not_due_and_was_given_is_unplanned() -> None:
    given = drug("150 mg", "2026-04-22T09:00", of="abatacept")
    record = treated(given, items=(ABATACEPT,), said=stated(donor="matched-related"), as_of="2026-04-22T12:00")
    assert [(each.day, shown(each)) for each in unplanned(record)] == [(28, ("GIVEN", "UNPLANNED"))]


def test_tocilizumab_again_on_day_8_is_unplanned() -> None:
    tocilizumab = next(item for item in the_items() if item.id == "tocilizumab")
    planned = drug("120 mg", "2026-03-24T09:00", of="tocilizumab")
    again = drug("120 mg", "2026-04-02T09:00", of="tocilizumab")
    record = treated(planned, again, items=(tocilizumab,))
    assert shown(dose(record, "tocilizumab", -1)) == ("UNKNOWN(STALE)",)  # the weight is of 10 March
    assert [(each.day, shown(each)) for each in unplanned(record)] == [(8, ("GIVEN", "UNPLANNED"))]


@pytest.mark.parametrize(
    ("status", "expected"), [("completed", "GIVEN"), ("in-progress", "PARTIAL"), ("not-done", "NOT_GIVEN")]
)
def test_a_graft_needs_no_dose(status: str, expected: str) -> None:
    record = treated(graft(status=status), items=(GRAFT_ITEM,))
    given = dose(record, "graft", 0)
    assert (shown(given), amount(given), given.next_fact) == ((expected,), None, None)


def test_a_boost_is_unplanned_and_does_not_move_day_0() -> None:
    record = treated(graft(), graft("2026-04-06T10:00"), items=(GRAFT_ITEM,))
    assert (str(record.day_zero), record.day_zero_source) == ("2026-03-25", "graft")
    assert [(each.day, shown(each)) for each in unplanned(record)] == [(12, ("GIVEN", "UNPLANNED"))]


def test_a_graft_told_as_a_procedure_and_as_an_administration_is_one_day_0() -> None:
    record = treated(graft(), drug(None, "2026-03-25T11:00", of=GRAFT), items=(GRAFT_ITEM,))
    assert [shown(each) for each in record.records] == [("GIVEN",)]


def test_an_overdue_graft_rests_on_procedures_and_administrations() -> None:
    record = treated(items=(GRAFT_ITEM,))
    assert [each.path for each in dose(record, "graft", 0).evidence] == ["Procedure", "MedicationAdministration"]


def _cells(**more: Any) -> Any:
    return treated(infusion("100 10*6", bags=["b"]), bag("b", donor="Patient/mother"), items=NK, **more)


def test_cells_of_another_donor_than_the_grafts_are_marked() -> None:
    said = (*stated(), attestation("nk-donor-is-graft-donor", False, at="2026-03-01T09:00"))
    assert shown(dose(_cells(said=said), "nk-infusion-1", -12)) == ("GIVEN", "DONOR_MISMATCH")
    same = (*stated(), attestation("nk-donor-is-graft-donor", True, at="2026-03-01T09:00"))
    assert shown(dose(_cells(said=same), "nk-infusion-1", -12)) == ("GIVEN",)
    assert shown(dose(_cells(), "nk-infusion-1", -12)) == ("GIVEN",)


def _clearance(*infusions: int) -> dict[str, Any]:
    rule = criterion("N2", Attested(link_id="N2", label="no uncontrolled infection"))
    return {"clearance": (ClearanceCriterion(criterion=rule, infusions=infusions),)}


@pytest.mark.parametrize(
    ("answer", "expected"), [(True, ("GIVEN",)), (False, ("GIVEN", "INFUSED_ON_HOLD")), (None, ("GIVEN",))]
)
def test_cells_infused_although_held_are_marked(answer: bool | None, expected: tuple[str, ...]) -> None:
    ready = [attestation("N2", answer, at="2026-03-13T07:00")] if answer is not None else []
    record = treated(infusion("100 10*6"), *ready, items=NK, trial=_clearance(1))
    assert shown(dose(record, "nk-infusion-1", -12)) == expected
    assert [(each.infusion, each.is_retrospective) for each in record.clearances] == [(1, True)]


def test_a_hold_stated_after_the_infusion_began_does_not_mark_it() -> None:
    late = attestation("N2", False, at="2026-03-13T11:01")
    record = treated(infusion("100 10*6"), late, items=NK, trial=_clearance(1))
    assert shown(dose(record, "nk-infusion-1", -12)) == ("GIVEN",)


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [(True, False, Clearance.UNKNOWN), (False, False, Clearance.HOLD), (True, True, Clearance.CLEAR)],
)
def test_cells_dated_by_day_only_are_judged_at_both_ends_of_the_day(
    first: bool, then: bool, expected: Clearance
) -> None:
    said = attestation("N2", first, at="2026-03-12T07:00"), attestation("N2", then, at="2026-03-13T07:00")
    record = treated(infusion("100 10*6", "2026-03-13"), *said, items=NK, trial=_clearance(1))
    assert [each.verdict for each in record.clearances] == [expected]
    marked = Deviation.INFUSED_ON_HOLD in dose(record, "nk-infusion-1", -12).deviations
    assert marked is (expected is Clearance.HOLD)


def test_a_bag_dated_to_the_minute_bounds_the_start_of_one_dated_by_day_only() -> None:
    said = attestation("N2", at="2026-03-12T07:00"), attestation("N2", False, at="2026-03-13T12:00")
    bags = infusion("50 10*6", "2026-03-13"), infusion("50 10*6", "2026-03-13T11:00/2026-03-13T11:30")
    record = treated(*bags, *said, items=NK, trial=_clearance(1))
    assert [each.verdict for each in record.clearances] == [Clearance.CLEAR]


def test_while_the_day_of_an_infusion_lasts_time_may_change_its_clearance() -> None:
    cells = infusion("100 10*6", "2026-03-13")
    record = treated(cells, items=NK, trial=_clearance(1), as_of="2026-03-13T12:00")
    assert record.valid_until is not None
    assert record.valid_until.date() <= date(2026, 3, 14)


def test_only_infusions_given_are_judged_in_retrospect() -> None:
    record = treated(items=NK, trial=_clearance(1, 2))
    assert record.clearances == ()
