"""The tiny trial with a treatment plan, at the invented ward: resources of children under treatment.

Day 0 is planned for 25 March 2026, so that the wards' present (11 March) is day -14.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from fhir_adapter.domain.codes import CodeMeaning, ConceptId
from fhir_adapter.domain.dosing.records import DosingRecord, TreatmentRecord
from fhir_adapter.domain.protocol import AttestationLink, LinkType, Trial
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.review import ItemKind
from fhir_adapter.r4.context import ReadingContext
from fhir_adapter.sync.attest import AttestRequest, run_attest
from tests.courses import CELLS, GRAFT
from tests.plans import planning_trial
from tests.study import AS_OF, IDS, LOINC, SNOMED, TERMINOLOGY, UCUM, UNIT_RULE, Json, make_context, whole_patient
from tests.ward import Ward

FLUDARABINE = ConceptId("fludarabine")
DAY_ZERO = "2026-03-25"
_CODES = {
    (LOINC, "29463-7"): CodeMeaning(
        concepts=(ConceptId("body-weight"),), unit_rule="mass", qualifiers=frozenset({"measured"})
    ),
    (LOINC, "8302-2"): CodeMeaning(concepts=(ConceptId("body-height"),), unit_rule="length"),
    (SNOMED, "fludarabine"): CodeMeaning(concepts=(FLUDARABINE,)),
    (SNOMED, "nk-cells"): CodeMeaning(concepts=(CELLS,)),
    (SNOMED, "graft"): CodeMeaning(concepts=(GRAFT,)),
    (SNOMED, "vein"): CodeMeaning(concepts=(ConceptId("intravenous"),)),
}
_UNITS = {
    "haemoglobin": UNIT_RULE,
    "mass": UnitRule(id="mass", standard="kg", factors={"kg": Fraction(1)}, offsets={}),
    "length": UnitRule(id="length", standard="cm", factors={"cm": Fraction(1)}, offsets={}),
}
_TYPES = ("MedicationAdministration", "Procedure", "BiologicallyDerivedProduct", "QuestionnaireResponse")
QUESTIONNAIRE = "https://trial.example/Questionnaire/tiny"


def treating_trial(*, digest: str = "definitions-1") -> Trial:
    """The tiny trial with a treatment plan and a CarePlan; fludarabine is its first drug."""
    trial = planning_trial()
    choice = AttestationLink(
        link_id="conditioning-choice", type=LinkType.CODE, text="choice", values=("treosulfan", "busulfan", "tbi")
    )
    return replace(
        trial,
        anchor=replace(trial.anchor, first_drugs=(FLUDARABINE,)),
        links={**trial.links, "conditioning-choice": choice},
        resource_types=(*trial.resource_types, *_TYPES),
        needed=trial.needed | {concept for meaning in _CODES.values() for concept in meaning.concepts},
        questionnaires=(QUESTIONNAIRE,),
        digest=digest,
    )


def treating_context(trial: Trial, *, read_at: datetime = AS_OF) -> ReadingContext:
    """What the reader knows at a ward that treats."""
    return replace(
        make_context(trial, read_at=read_at),
        terminology=replace(TERMINOLOGY, meanings={**TERMINOLOGY.meanings, **_CODES}),
        unit_rules=_UNITS,
        questionnaires=trial.questionnaires,
    )


def _meta(version: str) -> Json:
    return {"meta": {"versionId": version, "lastUpdated": f"2026-03-0{version}T08:00:00+01:00"}}


def measured(name: str, code: str, value: str, unit: str, *, day: str = "2026-03-10", version: str = "1") -> Json:
    """A weight or height."""
    kind = "weight" if unit == "kg" else "height"
    return {
        "resourceType": "Observation",
        "id": f"{name}-{kind}-{day}",
        **_meta(version),
        "status": "final",
        "category": [
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
                ]
            }
        ],
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{name}"},
        "effectiveDateTime": f"{day}T08:00:00+01:00",
        "valueQuantity": {"value": float(value), "unit": unit, "system": UCUM, "code": unit},
    }


def weight(name: str, value: str = "12", *, day: str = "2026-03-10") -> Json:
    """A body weight [kg]."""
    return measured(name, "29463-7", value, "kg", day=day)


def height(name: str, value: str = "81.12", *, day: str = "2026-03-10") -> Json:
    """A body height [cm]; with 12 kg the body surface is 0.52 m2."""
    return measured(name, "8302-2", value, "cm", day=day)


def fludarabine(
    name: str, dose: str = "20.8", *, day: str = "2026-03-11", unit: str = "mg", version: str = "1", **more: Any
) -> Json:
    """An hour of fludarabine into a vein, as planned for 0.52 m2."""
    return {
        "resourceType": "MedicationAdministration",
        "id": f"{name}-fludarabine-{day}",
        **_meta(version),
        "status": "completed",
        "medicationCodeableConcept": {"coding": [{"system": SNOMED, "code": "fludarabine"}]},
        "subject": {"reference": f"Patient/{name}"},
        "effectivePeriod": {"start": f"{day}T10:00:00+01:00", "end": f"{day}T11:00:00+01:00"},
        "dosage": {
            "route": {"coding": [{"system": SNOMED, "code": "vein"}]},
            "dose": {"value": float(dose), "unit": unit, "system": UCUM, "code": unit},
        },
        **more,
    }


def infused(name: str, donor: str, *, day: str = "2026-03-11") -> list[Json]:
    """Cells of a donor, and the bag they came from."""
    code = {"coding": [{"system": SNOMED, "code": "nk-cells"}]}
    bag = {
        "resourceType": "BiologicallyDerivedProduct",
        "id": f"{name}-bag",
        "productCategory": "cells",
        "productCode": code,
        "collection": {"source": {"reference": donor}},
    }
    administration = {
        "resourceType": "MedicationAdministration",
        "id": f"{name}-cells-{day}",
        "status": "completed",
        "medicationCodeableConcept": code,
        "subject": {"reference": f"Patient/{name}"},
        "effectiveDateTime": f"{day}T09:00:00+01:00",
        "supportingInformation": [{"reference": f"BiologicallyDerivedProduct/{name}-bag"}],
    }
    return [bag, administration]


def answered(name: str) -> Json:
    """The hospital's own word on the planned day 0 and the dose level."""
    answers = {"planned-day-0": {"valueDate": DAY_ZERO}, "dose-level": {"valueInteger": 1}}
    return {
        "resourceType": "QuestionnaireResponse",
        "id": f"{name}-answers",
        "questionnaire": QUESTIONNAIRE,
        "status": "completed",
        "subject": {"reference": f"Patient/{name}"},
        "authored": "2026-03-10T09:00:00+01:00",
        "author": {"reference": "Practitioner/weber"},
        "item": [{"linkId": link, "answer": [answer]} for link, answer in answers.items()],
    }


