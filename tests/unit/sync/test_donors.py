"""Donor data on the same server never becomes the recipient's, and bags of cells are fetched like medications."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fhir_adapter.domain.codes import CodeMeaning, ConceptId
from fhir_adapter.domain.exposure import CellProduct, Exposure
from fhir_adapter.domain.records import Verdict
from fhir_adapter.domain.timeline import build_timeline
from fhir_adapter.sync.extract import open_reader
from tests.fakes.memory_source import MemorySource
from tests.fakes.memory_store import MemoryStore
from tests.study import (
    HAEMOGLOBIN,
    SNOMED,
    TERMINOLOGY,
    condition,
    consent,
    haemoglobin,
    make_context,
    patient,
    whole_patient,
)
from tests.unit.sync.test_extract import ServerSource, counts, extract, readings
from tests.ward import Ward, roster

Json = dict[str, Any]
CELLS = ConceptId("cells")
TYPES = ("Patient", "MedicationAdministration", "BiologicallyDerivedProduct")
CHILD = [patient("child"), condition("child"), consent("child")]
"""A child without a haemoglobin of its own."""


def own_result(name: str, ward: Ward) -> Verdict:
    return next(result.verdict for result in ward.record(name).criteria if result.id == "I7")


def test_a_donors_result_under_the_donors_own_record_stays_the_donors() -> None:
    for scope in (roster("child"), roster("child", "donor")):
        ward = Ward(*CHILD, *whole_patient("donor"))
        ward.sync(scope)
        assert own_result("child", ward) is Verdict.UNKNOWN


def test_a_result_filed_under_the_child_and_about_the_donor_stays_the_donors() -> None:
    about_donor = haemoglobin("child", focus=[{"reference": "Patient/donor"}])
    ward = Ward(*CHILD, patient("donor"), about_donor)
    report = ward.sync(roster("child", "donor"))
    assert own_result("child", ward) is Verdict.UNKNOWN
    assert own_result("donor", ward) is Verdict.UNKNOWN, "and nobody guesses that it is the donor's"
    assert dict(report.counts["Observation"].excluded_by) == {"other-patient": 1}


def test_a_result_about_the_childs_own_device_is_the_childs() -> None:
    ward = Ward(*CHILD, haemoglobin("child", focus=[{"reference": "Device/port"}]))
    ward.sync()
    assert own_result("child", ward) is Verdict.PASS


def test_a_result_corrected_to_be_about_the_donor_leaves_the_child() -> None:
    ward = Ward(*CHILD, haemoglobin("child"))
    ward.sync()
    assert own_result("child", ward) is Verdict.PASS
    ward.give(haemoglobin("child", version="2", focus=[{"reference": "RelatedPerson/mother"}]))
    ward.sync()
    assert own_result("child", ward) is Verdict.UNKNOWN


def infusion(*bags: str) -> Json:
    return {
        "resourceType": "MedicationAdministration",
        "id": "infusion",
        "status": "completed",
        "medicationCodeableConcept": {"coding": [{"system": SNOMED, "code": "nk"}]},
        "subject": {"reference": "Patient/child"},
        "effectiveDateTime": "2026-03-05",
        "supportingInformation": [{"reference": f"BiologicallyDerivedProduct/{bag}"} for bag in bags],
    }


def bag(name: str) -> Json:
    return {
        "resourceType": "BiologicallyDerivedProduct",
        "id": name,
        "productCategory": "cells",
        "productCode": {"coding": [{"system": SNOMED, "code": "nk"}]},
        "collection": {"source": {"reference": "Patient/donor"}},
    }


def read(source: MemorySource, store: MemoryStore, *patients: str) -> Any:
    meanings = {**TERMINOLOGY.meanings, (SNOMED, "nk"): CodeMeaning(concepts=(CELLS,))}
    context = replace(
        make_context(),
        terminology=replace(TERMINOLOGY, meanings=meanings),
        needed=frozenset({CELLS, HAEMOGLOBIN}),
        resource_types=frozenset(TYPES),
    )
    return extract(source, store, *patients, types=TYPES, reader=open_reader(context))


def test_bags_are_fetched_from_a_server_once_and_their_donor_is_not() -> None:
    elsewhere = [bag("b1"), patient("donor"), haemoglobin("donor")]
    source = ServerSource([patient("child"), infusion("b1", "b1", "gone")], elsewhere=elsewhere)
    store = MemoryStore()
    extracted = read(source, store, "child")
    assert source.fetched == ["BiologicallyDerivedProduct/b1", "BiologicallyDerivedProduct/gone"]
    assert counts(extracted)["BiologicallyDerivedProduct"] == (1, 1, 0, 0)
    timeline = build_timeline(readings(store, "child"), ())
    (given,) = timeline.exposures[CELLS]
    assert given.supporting == ("BiologicallyDerivedProduct/b1", "BiologicallyDerivedProduct/gone")
    assert [each.donor for each in timeline.cell_products["BiologicallyDerivedProduct/b1"]] == ["Patient/donor"]
    assert list(timeline.cell_products) == ["BiologicallyDerivedProduct/b1"]
    assert timeline.findings == {}


def test_a_folder_brings_its_bags_by_itself() -> None:
    store = MemoryStore()
    extracted = read(
        MemorySource([patient("child"), patient("donor"), infusion("b1"), bag("b1"), bag("b2")]), store
    )
    assert counts(extracted)["BiologicallyDerivedProduct"] == (2, 2, 0, 0)
    facts = [fact for reading in readings(store, "child") for fact in reading.facts]
    assert [fact.reference for fact in facts if isinstance(fact, CellProduct)] == ["BiologicallyDerivedProduct/b1"]
    assert [type(fact) for fact in facts if isinstance(fact, Exposure | CellProduct)] == [CellProduct, Exposure]
