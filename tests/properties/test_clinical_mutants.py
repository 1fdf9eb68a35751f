"""Every element of a complete clinical resource replaced by nonsense: never an exception, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fhir_adapter.domain.facts import Reading
from fhir_adapter.r4.context import PageContext
from fhir_adapter.r4.read import read_resource
from tests.unit.r4.clinic import CONTEXT
from tests.unit.r4.test_read_condition import PROBLEM
from tests.unit.r4.test_read_consent import SIGNED
from tests.unit.r4.test_read_medication import VIAL
from tests.unit.r4.test_read_medication_administration import GIVEN
from tests.unit.r4.test_read_procedure import DONE
from tests.unit.r4.test_read_questionnaire_response import ANSWERED
from tests.unit.r4.test_read_related_person import MOTHER

NONSENSE: list[Any] = [None, True, 5, -1.5, "", "x", [], {}, [[]], [None], {"x": 1}, "\ud7ff", 10**40]
COMPLETE = [GIVEN, VIAL, PROBLEM, DONE, SIGNED, MOTHER, ANSWERED]


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document, its root left out."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield (*path, key)
        yield from paths(item, (*path, key))


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Give a copy with one place replaced."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


def is_accounted_for(reading: Reading) -> bool:
    """Mapped, rejected with a path, or excluded by a rule; exactly one of them."""
    if reading.excluded_by is not None:
        return reading.facts == () and reading.rejections == ()
    return bool(reading.facts or reading.rejections) and all(part.path for part in reading.rejections)


@pytest.mark.parametrize("resource", COMPLETE, ids=lambda resource: str(resource["resourceType"]))
def test_a_mutant_of_a_clinical_resource_is_always_accounted_for(resource: dict[str, Any]) -> None:
    for path in paths(resource):
        for nonsense in NONSENSE:
            mutant = put(resource, path, nonsense)
            reading = read_resource(json.dumps(mutant).encode(), CONTEXT, PageContext())
            assert is_accounted_for(reading), (path, nonsense)
