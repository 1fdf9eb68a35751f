"""The way in: strict JSON, types, ids, versions, and what is said about what cannot be read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.r4.context import CACHE_LIMIT, Cache, PageContext
from fhir_adapter.r4.models import ModelFault, check_resource, parse_exactly
from fhir_adapter.r4.read import READERS, read_resource
from fhir_adapter.r4.resource_types import RESOURCE_TYPES
from tests.unit.r4.laboratory import CONTEXT, NAIVE_CONTEXT, amount, finding, observation, read, rejection

FULL = replace(CONTEXT, validate_full=True)
RESULT = observation(valueQuantity=amount(1.5, "mg/dL"))


def text_of(**elements: Any) -> str:
    return json.dumps({**RESULT, **elements})


def nested(levels: int) -> str:
    """A resource whose deepest bracket is at this level; brackets inside strings do not count."""
    inner = "[" * (levels - 1) + "]" * (levels - 1)
    return f'{{"x": "{"{[" * 40}\\"{"[" * 40}", "extension": {inner}, {json.dumps(RESULT)[1:]}'


@pytest.mark.parametrize(
    ("raw", "path", "detail"),
    [
        (b"", "Resource", "json"),
        (b"null", "Resource", "json"),
        (b"[]", "Resource", "json"),
        (b"{}", "Resource", "json"),
        (b'{"resourceType":5}', "Resource", "json"),
        (b'{"resourceType":"Observaton","id":"x"}', "Resource", "resource-type"),
        (b'{"resourceType":"Observation","id":"x"', "Resource", "json"),
        (b'\xef\xbb\xbf{"resourceType":"Observation"}', "Resource", "json"),
        (b'{"resourceType":"Observation","id":"x","zz":"\xff"}', "Observation", "utf-8"),
        (b'{"resourceType":"Observation","id":"x","zz":"\\u0000"}', "Observation", "control-character"),
        (b'{"resourceType":"Observation","id":"x","zz":01}', "Resource", "json"),
        (b'{"resourceType":"Observation","id":"x","zz":NaN}', "Resource", "json"),
        (b'{"resourceType":"Observation"}', "Observation.id", "id"),
        (b'{"resourceType":"Observation","id":"a b"}', "Observation.id", "id"),
        (b'{"resourceType":"Observation","id":"' + b"x" * 65 + b'"}', "Observation.id", "id"),
    ],
)
def test_what_is_not_a_resource_is_refused_in_closed_words(raw: bytes, path: str, detail: str) -> None:
    reading = read_resource(raw, CONTEXT, PageContext(patient="p1"))
    (refused,) = reading.rejections
    assert (refused.reason, refused.path, refused.detail) == (RejectionReason.INVALID_RESOURCE, path, detail)
    assert reading.patient == "p1"


def test_bytes_may_come_as_a_view_of_a_larger_buffer() -> None:
    raw = b"--" + text_of().encode() + b"--"
    assert finding(read_resource(memoryview(raw)[2:-2], CONTEXT, PageContext())).concepts == ("creatinine",)


def test_depth_64_is_read_and_65_is_refused() -> None:
    assert finding(read(nested(64))).concepts == ("creatinine",)
    assert rejection(read(nested(65))).detail == "depth"


def test_many_brackets_are_not_deep_brackets() -> None:
    assert finding(read(text_of(extension=[{"url": "x"}] * 200))).concepts == ("creatinine",)


def test_a_key_given_twice_is_refused_under_full_validation() -> None:
    twice = text_of()[:-1] + ', "status": "final"}'
    assert finding(read(twice)).status == "final"
    assert rejection(read(twice, context=FULL)).detail == "json"


def test_a_resource_of_the_wrong_shape_is_explained_by_path_and_never_by_content() -> None:
    reading = read(text_of(status={"Jane Canary": 1}, component=[{"code": {"coding": "Jane Canary"}}]))
    assert [each.path for each in reading.rejections] == [
        "Observation.status",
        "Observation.component[0].code.coding",
    ]
    assert {each.reason for each in reading.rejections} == {RejectionReason.INVALID_RESOURCE}
    assert "Canary" not in repr(reading)
    assert reading.patient == "p1"


def test_a_key_given_twice_is_named_where_the_resource_has_to_be_explained() -> None:
    twice = text_of(status=5)[:-1] + ', "subject": {"reference": "Patient/p1"}}'
    assert rejection(read(twice)).detail == "json"


def test_a_patient_that_cannot_be_recognised_is_the_one_asked_for() -> None:
    reading = read(text_of(status=5, subject=5), PageContext(patient="p9"))
    assert reading.patient == "p9"
    assert [each.path for each in reading.rejections] == ["Observation.status", "Observation.subject"]


def test_a_patient_is_recognised_by_its_own_id() -> None:
    assert read({"resourceType": "Patient", "id": "p1", "active": 5}).patient == "p1"


def test_an_element_fhir_does_not_have_is_never_named() -> None:
    reading = read(text_of(**{"Jane Canary": 1}), context=FULL)
    assert [(each.path, each.detail) for each in reading.rejections] == [("Observation", "extra_forbidden")]


def test_the_model_may_be_content_where_the_reader_is_not() -> None:
    refused = rejection(read(text_of(valueQuantity=None)))
    assert refused.reason is RejectionReason.VALUE_ABSENT
    assert [each.path for each in read(text_of(hasMember={"reference": "x"})).rejections]


def test_at_most_five_faults_are_reported() -> None:
    broken = text_of(status=[], category=5, component=[{"code": 5}] * 9)
    assert len(read(broken).rejections) == 5


@pytest.mark.parametrize("raw", ['{"resourceType":"Encounter","id":5}', '{"resourceType":"Encounter","id":"e"}'])
def test_a_type_that_is_not_read_is_left_out_whatever_is_wrong_with_it(raw: str) -> None:
    assert read(raw).excluded_by is Exclusion.TYPE_NOT_READ


def test_a_type_the_trial_does_not_rest_on_is_left_out() -> None:
    context = replace(CONTEXT, resource_types=frozenset({"Patient"}))
    assert read(RESULT, context=context).excluded_by is Exclusion.TYPE_NOT_READ


def test_every_reader_is_registered_under_its_own_type() -> None:
    for wire, (resource_type, _) in READERS.items():
        assert wire.__struct_config__.tag == resource_type
        assert resource_type in RESOURCE_TYPES


def test_layout_does_not_make_another_content() -> None:
    compact, pretty = json.dumps(RESULT, separators=(",", ":")), json.dumps(RESULT, indent=2)
    assert read(compact).source == read(pretty).source


@pytest.mark.parametrize("stamp", ["2026-03-01", "2026-03-01T09:00:00", "soon"])
def test_what_is_no_instant_orders_no_versions(stamp: str) -> None:
    source = read(text_of(meta={"lastUpdated": stamp})).source
    assert source.last_updated is None
    assert source.version == f"sha256:{source.content}"


def test_full_validation_accepts_the_naive_times_a_hospital_declared() -> None:
    naive = text_of(effectiveDateTime="2026-03-01T08:15:00")
    fact = finding(read(naive, context=replace(NAIVE_CONTEXT, validate_full=True)))
    assert fact.effective is not None
    assert fact.effective.start is not None
    assert fact.effective.start.assumed_zone == "America/Chicago"
    assert rejection(read(naive, context=FULL)).reason is RejectionReason.INVALID_RESOURCE


def test_a_declared_zone_excuses_nothing_but_the_zone() -> None:
    context = replace(NAIVE_CONTEXT, validate_full=True)
    without_code = {key: value for key, value in RESULT.items() if key != "code"}
    assert rejection(read(without_code, context=context)).path == "Observation.code"
    assert rejection(read({**RESULT, "issued": "soon"}, context=context)).path == "Observation.issued"


def test_full_validation_keeps_what_was_left_out_by_rule_only_if_it_is_valid() -> None:
    unneeded = {**RESULT, "code": {"coding": [{"system": "http://loinc.org", "code": "9999-9"}]}}
    assert read(unneeded, context=FULL).excluded_by is Exclusion.CODE_NOT_NEEDED
    assert rejection(read({**unneeded, "zz": 1}, context=FULL)).path == "Observation"


@pytest.mark.parametrize(
    ("resource", "faults"),
    [
        ({"resourceType": "Patient"}, ()),
        ({"resourceType": "Nonsense"}, (ModelFault(("resourceType",), "unknown-type"),)),
        ({"resourceType": "Observation", "status": "final"}, (ModelFault(("code",), "missing"),)),
        ({"resourceType": "Patient", "contained": [{"resourceType": "?"}]}, (ModelFault((), "model"),)),
    ],
)
def test_the_model_names_faults_without_content(resource: dict[str, Any], faults: tuple[ModelFault, ...]) -> None:
    assert check_resource(resource) == faults


def test_a_fault_is_written_as_fhirpath() -> None:
    assert ModelFault(("component", 1, "code"), "missing").path("Observation") == "Observation.component[1].code"


@pytest.mark.parametrize("raw", [b'{"a":1,"a":1}', b'{"a":Infinity}', b"{", b'{"a":' + b"1" * 5000 + b"}"])
def test_exact_parsing_refuses_what_lenient_parsers_let_through(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|key|Expecting|digits"):
        parse_exactly(raw)


def test_a_cache_forgets_rather_than_grows() -> None:
    cache: Cache[int, int] = Cache()
    for number in range(CACHE_LIMIT + 1):
        cache.keep(number, number)
    assert cache == {CACHE_LIMIT: CACHE_LIMIT}


def test_contexts_made_from_each_other_share_no_cache() -> None:
    """Another zone or terminology would give another meaning to the same bytes."""
    assert replace(CONTEXT, reading_digest="x").caches is not CONTEXT.caches
