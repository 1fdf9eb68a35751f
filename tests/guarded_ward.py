"""The tiny trial with rules of safety, at the invented ward: a child who was given cells and is watched.

The child's eligibility is accepted and level 1 assigned on 11 March 2026, the wards' present; infusion 1 begins on
13 March at 11:00, day -12 of day 0 on 25 March.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import Any

from fhir_adapter.domain.codes import CodeMeaning, ConceptId
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.quantity import UnitRule
from fhir_adapter.domain.review import ItemKind, ReviewItem
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.r4.context import ReadingContext
from fhir_adapter.sync.decide import DecideRequest, run_decide
from tests.courses import a_regimen, the_items
from tests.reactions import observation_rule
from tests.safety_rules import guarding, safety_rule
from tests.study import AS_OF, IDS, LOINC, SNOMED, UCUM, Json, whole_patient
from tests.treated_ward import (
    DAY_ZERO,
    fludarabine,
    height,
    state,
    treating,
    treating_context,
    treating_trial,
    weight,
)
from tests.ward import Ward

P1 = IDS.subject("p1")
ALT, TEMPERATURE, CAPD, HEMOGLOBIN = "1742-6", "8310-5", "capd-total", "718-7"
_MEANT = {
    (LOINC, ALT): CodeMeaning(concepts=(ConceptId("alt"),), unit_rule="enzyme"),
    (LOINC, TEMPERATURE): CodeMeaning(concepts=(ConceptId("body-temperature"),), unit_rule="temperature"),
    (LOINC, CAPD): CodeMeaning(concepts=(ConceptId("capd-score"),), unit_rule="score"),
    (SNOMED, "norepinephrine"): CodeMeaning(concepts=(ConceptId("norepinephrine"),)),
    (SNOMED, "epinephrine"): CodeMeaning(concepts=(ConceptId("epinephrine"),)),
    (SNOMED, "dexamethasone"): CodeMeaning(concepts=(ConceptId("dexamethasone"),)),
    (SNOMED, "crs-3"): CodeMeaning(concepts=(ConceptId("crs"), ConceptId("crs-grade-3"))),
    (SNOMED, "gvhd"): CodeMeaning(concepts=(ConceptId("gvhd"),)),
}
_UNITS = {"enzyme": "U/L", "temperature": "Cel", "score": "{score}"}


def guarding_trial(*, digest: str = "definitions-1", window_days: int = 28) -> Trial:
    """The treating trial with rules of safety; of its plan fludarabine and the cells alone."""
    rule = safety_rule(observation=observation_rule(window_days=window_days))
    trial = guarding(treating_trial(digest=digest), rule)
    needed = {concept for meaning in _MEANT.values() for concept in meaning.concepts}
    plan = a_regimen(*(item for item in the_items() if item.id == "fludarabine" or item.infusion is not None))
    return replace(trial, needed=trial.needed | needed, regimen=plan)


def guarding_context(trial: Trial, *, read_at: datetime = AS_OF) -> ReadingContext:
    """What the reader knows at a ward that watches."""
    context = treating_context(trial, read_at=read_at)
    rules = {
        name: UnitRule(id=name, standard=unit, factors={unit: Fraction(1)}, offsets={})
        for name, unit in _UNITS.items()
    }
    return replace(
        context,
        terminology=replace(context.terminology, meanings={**context.terminology.meanings, **_MEANT}),
        unit_rules={**context.unit_rules, **rules},
    )


def _at(text: str) -> str:
    """`03-14T08` in March, before the clocks change."""
    return f"2026-{text}:00:00+01:00"


def measured(name: str, code: str, value: str, at: str, *, version: str = "1", **more: Any) -> Json:
    """A result at an hour; its id tells code and time, so that another version corrects it."""
    unit = next(_UNITS[rule] for (_, each), m in _MEANT.items() if each == code and (rule := m.unit_rule))
    return {
        "resourceType": "Observation",
        "id": f"{name}-{code}-{at}",
        "meta": {"versionId": version, "lastUpdated": f"2026-04-0{version}T08:00:00+01:00"},
        "status": "final",
        "category": [
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
                ]
            }
        ],
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{name}"},
        "effectiveDateTime": _at(at),
        "valueQuantity": {"value": json.loads(value), "unit": unit, "system": UCUM, "code": unit},
        **more,
    }


def alt(value: str, at: str, *, name: str = "p1", version: str = "1", **more: Any) -> Json:
    """An ALT, normal up to 40 U/L."""
    limit = {"value": 40, "unit": "U/L", "system": UCUM, "code": "U/L"}
    return measured(name, ALT, value, at, version=version, referenceRange=[{"high": limit}], **more)


def temperature(value: str, at: str, *, name: str = "p1", **more: Any) -> Json:
    """A body temperature."""
    return measured(name, TEMPERATURE, value, at, **more)


def capd(total: str, at: str, *, name: str = "p1", **more: Any) -> Json:
    """A CAPD total."""
    return measured(name, CAPD, total, at, **more)


def administered(drug: str, start: str, end: str, *, name: str = "p1", version: str = "1", **more: Any) -> Json:
    """Something that ran into a vein between two hours."""
    return {
        "resourceType": "MedicationAdministration",
        "id": f"{name}-{drug}-{start}",
        "meta": {"versionId": version, "lastUpdated": f"2026-04-0{version}T08:00:00+01:00"},
        "status": "completed",
        "medicationCodeableConcept": {"coding": [{"system": SNOMED, "code": drug}]},
        "subject": {"reference": f"Patient/{name}"},
        "effectivePeriod": {"start": _at(start), "end": _at(end)},
        "dosage": {"route": {"coding": [{"system": SNOMED, "code": "vein"}]}},
        **more,
    }


def cells(at: str = "03-13T11", *, million: int = 80, name: str = "p1") -> Json:
    """Two thirds of level 1 for 12 kg: 80 million cells."""
    end = f"{at[:-2]}{int(at[-2:]) + 1:02}"
    dose = {"value": million, "unit": "10*6", "system": UCUM, "code": "10*6"}
    route = {"coding": [{"system": SNOMED, "code": "vein"}]}
    return administered("nk-cells", at, end, name=name, dosage={"route": route, "dose": dose})


def problem(code: str, since: str, *, name: str = "p1", **more: Any) -> Json:
    """An active, confirmed problem."""
    system = "http://terminology.hl7.org/CodeSystem"
    return {
        "resourceType": "Condition",
        "id": f"{name}-{code}",
        "meta": {"versionId": "1", "lastUpdated": "2026-04-01T08:00:00+01:00"},
        "clinicalStatus": {"coding": [{"system": f"{system}/condition-clinical", "code": "active"}]},
        "verificationStatus": {"coding": [{"system": f"{system}/condition-ver-status", "code": "confirmed"}]},
        "code": {"coding": [{"system": SNOMED, "code": code}]},
        "subject": {"reference": f"Patient/{name}"},
        "onsetDateTime": since,
        **more,
    }


PRESSOR = ("norepinephrine", "03-14T09", "03-14T11")
ALONE = ("norepinephrine", "03-14T15", "03-14T17")
"""The same drug alone, later that day."""
SEVERE = (
    temperature("38.5", "03-14T08"),
    temperature("37.0", "03-14T20"),
    administered(*PRESSOR),
)
"""A fever with one vasopressor on 14 March: CRS of grade 3."""
SICK = (alt("30", "03-10T08"), alt("300", "03-15T08"), *SEVERE)
"""With an ALT of grade 3 from 15 March on."""


def watching() -> Ward:
    """A ward with one child under treatment, nothing given yet."""
    return copied(_watching())


def infused(*more: Json, days: int = 5) -> Ward:
    """The same child so many days later: fludarabine and infusion 1 were given, and this was recorded."""
    ward = watching()
    ward.wait(days=days)
    ward.give(fludarabine("p1"), cells(), *more)
    ward.sync()
    return ward


def sick() -> Ward:
    """The child on 16 March, after a CRS and an ALT of grade 3."""
    return copied(_sick())


def copied(ward: Ward) -> Ward:
    """Another ward that holds the same."""
    return deepcopy(ward, {id(ward.trial): ward.trial, id(ward.traits): ward.traits})


def watching_ward(*resources: Json, page_size: int = 2) -> Ward:
    """A ward that treats and watches; nothing was read yet."""
    ward = treating(*resources, page_size=page_size)
    ward.trial = guarding_trial()
    ward.make_context = guarding_context
    return ward


@cache
def _watching() -> Ward:
    ward = watching_ward(*whole_patient("p1"), weight("p1"), height("p1"))
    ward.sync()
    for link, value in {
        "I4": "true",
        "planned-day-0": DAY_ZERO,
        "dose-level": "1",
        "study-part": "phase1",
    }.items():
        state(ward, "p1", link, value)
    ward.answer(ward.item(ItemKind.ELIGIBILITY).id)
    return ward


@cache
def _sick() -> Ward:
    return infused(*SICK)


def guard(ward: Ward, name: str = "p1") -> SafetyRecord:
    """The newest safety record."""
    stored = ward.store.records.latest_safety(IDS.subject(name))
    assert stored is not None
    return stored.record


def decide(ward: Ward, item: ReviewItem, *, by: str = "weber", **values: str) -> SubjectRow:
    """Answer an item in all its fields; `-` in their names is written `_`."""
    said = {name.replace("_", "-"): value for name, value in values.items()}
    return run_decide(ward.desk, DecideRequest(item=item.id, values=said, by=by, reason="seen and checked"))
