"""Infusion 2 is judged with what the safety record says of reactions to infusion 1, as it was known then."""

from __future__ import annotations

from dataclasses import replace

from fhir_adapter.domain.criterion import ClearanceCriterion, Criterion, Kind, Mode
from fhir_adapter.domain.dosing.records import Clearance, ClearanceRecord
from fhir_adapter.domain.review import ItemKind
from fhir_adapter.sync.clearance import run_clearance
from tests.guarded_ward import SICK, alt, cells, decide, infused, temperature
from tests.no_reaction import RULE
from tests.study import Json
from tests.treated_ward import treatment
from tests.ward import Ward

N3 = ClearanceCriterion(
    criterion=Criterion(
        id="N3", kind=Kind.INCLUSION, mode=Mode.AUTO, text="no severe reaction", source="invented", rule=RULE
    ),
    infusions=(2,),
)
OVER = alt("20", "03-20T08")


def reacting(*more: Json, days: int = 17) -> Ward:
    """A ward that holds infusion 2 for reactions, on 28 March or later."""
    ward = infused(days=days)
    ward.trial = replace(ward.trial, clearance=(N3,), digest="definitions-2")
    ward.give(*more)
    ward.sync()
    return ward


def judged(ward: Ward) -> str:
    """Whether infusion 2 may be given now."""
    return str(run_clearance(ward.desk, "Patient/p1", 2).verdict)


def given(ward: Ward, infusion: int = 2) -> ClearanceRecord:
    """How an infusion that was given is judged for its start."""
    return next(each for each in treatment(ward).clearances if each.infusion == infusion)


def test_a_severe_syndrome_nobody_judged_holds_it() -> None:
    ward = reacting(*SICK, OVER)
    assert judged(ward) == Clearance.HOLD


def test_it_is_clear_once_a_person_called_both_reactions_not_related() -> None:
    ward = reacting(*SICK, OVER)
    decide(ward, ward.item(ItemKind.SYNDROME), grade="3", associated="no")
    assert judged(ward) == Clearance.HOLD, "the transaminases are possibly related until somebody says otherwise"
    decide(ward, ward.item(ItemKind.ADVERSE_EVENT), serious="no", relatedness="not-related")
    assert judged(ward) == Clearance.CLEAR


def test_without_a_severe_reaction_it_is_clear() -> None:
    ward = reacting(alt("30", "03-10T08"), alt("35", "03-20T08"), temperature("37.0", "03-14T20"))
    assert judged(ward) == Clearance.CLEAR


def test_one_given_is_judged_by_what_had_been_said_when_it_began() -> None:
    ward = reacting(*SICK, OVER)
    ward.wait(days=3)
    ward.give(cells("03-30T11", million=40))
    ward.sync()
    decide(ward, ward.item(ItemKind.SYNDROME), grade="3", associated="no")
    decide(ward, ward.item(ItemKind.ADVERSE_EVENT), serious="no", relatedness="not-related")
    assert given(ward).is_retrospective
    assert given(ward).verdict is Clearance.HOLD
    again = ward.derive(everyone=True)
    assert (again.treatments.changed, again.safety.changed) == (0, 0)


def test_in_a_trial_without_rules_of_safety_nothing_tells_of_reactions() -> None:
    ward = reacting()
    ward.trial = replace(ward.trial, safety=None, digest="definitions-3")
    assert judged(ward) == Clearance.UNKNOWN
