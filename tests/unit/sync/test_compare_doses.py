from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from fhir_adapter.domain.dosing.records import AdministeredDose, Deviation, Dose, DosingStatus
from fhir_adapter.sync.compare_doses import DoseChange, compare_doses
from fhir_adapter.sync.pair import Pair
from tests.stored_treatment import dosing_record, treatment, unknown_dose

DOSE = dosing_record()
PLANNED = DOSE.planned
GIVEN = DOSE.administered or AdministeredDose()
SAME = Pair("PARTIAL", "PARTIAL")


def test_equal_treatments_have_no_change() -> None:
    assert compare_doses(treatment(), treatment()) == ()
    assert compare_doses(None, None) == ()


def test_evidence_notes_and_versions_are_no_change_of_a_dose() -> None:
    noted = replace(DOSE, notes=("another",), evidence=())
    assert compare_doses(treatment(records=(DOSE,)), treatment(records=(noted,), digest="t2")) == ()


def test_a_changed_plan_is_named_in_words() -> None:
    assert PLANNED is not None
    more = replace(DOSE, planned=replace(PLANNED, dose=Dose(Fraction(268, 3), "10*6")))
    (change,) = compare_doses(treatment(records=(DOSE,)), treatment(records=(more,)))
    assert change == DoseChange(
        item="nk-infusion-1",
        day=-7,
        status=SAME,
        planned=Pair("80 10*6", "89.333333 10*6"),
        administered=Pair("40 10*6", "40 10*6"),
        deviations=Pair("DOSE_LOW LEVEL_MISMATCH", "DOSE_LOW LEVEL_MISMATCH"),
    )


def test_a_dose_given_since_changes_status_amount_and_deviations() -> None:
    due = replace(DOSE, administered=None, status=DosingStatus.NOT_YET_DUE, deviations=())
    late = replace(DOSE, deviations=(Deviation.WRONG_DAY,))
    (change,) = compare_doses(treatment(records=(due,)), treatment(records=(late,)))
    assert (change.status, change.administered, change.deviations) == (
        Pair("NOT_YET_DUE", "PARTIAL"),
        Pair(None, "40 10*6"),
        Pair(None, "WRONG_DAY"),
    )


def test_an_amount_that_is_not_known_is_named_by_its_reason() -> None:
    assert unknown_dose().planned is not None
    open_dose = replace(DOSE, planned=unknown_dose().planned, administered=replace(GIVEN, dose=None))
    (change,) = compare_doses(treatment(records=(DOSE,)), treatment(records=(open_dose,)))
    assert (change.planned, change.administered) == (Pair("80 10*6", "NEEDS_ATTESTATION"), Pair("40 10*6", None))


def test_a_dose_on_one_side_only_is_a_change() -> None:
    (gone,) = compare_doses(treatment(records=(DOSE,)), None)
    assert (gone.status, gone.item) == (Pair("PARTIAL", None), "nk-infusion-1")
    (new,) = compare_doses(treatment(records=()), treatment(records=(DOSE,)))
    assert new.status == Pair(None, "PARTIAL")


def test_two_records_of_one_item_and_day_are_compared_each_with_its_own() -> None:
    unplanned = replace(DOSE, planned=None, deviations=(Deviation.UNPLANNED,))
    other = replace(unplanned, status=DosingStatus.UNKNOWN)
    old, new = treatment(records=(DOSE, unplanned)), treatment(records=(DOSE, other))
    (change,) = compare_doses(old, new)
    assert (change.status, change.planned) == (Pair("PARTIAL", "UNKNOWN"), Pair(None, None))
