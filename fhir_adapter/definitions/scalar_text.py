"""Types of scalars in mapping files: text that must look exactly like what it means.

Knows: how numbers, truths, windows and ids are written. Does not know: what they are used for.
Each type states its JSON Schema too, because an editor reads YAML's own types where we read text.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from fhir_adapter.domain.queries import Window, WindowUnit

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_WINDOW = re.compile(r"(0|[1-9][0-9]*) (h|d|mo)")
_TRUTHS = {"true": True, "false": False}


class FileModel(BaseModel):
    """Base of every file model: unknown keys are refused, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _integer(value: Any) -> Any:
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value):
            raise ValueError("not a whole number; write it plainly, for example 14")
        return int(value)
    return value


def _decimal(value: Any) -> Any:
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value):
            raise ValueError(
                "not a plain decimal number; write it with digits before and after the point, like 0.45"
            )
        return Decimal(value)
    return value


def _truth(value: Any) -> Any:
    if isinstance(value, str):
        if value not in _TRUTHS:
            raise ValueError("not true or false; write exactly one of these words")
        return _TRUTHS[value]
    return value


def _window(value: Any) -> Any:
    if isinstance(value, str):
        match = _WINDOW.fullmatch(value)
        if not match:
            raise ValueError("not a window; write `14 d`, `72 h` or `4 mo`")
        return Window(int(match[1]), WindowUnit(match[2]))
    return value


def window_text(window: Window) -> str:
    """Write a window the way mapping files do.

    Args:
        window: Any window.

    Returns:
        Its text.

    >>> window_text(Window(14, WindowUnit.DAY))
    '14 d'
    """
    return f"{window.amount} {window.unit}"


IntegerText = Annotated[
    int, BeforeValidator(_integer), WithJsonSchema({"type": ["integer", "string"], "pattern": r"^-?\d+$"})
]
DecimalText = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    PlainSerializer(str),
    WithJsonSchema({"type": ["number", "string"], "pattern": r"^-?\d+(\.\d+)?$"}),
]
TruthText = Annotated[
    bool,
    BeforeValidator(_truth),
    WithJsonSchema({"type": ["boolean", "string"], "enum": [True, False, "true", "false"]}),
]
WindowText = Annotated[
    Window,
    BeforeValidator(_window),
    PlainSerializer(window_text),
    WithJsonSchema({"type": "string", "pattern": r"^\d+ (h|d|mo)$"}),
]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that says something; blanks and line ends around it are YAML's, not the writer's."""

ValueText = Annotated[
    str, Field(min_length=1, pattern=r"^\S(.*\S)?$"), WithJsonSchema({"type": ["string", "number", "boolean"]})
]
"""A value whose type is decided where it is used."""

CodeText = Annotated[
    str, Field(min_length=1, pattern=r"^[^\s]+( [^\s]+)*$"), WithJsonSchema({"type": ["string", "number"]})
]
"""A code as its system writes it (FHIR code: no blank at its ends, no two blanks together)."""

Uri = Annotated[str, Field(min_length=1, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=64)]
"""An id: lower-case letters and digits, parts joined by `-` or `.`."""

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$", max_length=64)]
"""An id with capitals: criteria and links."""
