from __future__ import annotations

import random
from dataclasses import replace

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import Completeness, Exclusion, RejectionReason
from fhir_adapter.domain.timeline import build_timeline
from fhir_adapter.domain.vocabulary import OTHER_SPECIMEN
from tests.builders import (
    attestation,
    cell_product,
    component,
    consent,
    diagnosis,
    exposure,
    finding,
    patient,
    procedure,
    product,
    quantity,
    reading,
    receipt,
    refused,
    source,
    specimen,
)
from tests.scenes import timeline

MRD, DRUG = ConceptId("mrd"), ConceptId("steroid")


def excluded(kind: str, id_: str, rule: Exclusion = Exclusion.CODE_NOT_NEEDED) -> Reading:
    return Reading(source=source(kind, id_), patient=None, excluded_by=rule)


def test_facts_are_filed_under_each_of_their_concepts() -> None:
    both = finding("spo2", "97", "%", concepts=(ConceptId("spo2"), ConceptId("oxygen")))
    facts = timeline(both)
    assert facts.findings[ConceptId("spo2")] == facts.findings[ConceptId("oxygen")] == (both,)


def test_facts_are_ordered_by_time_and_those_without_one_come_last() -> None:
    undated = finding("alt", "3", "U/L", at=None)
    by_day = finding("alt", "2", "U/L", at="2026-03-02")
    by_instant = finding("alt", "1", "U/L", at="2026-03-01T10:00")
    ordered = timeline(undated, by_day, by_instant).findings[ConceptId("alt")]
    assert ordered == (by_instant, by_day, undated)


def test_every_kind_of_fact_finds_its_shelf() -> None:
    facts = timeline(
        patient(), finding("alt", "1", "U/L"), exposure("steroid"), diagnosis("aml"), procedure("graft"),
        consent(), attestation("I3"), specimen("s", "marrow"), product("m", "steroid"), cell_product("b", "cells"),
    )  # fmt: skip
    assert facts.demographics is not None
    assert [len(shelf) for shelf in (facts.findings, facts.exposures, facts.diagnoses, facts.interventions)] == [
        1
    ] * 4
    assert len(facts.consents) == len(facts.attestations) == 1
    assert list(facts.specimens) == ["Specimen/s"]
    assert list(facts.products) == ["Medication/m"]
    assert list(facts.cell_products) == ["BiologicallyDerivedProduct/b"]


def test_contested_contents_are_both_kept_and_marked() -> None:
    one, two = (
        reading(finding("alt", value, "U/L"), at=source("Observation", "a", updated=None, content=value))
        for value in ("30", "300")
    )
    facts = timeline(one, two)
    assert [each.contested for each in facts.findings[ConceptId("alt")]] == [True, True]
    assert facts.contested == {"Observation/a"}
    assert facts.versions == {}


def test_specimen_type_is_joined_whatever_the_order() -> None:
    mrd = finding("mrd", "0.05", "%", specimen_reference="Specimen/s")
    marrow = specimen("s", "marrow")
    for facts in (timeline(mrd, marrow), timeline(marrow, mrd)):
        assert facts.findings[MRD][0].specimen == (ConceptId("marrow"),)


def test_a_specimen_stated_in_the_result_itself_is_kept() -> None:
    mrd = finding("mrd", "0.05", "%", specimen_reference="Specimen/s", specimen=(ConceptId("blood"),))
    assert timeline(mrd, specimen("s", "marrow")).findings[MRD][0].specimen == (ConceptId("blood"),)


def test_a_specimen_that_was_not_read_stays_unknown() -> None:
    assert timeline(finding("mrd", "0.05", "%", specimen_reference="Specimen/s")).findings[MRD][0].specimen is None


def test_a_specimen_of_a_type_nobody_needs_is_another_specimen() -> None:
    mrd = finding("mrd", "0.05", "%", specimen_reference="Specimen/s")
    assert timeline(mrd, excluded("Specimen", "s")).findings[MRD][0].specimen == (OTHER_SPECIMEN,)