def treating(*resources: Json, page_size: int = 2) -> Ward:
    """A ward that treats; nothing was read yet."""
    ward = Ward(*resources, page_size=page_size)
    ward.trial = treating_trial()
    ward.make_context = treating_context
    return ward


def state(ward: Ward, name: str, link: str, value: str) -> None:
    """Let the investigator state something."""
    run_attest(ward.desk, AttestRequest(subject=f"Patient/{name}", link=link, value=value, by="weber"))


def assigned(*more: Json, level: str | None = "1", name: str = "p1") -> Ward:
    """A ward with one child, eligible, for whom day 0 is planned and a level assigned."""
    ward = treating(*whole_patient(name), weight(name), height(name), *more)
    ward.sync()
    state(ward, name, "I4", "true")
    state(ward, name, "planned-day-0", DAY_ZERO)
    if level is not None:
        state(ward, name, "dose-level", level)
    return ward


def accepted(*more: Json, level: str | None = "1") -> Ward:
    """The same with the verdict accepted: it is frozen."""
    ward = assigned(*more, level=level)
    ward.answer(ward.item(ItemKind.ELIGIBILITY).id)
    return ward


def treatment(ward: Ward, name: str = "p1") -> TreatmentRecord:
    """The newest treatment record."""
    stored = ward.store.records.latest_treatment(IDS.subject(name))
    assert stored is not None
    return stored.record


def dose(ward: Ward, item: str = "fludarabine", day: int = -14, name: str = "p1") -> DosingRecord:
    """One planned dose of the newest treatment record."""
    found = [each for each in treatment(ward, name).records if (each.item, each.day) == (item, day)]
    assert len(found) == 1
    return found[0]
