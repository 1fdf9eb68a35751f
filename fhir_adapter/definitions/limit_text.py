"""Limits in a toxicity scale: `3.0 x uln`, `25 % drop`, or the numbers printed for each unit.

Knows: how such limits are written. Does not know: which limit gives which grade.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from fhir_adapter.definitions.scalar_text import CodeText, DecimalText
from fhir_adapter.domain.toxicity.scale import Change, Reference

_NUMBER = r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_MULTIPLE = re.compile(rf"({_NUMBER}) x (uln|lln|baseline|reference)")
_SHARE = re.compile(rf"({_NUMBER}) % (drop|rise)")


@dataclass(frozen=True, slots=True)
class Multiple:
    """A multiple of a limit of normal, the baseline, or whichever of them counts."""

    times: Decimal
    of: Reference


@dataclass(frozen=True, slots=True)
class ShareOfChange:
    """How much of the baseline was lost or gained."""

    share: Decimal
    change: Change


def _relative(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    multiple, share = _MULTIPLE.fullmatch(value), _SHARE.fullmatch(value)
    if multiple is not None and Decimal(multiple[1]) > 0:
        return Multiple(Decimal(multiple[1]), Reference(multiple[2]))
    if share is not None:
        return ShareOfChange(Decimal(share[1]) / 100, Change(share[2]))
    raise ValueError("not a limit; write `3.0 x uln`, `25 % drop`, or numbers by unit like {g/dL: 8.0}")


Limit = Annotated[
    Multiple | ShareOfChange | dict[CodeText, DecimalText],
    BeforeValidator(_relative),
    WithJsonSchema({
        "anyOf": [
            {"type": "string", "pattern": r"^\d+(\.\d+)? (x (uln|lln|baseline|reference)|% (drop|rise))$"},
            {
                "type": "object",
                "additionalProperties": {"type": ["number", "string"], "pattern": r"^-?\d+(\.\d+)?$"},
                "minProperties": 1,
            },
        ]
    }),
]
"""`3.0 x uln`, `25 % drop`, or unit -> number as printed for that unit."""