def test_a_contested_specimen_counts_as_unmapped() -> None:
    mrd = finding("mrd", "0.05", "%", specimen_reference="Specimen/s")
    one, two = (
        reading(specimen("s", kind), at=source("Specimen", "s", updated=None, content=kind))
        for kind in ("marrow", "blood")
    )
    assert timeline(mrd, one, two).findings[MRD][0].specimen == ()


def test_a_product_names_what_was_given() -> None:
    given = exposure(None, medication_reference="Medication/m", id_="x")
    assert [each.concepts for each in timeline(given, product("m", "steroid")).exposures[DRUG]] == [(DRUG,)]


def test_an_exposure_that_names_its_drug_needs_no_product() -> None:
    given = exposure("steroid", medication_reference="Medication/m")
    assert timeline(given).exposures[DRUG] == (given,)


def test_an_exposure_to_an_unknown_product_is_a_gap() -> None:
    facts = timeline(exposure(None, medication_reference="Medication/m", id_="x"))
    assert facts.exposures == {}
    assert [(gap.source.id, gap.rejection.reason) for gap in facts.gaps] == [("x", RejectionReason.UNMAPPED_CODE)]


def test_an_exposure_to_a_product_nobody_needs_is_left_out() -> None:
    facts = timeline(exposure(None, medication_reference="Medication/m", id_="x"), excluded("Medication", "m"))
    assert (facts.exposures, facts.gaps) == ({}, ())


def test_a_type_that_is_not_read_is_not_known_to_be_irrelevant() -> None:
    hidden = excluded("Medication", "m", Exclusion.TYPE_NOT_READ)
    assert len(timeline(exposure(None, medication_reference="Medication/m", id_="x"), hidden).gaps) == 1


def test_an_exposure_to_a_contested_product_is_contested() -> None:
    one, two = (
        reading(product("m", drug), at=source("Medication", "m", updated=None, content=drug))
        for drug in ("steroid", "saline")
    )
    [given] = timeline(exposure(None, medication_reference="Medication/m", id_="x"), one, two).exposures[DRUG]
    assert given.contested
    assert given.concepts == (ConceptId("saline"), DRUG)


STRONG = (((DRUG,), quantity("40", "mg"), quantity("1", "mL")),)
WEAK = (((DRUG,), quantity("4", "mg"), quantity("1", "mL")),)


def test_a_product_says_how_strong_what_was_given_is() -> None:
    given = exposure(None, medication_reference="Medication/m", id_="x")
    [known] = timeline(given, product("m", "steroid", strengths=STRONG)).exposures[DRUG]
    assert (known.strengths, known.contested) == (STRONG, False)


def test_the_strength_of_a_contained_product_is_kept() -> None:
    given = exposure("steroid", strengths=STRONG)
    assert timeline(given, product("m", "steroid", strengths=WEAK)).exposures[DRUG] == (given,)


def test_a_product_of_contested_strength_has_none_and_contests_what_was_given() -> None:
    one, two = (
        reading(product("m", "steroid", strengths=each), at=source("Medication", "m", updated=None, content=name))
        for each, name in ((STRONG, "strong"), (WEAK, "weak"))
    )
    given = exposure(None, medication_reference="Medication/m", id_="x")
    [known] = timeline(given, one, two).exposures[DRUG]
    assert (known.concepts, known.strengths, known.contested) == ((DRUG,), (), True)


def test_versions_of_a_product_that_say_the_same_contest_nothing() -> None:
    vial = product("m", "steroid", strengths=STRONG)
    one, two = (reading(vial, at=source("Medication", "m", updated=None, content=name)) for name in ("a", "b"))
    given = exposure(None, medication_reference="Medication/m", id_="x")
    [known] = timeline(given, one, two).exposures[DRUG]
    assert (known.strengths, known.contested) == (STRONG, False)


BAG = "BiologicallyDerivedProduct/b"


