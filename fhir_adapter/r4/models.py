"""The R4B models of fhir.resources: the only place that imports them.

Knows: how to have a resource checked without its content leaking out. Does not know: the adapter's own wire
structs. R4B (4.3) stands in for R4 (4.0.1), which the library does not have: see the ADR on the checker.
Code lists are not enforced by these models; `bindings` does that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

_ELEMENT = re.compile(r"_?[a-z][A-Za-z0-9]{0,63}")
_STUMBLES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What the models raise, beside their own errors, on resources their authors did not think of."""


class ModelFault(NamedTuple):
    """One fault the model found: its place as keys and indexes, and its kind; never the content."""

    location: tuple[str | int, ...]
    kind: str

    def path(self, resource_type: str) -> str:
        """Give the place as FHIRPath, for example `Observation.component[1].code`."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.location)
        return resource_type + "".join(steps)


def check_resource(resource: Mapping[str, Any]) -> tuple[ModelFault, ...]:
    """Have a resource checked by the R4B model of its type.

    Does not check code lists: the models do not enforce them.

    Args:
        resource: Parsed JSON; numbers as Decimal, so that no digit is lost.

    Returns:
        Faults in the model's order; empty = valid, as far as the model looks.
    """
    try:
        model = get_fhir_model_class(str(resource.get("resourceType")))
    except ValueError:
        return (ModelFault(("resourceType",), "unknown-type"),)
    try:
        model.model_validate(dict(resource))
    except ValidationError as refused:
        errors = refused.errors(include_input=False, include_url=False, include_context=False)
        return tuple(_fault(error["loc"], error["type"]) for error in errors)
    except _STUMBLES:
        return (ModelFault((), "model"),)
    return ()


def parse_exactly(raw: bytes) -> Any:
    """Parse JSON with exact numbers, refusing what a lenient parser lets through.

    Args:
        raw: UTF-8 JSON.

    Returns:
        Dicts, lists, strings, Decimals, ints.

    Raises:
        ValueError: Not JSON, a key twice in one object, NaN or Infinity, or an integer of absurd length.
    """
    return json.loads(raw, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique)


def _fault(location: tuple[str | int, ...], kind: str) -> ModelFault:
    """Leave out the name of an element FHIR does not have: it is content; and steps that are the library's own."""
    known = location[:-1] if kind == "extra_forbidden" else location
    return ModelFault(tuple(step for step in known if isinstance(step, int) or _is_element(step)), kind)


def _is_element(step: str) -> bool:
    return step != "root" and _ELEMENT.fullmatch(step) is not None


def _refuse_constant(_name: str) -> None:
    raise ValueError("JSON has no NaN and no Infinity")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has one key twice")
    return found
