"""A result about somebody else than its subject never becomes the subject's; what it was measured for is kept."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.source import Exclusion
from fhir_adapter.r4.context import PageContext
from tests.unit.r4.laboratory import LOINC, MODIFIER, amount, coded, finding, observation, read

VALUE = {"valueQuantity": amount(1, "mg/dL")}


def about(*focus: dict[str, Any], **more: Any) -> dict[str, Any]:
    return observation(focus=list(focus), **VALUE, **more)


@pytest.mark.parametrize(
    "focus",
    [
        {"reference": "Patient/donor"},
        {"reference": "https://lab.example/fhir/Patient/donor"},
        {"reference": "RelatedPerson/mother"},
        {"reference": "Group/siblings"},
        {"reference": "Practitioner/7"},
        {"reference": "PractitionerRole/7"},
        {"reference": "Person/7"},
        {"reference": "BiologicallyDerivedProduct/bag"},
        {"reference": "Location/room"},
        {"reference": "https://elsewhere.example/fhir/Device/7"},
        {"reference": "https://elsewhere.example/fhir/Patient/p1"},
        {"reference": "urn:uuid:1"},
        {"reference": "urn:uuid:1", "type": "Device"},
        {"reference": "#fetus"},
        {"reference": "#gone", "type": "Device"},
        {"display": "the donor"},
        {"type": "Patient", "identifier": {"value": "77"}},
        {},
    ],
)
def test_a_result_about_somebody_else_or_nobody_known_is_left_out(focus: dict[str, Any]) -> None:
    reading = read(about(focus, contained=[{"resourceType": "Patient", "id": "fetus"}]))
    assert (reading.excluded_by, reading.patient) == (Exclusion.OTHER_PATIENT, "p1")
    assert (reading.facts, reading.rejections, reading.references) == ((), (), ())


@pytest.mark.parametrize(
    "focus",
    [
        {"reference": "Patient/p1"},
        {"reference": "https://lab.example/fhir/Patient/p1/_history/2"},
        {"reference": "Device/port"},
        {"reference": "Specimen/s"},
        {"reference": "Procedure/tbi"},
        {"reference": "Condition/aml"},
        {"reference": "BodyStructure/tumour"},
        {"reference": "#port"},
        {"type": "Device", "identifier": {"value": "port"}},
    ],
)
def test_a_result_about_the_subject_or_what_it_has_is_the_subjects(focus: dict[str, Any]) -> None:
    reading = read(about(focus, contained=[{"resourceType": "Device", "id": "port"}]))
    assert finding(reading).concepts == ("creatinine",)


def test_one_focus_on_somebody_else_is_enough() -> None:
    device, donor = {"reference": "Device/port"}, {"reference": "Patient/donor"}
    assert read(about(device, donor)).excluded_by is Exclusion.OTHER_PATIENT


def test_no_focus_is_the_subject() -> None:
    assert finding(read(about())).concepts == ("creatinine",)


@pytest.mark.parametrize(
    "change",
    [
        {"code": coded("https://elsewhere.example", "x")},
        {"status": "nonsense"},
        {"modifierExtension": MODIFIER},
        {"effectiveDateTime": "2036-02-11T08:15:00-06:00"},
        {"subject": None},
    ],
)
def test_somebody_elses_result_is_no_gap_of_the_subject_either(change: dict[str, Any]) -> None:
    written = {**about({"reference": "Patient/donor"}), **change}
    reading = read({key: value for key, value in written.items() if value is not None})
    assert (reading.excluded_by, reading.rejections) == (Exclusion.OTHER_PATIENT, ())


def test_a_retraction_counts_whomever_it_was_about() -> None:
    assert read(about({"reference": "Patient/donor"}, status="entered-in-error")).retracts


def test_a_focus_inside_a_bundle_is_resolved_by_its_full_url() -> None:
    resource = about({"reference": "urn:uuid:1"})
    for patient, excluded in (("p1", None), ("donor", Exclusion.OTHER_PATIENT)):
        page = PageContext(references={"urn:uuid:1": f"Patient/{patient}"})
        assert read(resource, page).excluded_by is excluded


def test_a_focus_of_the_wrong_json_type_is_a_rejection() -> None:
    assert read(observation(focus={"reference": "Patient/p1"}, **VALUE)).rejections


class TestPartOf:
    PARTS = ({"reference": "Procedure/1"}, {"reference": "#x"}, {"display": "the irradiation"})

    def test_what_a_result_is_part_of_is_kept_and_need_not_be_fetched(self) -> None:
        reading = read(observation(partOf=list(self.PARTS), **VALUE))
        assert finding(reading).part_of == ("Procedure/1",)
        assert reading.references == ()

    def test_every_value_of_a_panel_is_part_of_it(self) -> None:
        part = {"code": coded(LOINC, "8480-6"), "valueQuantity": amount(90, "mm[Hg]")}
        reading = read(observation(partOf=list(self.PARTS), component=[part], **VALUE))
        found = [fact for fact in reading.facts if isinstance(fact, Finding)]
        assert [fact.part_of for fact in found] == [("Procedure/1",), ("Procedure/1",)]

    def test_a_result_is_usually_part_of_nothing(self) -> None:
        assert finding(read(observation(**VALUE))).part_of == ()
