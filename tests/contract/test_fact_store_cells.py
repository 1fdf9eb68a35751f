"""What every FactStore promises of cell products: shared by whoever was given one, owned by nobody."""

from __future__ import annotations

from fhir_adapter.domain.facts import Reading
from fhir_adapter.ports.rows import SavedPage
from fhir_adapter.ports.store import Store
from tests.store_samples import HOSPITAL, NOON, cell_product, demographics, exposure, version

BAG = "BiologicallyDerivedProduct/b1"


def save(store: Store, *readings: Reading) -> SavedPage:
    return store.facts.save_readings("r1", readings, reading_digest="rd1", at=NOON)


def load(store: Store, patient: str) -> tuple[Reading, ...]:
    person = store.facts.persons(HOSPITAL, [patient])[patient]
    return store.facts.load_readings(person, reading_digest="rd1")


def infusion() -> Reading:
    given = version("MedicationAdministration", "ma1")
    return Reading(source=given, patient="p1", facts=(exposure(given, "Medication/m1"),), references=(BAG,))


def test_a_bag_of_cells_comes_with_whoever_was_given_it_and_with_nobody_else(store: Store) -> None:
    donor = demographics("donor-77")
    save(store, infusion(), cell_product(), cell_product("b2"), demographics("p2"), donor)
    assert load(store, "p1") == (cell_product(), infusion())
    assert load(store, "p2") == (demographics("p2"),)
    assert load(store, "donor-77") == (donor,), "whom it was collected from was not given it"


def test_a_bag_that_arrives_or_changes_later_touches_whoever_was_given_it(store: Store) -> None:
    save(store, infusion(), demographics("donor-77"))
    p1 = store.facts.persons(HOSPITAL, ["p1"])["p1"]
    assert save(store, cell_product()) == SavedPage(new=1, touched=frozenset({p1}))
    assert save(store, cell_product(version="2", content="c2")).touched == {p1}