def test_cell_products_are_found_by_the_reference_that_points_to_them() -> None:
    own = cell_product("b", "cells")
    infusion = exposure("cells", id_="x", supporting=("MedicationAdministration/x#1", BAG))
    inside = cell_product("b", "cells", source=infusion.source, reference="MedicationAdministration/x#1")
    facts = timeline(reading(infusion, inside), own)
    assert facts.cell_products == {BAG: (own,), "MedicationAdministration/x#1": (inside,)}
    assert facts.exposures[ConceptId("cells")] == (infusion,)


def test_a_contested_cell_product_is_kept_with_both_contents_and_marked() -> None:
    one, two = (
        reading(
            cell_product("b", "cells", donor=donor),
            at=source("BiologicallyDerivedProduct", "b", updated=None, content=donor),
        )
        for donor in ("Patient/7", "Patient/8")
    )
    found = timeline(one, two).cell_products[BAG]
    assert [(each.donor, each.contested) for each in found] == [("Patient/7", True), ("Patient/8", True)]


def test_a_product_that_was_not_read_stays_named_and_one_nobody_needs_does_not() -> None:
    infusion = exposure("cells", supporting=(BAG, "BiologicallyDerivedProduct/other"))
    unneeded = excluded("BiologicallyDerivedProduct", "other")
    [given] = timeline(infusion, unneeded).exposures[ConceptId("cells")]
    assert given.supporting == (BAG,)


def test_gaps_know_whether_the_rest_of_the_resource_was_read() -> None:
    refusal = refused(RejectionReason.UNKNOWN_UNIT, "alt")
    part = replace(reading(finding("ast", "1", "U/L", id_="panel")), rejections=refusal.rejections)
    assert [gap.is_part for gap in timeline(part, refusal).gaps] == [True, False]


def test_a_merged_patient_gives_way_to_the_surviving_one() -> None:
    merged = replace(patient("2018-05-02", id_="old"), links=(("replaced-by", "Patient/new"),))
    survivor = patient("2018-05-20", id_="new")
    assert timeline(merged, survivor).demographics == survivor
    assert timeline(merged).demographics == merged


def test_patients_who_disagree_leave_nobody() -> None:
    facts = timeline(patient("2018-05-20", id_="a"), patient("2018-05-21", id_="b"))
    assert facts.demographics is None
    assert facts.contested == {"Patient/a", "Patient/b"}


def test_patients_who_agree_are_one_person() -> None:
    demographics = timeline(patient(id_="a"), patient(id_="b")).demographics
    assert demographics is not None
    assert demographics.source.id == "a"


def test_a_contested_patient_leaves_nobody() -> None:
    one, two = (
        reading(patient(born), at=source("Patient", "child", updated=None, content=born))
        for born in ("2018-05-20", "2018-05-21")
    )
    assert timeline(one, two).demographics is None


def test_receipts_of_one_type_count_together() -> None:
    merged = timeline(
        Completeness(resource_type="Procedure", complete=True, rejected=1, read_at="2026-03-10"),
        Completeness(resource_type="Procedure", complete=False, hidden=True, rejected=2, read_at="2026-03-11"),
        receipt("Condition"),
    ).completeness
    together = merged["Procedure"]
    assert (together.complete, together.hidden, together.truncated, together.rejected) == (False, True, False, 3)
    assert together.read_at == "2026-03-11"
    assert merged["Condition"] == receipt("Condition")


def test_order_of_readings_does_not_matter() -> None:
    readings = [
        reading(each)
        for each in (
            patient(),
            finding("alt", "1", "U/L", at="2026-03-01"),
            finding("alt", "2", "U/L", at="2026-03-01", id_="b"),
            exposure(None, medication_reference="Medication/m", id_="x"),
            product("m", "steroid"),
            exposure("cells", id_="y", supporting=(BAG,)),
            cell_product("b", "cells"),
            finding("spo2", "97", "%", components=(component("inhaled-oxygen-flow", "0", "L/min"),)),
        )
    ]
    expected = build_timeline(readings, ())
    shuffler = random.Random(7)
    for _ in range(20):
        shuffler.shuffle(readings)
        assert build_timeline(readings, ()) == expected
