"""The donor's own record is looked up for what ranks donors, and never becomes the subject's."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.sync.derive import Deriving
from tests.study import IDS, Json, haemoglobin, patient
from tests.treated_ward import assigned, infused, treatment
from tests.ward import EVERYBODY, Ward, roster


def donor(version: str = "1", sex: str = "male", **more: Any) -> Json:
    return patient("donor", version=version, **more) | {"gender": sex}


def ward_with(*more: Json, reference: str = "Patient/donor") -> Ward:
    ward = assigned(level="1")
    ward.give(*infused("p1", reference), *more)
    return ward


def sex_of_donor(ward: Ward) -> str | None:
    return next(fact.value for fact in treatment(ward).donor if fact.id == "sex")


def test_the_donors_sex_comes_from_the_donors_own_record() -> None:
    ward = ward_with(donor())
    ward.sync()
    assert sex_of_donor(ward) == "male"
    assert ward.store.records.latest_treatment(IDS.subject("donor")) is None


def test_a_donor_the_store_does_not_know_is_not_looked_up_and_gets_no_key() -> None:
    ward = ward_with(donor())
    ward.sync(roster("p1"))
    assert sex_of_donor(ward) is None
    assert ward.store.facts.known_persons(ward.traits.id, ["donor"]) == {}


@pytest.mark.parametrize("reference", ["RelatedPerson/mother", "Patient/p1", "Patient/nobody"])
def test_who_is_no_patient_known_or_the_child_itself_is_no_donor_record(reference: str) -> None:
    ward = ward_with(donor(), reference=reference)
    ward.sync()
    assert sex_of_donor(ward) is None


def test_the_donors_facts_stay_out_of_the_childs() -> None:
    ward = ward_with(donor(), {**haemoglobin("donor", "60"), "id": "donor-hb"})
    ward.sync()
    deriving = Deriving(ward.store, ward.clock, ward.derive_request())
    timeline = deriving.load(ward.row("p1"))
    references = {each.source.reference for shelf in timeline.findings.values() for each in shelf}
    assert references == {
        "Observation/p1-hb",
        "Observation/p1-weight-2026-03-10",
        "Observation/p1-height-2026-03-10",
    }
    assert timeline.demographics is not None
    assert timeline.demographics.source.reference == "Patient/p1"


def test_a_correction_of_the_donors_record_reaches_the_childs_treatment() -> None:
    ward = ward_with(donor())
    ward.sync()
    assert ward.derive().records == {}
    ward.give(donor(version="2", sex="female"))
    report = ward.sync(EVERYBODY)
    assert report.records.treatments.as_dict() == {"created": 0, "changed": 1, "unchanged": 0}
    assert sex_of_donor(ward) == "female"


def test_a_donor_whose_record_was_merged_is_found_under_the_surviving_one() -> None:
    link = [{"other": {"reference": "Patient/donor-new"}, "type": "replaced-by"}]
    ward = ward_with(donor(sex="female", link=link), patient("donor-new") | {"gender": "male"})
    ward.sync()
    assert sex_of_donor(ward) == "male"
