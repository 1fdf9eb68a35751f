"""What was read before never changes what is read next."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from fhir_adapter.domain.facts import Finding, Reading
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.r4.context import ReadingContext
from tests.unit.r4.laboratory import (
    CATEGORY,
    CONTEXT,
    CYTOMETRY,
    INTERPRETATION,
    LOINC,
    MODIFIER,
    SNOMED,
    amount,
    coded,
    finding,
    observation,
    read,
    rejection,
)

PRINTED = [{"low": amount(0.2, "mg/dL"), "high": amount(1.0, "mg/dL")}]
FIRST = observation(
    valueQuantity=amount(0.9, "mg/dL"),
    referenceRange=PRINTED,
    interpretation=[coded(INTERPRETATION, "NEG")],
    method=coded(SNOMED, "726449005"),
)
OTHERS: tuple[dict[str, Any], ...] = (
    {"valueQuantity": amount(1.7, "mg/dL")},
    {"valueQuantity": amount(1.7, "umol/L")},
    {"valueQuantity": amount(1.7, "mmol/L")},
    {"valueQuantity": amount(1.7, "mg/dL", comparator="<")},
    {"valueQuantity": amount(1.7, "mg/dL", comparator="~")},
    {"valueQuantity": amount("1.7", "mg/dL")},
    {"valueQuantity": {**amount(1.7, "mg/dL"), "system": "https://elsewhere.example"}},
    {"valueQuantity": {"unit": "mg/dL", "code": "mg/dL", "system": amount(1, "x")["system"]}},
    {"valueQuantity": {"value": 1.7, "unit": "mg/dL"}},
    {"valueQuantity": None},
    {"valueInteger": 3},
    {"valueString": "high"},
    {"dataAbsentReason": {"coding": [{"code": "masked"}]}},
    {"status": "preliminary"},
    {"status": "cancelled"},
    {"status": "nonsense"},
    {"category": [coded(CATEGORY, "vital-signs")]},
    {"category": None},
    {"code": coded(LOINC, "59408-5")},
    {"code": coded(LOINC, "unneeded")},
    {"code": coded("https://elsewhere.example", "x")},
    {"subject": {"reference": "Patient/p2"}},
    {"subject": {"reference": "Group/g"}},
    {"subject": None},
    {"effectiveDateTime": "2026-02-11T08:15:00-06:00"},
    {"effectiveDateTime": "2036-02-11T08:15:00-06:00"},
    {"effectiveDateTime": None},
    {"effectiveInstant": "2026-02-11T08:15:00-06:00"},
    {"referenceRange": [{"high": amount(100, "umol/L")}]},
    {"referenceRange": None},
    {"interpretation": [coded(INTERPRETATION, "POS")]},
    {"interpretation": None},
    {"method": coded(SNOMED, "1")},
    {"method": None},
    {"specimen": {"reference": "Specimen/s"}},
    {"hasMember": [{"reference": "Observation/o2"}]},
    {"focus": [{"reference": "Patient/donor"}]},
    {"focus": [{"reference": "Device/port"}]},
    {"partOf": [{"reference": "Procedure/1"}]},
    {"component": [{"code": coded(LOINC, "8480-6"), "valueQuantity": amount(90, "mm[Hg]")}]},
    {"modifierExtension": MODIFIER},
    {"implicitRules": "https://lab.example/rules"},
)


def changed(elements: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**FIRST, **elements}.items() if value is not None}


def in_turn(context: ReadingContext) -> Iterator[tuple[dict[str, Any], Reading]]:
    for elements in OTHERS:
        read(FIRST, context=context)
        yield elements, read(changed(elements), context=context)


def test_a_result_reads_the_same_whether_its_kind_was_read_before_or_not() -> None:
    warm = replace(CONTEXT)
    for elements, reading in in_turn(warm):
        assert reading == read(changed(elements), context=replace(CONTEXT)), elements
        assert reading == read(changed(elements), context=warm), elements


def test_every_pair_of_results_leaves_the_second_as_it_is() -> None:
    alone = {json.dumps(other): read(changed(other), context=replace(CONTEXT)) for other in OTHERS}
    for before in OTHERS:
        warm = replace(CONTEXT)
        for after in OTHERS:
            read(changed(before), context=warm)
            assert read(changed(after), context=warm) == alone[json.dumps(after)], (before, after)


def test_a_repeated_kind_takes_its_own_number_time_specimen_patient_and_source() -> None:
    context = replace(CONTEXT)
    read(FIRST, context=context)
    at = "2026-02-11T08:15:00-06:00"
    second = changed({
        "id": "o2",
        "subject": {"reference": "Patient/p2"},
        "effectiveDateTime": at,
        "valueQuantity": amount(1.75, "mg/dL"),
        "specimen": {"reference": "Specimen/s2"},
    })
    reading = read(second, context=context)
    fact = finding(reading)
    assert (reading.patient, reading.references) == ("p2", ("Specimen/s2",))
    assert (fact.source.id, fact.specimen_reference) == ("o2", "Specimen/s2")
    assert fact.effective is not None
    assert fact.effective.start is not None
    assert fact.effective.start.text == at
    assert fact.reported == fact.standard == Quantity(Decimal("1.75"), "mg/dL")
    assert (fact.lln, fact.uln) == (Quantity(Decimal("0.2"), "mg/dL"), Quantity(Decimal("1.0"), "mg/dL"))
    assert fact.method == (CYTOMETRY,)
    assert isinstance(fact, Finding)


def test_a_number_of_absurd_size_is_refused_in_a_known_kind_too() -> None:
    context = replace(CONTEXT)
    read(FIRST, context=context)
    refused = rejection(read(changed({"valueQuantity": amount(10**40, "mg/dL")}), context=context))
    assert (refused.reason, refused.path) == (RejectionReason.UNSUPPORTED_VALUE, "Observation.value.value")
