"""Whatever arrives, reading ends in facts, rejections or a rule, never in an exception."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_adapter.domain.facts import Reading
from fhir_adapter.r4.context import PageContext
from fhir_adapter.r4.envelope import read_bundle, read_capability
from fhir_adapter.r4.outcome import read_outcome
from fhir_adapter.r4.read import READERS, read_resource
from fhir_adapter.r4.wire import Resource
from tests.unit.r4.laboratory import CONTEXT, LOCAL, LOINC, MODIFIER, UCUM, amount, coded, observation

FULL = replace(CONTEXT, validate_full=True)
PAGES = st.sampled_from([
    PageContext(),
    PageContext(patient="p1", base="https://lab.example/fhir", references={"urn:uuid:1": "Patient/p1"}),
])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = sorted(
    {field for wire in READERS for field in wire.__struct_encode_fields__}
    | {
        "value",
        "unit",
        "system",
        "code",
        "coding",
        "comparator",
        "low",
        "high",
        "age",
        "start",
        "end",
        "reference",
    }
)
TEXTS = st.sampled_from(
    ["", "final", "Patient/p1", "#s", "urn:uuid:1", "2026-02-30", "0001-01-01", "9999-12-31T23:59:60Z",
     "2016-12-31", "2026-01-01T00:00:00", "mg/dL", "<", "2160-0", LOINC, LOCAL, UCUM, "CREA", "male",
     "active", "http://x/Patient/1"]
)  # fmt: skip
PLAUSIBLE = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.sampled_from([1.5, 1e300, -0.0]) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=20,
)
COMPLETE = observation(
    valueQuantity=amount(1.5, "mg/dL", comparator="<"),
    referenceRange=[
        {
            "low": amount(0.5, "mg/dL"),
            "high": amount(1, "mg/dL"),
            "age": {"low": amount(2, "a")},
            "appliesTo": [{}],
        }
    ],
    component=[
        {"code": coded(LOINC, "3151-8"), "valueQuantity": amount(2, "L/min"), "modifierExtension": MODIFIER}
    ],
    interpretation=[coded(LOCAL, "x")],
    method=coded(LOCAL, "x"),
    specimen={"reference": "#s"},
    contained=[{"resourceType": "Specimen", "id": "s", "type": coded(LOCAL, "x")}],
    hasMember=[{"reference": "Observation/2"}],
    dataAbsentReason=None,
    meta={"versionId": "1", "lastUpdated": "2026-03-01T08:15:00Z"},
)


def is_accounted_for(reading: Reading) -> bool:
    """Mapped, or rejected with reason and path, or excluded by a rule; never two of them, never none."""
    if reading.excluded_by is not None:
        return reading.facts == () and reading.rejections == ()
    return bool(reading.facts or reading.rejections) and all(each.path for each in reading.rejections)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, item in inside for each in _paths(item, (*path, key)))]


def _put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _put(value[path[0]], path[1:], new)
    return copy


@given(st.binary(max_size=200), PAGES)
@settings(deadline=None)  # the model is imported on first use
def test_any_bytes_are_accounted_for(raw: bytes, page: PageContext) -> None:
    assert is_accounted_for(read_resource(raw, FULL, page))
    read_bundle(raw)
    read_capability(raw)
    read_outcome(raw)


@given(ANY_JSON, PAGES)
@settings(deadline=None)  # the model is imported on first use
def test_any_json_is_accounted_for(value: Any, page: PageContext) -> None:
    raw = json.dumps(value).encode()
    assert is_accounted_for(read_resource(raw, CONTEXT, page))
    read_bundle(raw)


@given(
    st.sampled_from(sorted(READERS, key=str)),
    st.dictionaries(st.sampled_from(NAMES), PLAUSIBLE, max_size=8),
    PAGES,
)
@settings(deadline=None)  # the model is imported on first use
def test_any_resource_of_known_elements_is_accounted_for(
    wire: type[Resource], elements: dict[str, Any], page: PageContext
) -> None:
    raw = json.dumps({"resourceType": READERS[wire][0], "id": "r1", **elements}).encode()
    assert is_accounted_for(read_resource(raw, CONTEXT, page))


@given(st.sampled_from(_paths(COMPLETE)), PLAUSIBLE | ANY_JSON, PAGES)
@settings(max_examples=200, deadline=None)
def test_an_observation_with_any_element_replaced_is_accounted_for(
    path: tuple[Any, ...], new: Any, page: PageContext
) -> None:
    raw = json.dumps(_put(COMPLETE, path, new)).encode()
    assert is_accounted_for(read_resource(raw, CONTEXT, page))


@given(st.integers(min_value=0), st.integers(0, 255))
@settings(deadline=None)  # the model is imported on first use
def test_an_observation_with_any_byte_changed_is_accounted_for(at: int, byte: int) -> None:
    raw = bytearray(json.dumps(COMPLETE).encode())
    raw[at % len(raw)] = byte
    assert is_accounted_for(read_resource(bytes(raw), FULL, PageContext()))
