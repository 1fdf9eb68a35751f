"""Whom a bag of cells was collected from identifies a person, and stands in the identity table only."""

from __future__ import annotations

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import HospitalId
from fhir_adapter.gateways.store.store import open_store
from tests.store_dump import tables_with
from tests.store_samples import HOSPITAL, NOON, cell_product, exposure, version

DONOR = "donor-77"


def test_the_donor_is_kept_apart_and_comes_back() -> None:
    store = open_store("sqlite://")
    given = version("MedicationAdministration", "ma1")
    bag = "BiologicallyDerivedProduct/b1"
    infusion = Reading(source=given, patient="p1", facts=(exposure(given, "Medication/m1"),), references=(bag,))
    store.facts.save_readings("r1", [infusion, cell_product()], reading_digest="rd1", at=NOON)
    assert tables_with(store, DONOR) == {"identity"}
    person = store.facts.persons(HospitalId(HOSPITAL), ["p1"])["p1"]
    assert store.facts.load_readings(person, reading_digest="rd1") == (cell_product(), infusion)
    store.close()
