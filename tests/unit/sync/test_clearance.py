"""Clearance is judged now from the facts in the store, and for an infusion already given at its start."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from fhir_adapter.domain.criterion import ClearanceCriterion, Criterion, Kind, Mode
from fhir_adapter.domain.dosing.records import Clearance, ClearanceRecord
from fhir_adapter.domain.operators import Attested
from fhir_adapter.errors import UsageError
from fhir_adapter.sync.clearance import run_clearance
from tests.study import AS_OF, IDS, patient, whole_patient
from tests.treated_ward import assigned, infused, state, treating
from tests.ward import Ward

START = datetime.fromisoformat("2026-03-11T09:00:00+01:00")


def asking(ward: Ward) -> Ward:
    """The ward's trial asks before each infusion whether the donor is available (I4)."""
    criterion = Criterion(
        id="N2",
        kind=Kind.INCLUSION,
        mode=Mode.ATTEST,
        text="asked",
        source="invented",
        rule=Attested(link_id="I4"),
    )
    ward.trial = replace(ward.trial, clearance=(ClearanceCriterion(criterion=criterion, infusions=(1, 2)),))
    return ward


def judge(ward: Ward, infusion: int = 1, *, as_of: datetime | None = None) -> ClearanceRecord:
    """Judge one infusion of the only child."""
    return run_clearance(replace(ward.desk, as_of=as_of), "Patient/p1", infusion)


def test_what_was_stated_a_moment_ago_counts_without_another_sync() -> None:
    ward = asking(treating(*whole_patient("p1")))
    ward.sync()
    assert judge(ward).verdict is Clearance.UNKNOWN
    state(ward, "p1", "I4", "true")
    judged = judge(ward)
    assert (judged.verdict, judged.subject, judged.as_of) == (Clearance.CLEAR, IDS.subject("p1"), AS_OF)


def test_an_answer_against_it_holds_the_infusion() -> None:
    ward = asking(treating(*whole_patient("p1")))
    ward.sync()
    state(ward, "p1", "I4", "false")
    assert judge(ward, 2).verdict is Clearance.HOLD


def test_a_trial_that_asks_nothing_clears_nobody() -> None:
    ward = assigned()
    assert judge(ward).verdict is Clearance.UNKNOWN


def test_an_infusion_given_is_judged_for_its_start_and_the_next_one_for_now() -> None:
    """The statement of 09:30 came after the cells of 09:00: it does not clear them afterwards."""
    ward = asking(assigned(*infused("p1", "Patient/donor")))
    first, second = judge(ward, 1), judge(ward, 2)
    assert (first.is_retrospective, first.as_of, first.verdict) == (True, START, Clearance.UNKNOWN)
    assert (second.is_retrospective, second.as_of, second.verdict) == (False, AS_OF, Clearance.CLEAR)


def test_asked_for_a_time_before_the_infusion_it_was_not_given_yet() -> None:
    ward = asking(assigned(*infused("p1", "Patient/donor")))
    earlier = datetime.fromisoformat("2026-03-11T08:00:00+01:00")
    assert (judge(ward, as_of=earlier).is_retrospective, judge(ward, as_of=earlier).as_of) == (False, earlier)


@pytest.mark.parametrize("number", [0, 3])
def test_an_infusion_the_plan_does_not_have_is_refused_with_those_it_has(number: int) -> None:
    with pytest.raises(UsageError, match="there are: 1, 2"):
        judge(assigned(), number)


def test_a_record_that_was_merged_away_is_not_judged() -> None:
    """Half of a person's facts could clear what the other half holds."""
    ward = asking(treating(*whole_patient("p1"), patient("p2")))
    ward.sync()
    ward.give(patient("p1", version="2", link=[{"other": {"reference": "Patient/p2"}, "type": "replaced-by"}]))
    ward.sync()
    with pytest.raises(UsageError, match=f"ask for {IDS.subject('p2')}"):
        judge(ward)
