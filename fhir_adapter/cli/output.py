"""How results leave: JSON or tables on stdout, messages on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel
from rich.console import Console, RenderableType

PIPED_WIDTH = 240
"""Columns of a table that is not shown on a terminal: nothing is cut off."""


class Format(StrEnum):
    """What stdout carries."""

    TEXT = "text"
    JSON = "json"


def say(message: str) -> None:
    """Tell the person at the terminal something that is not the result."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(message, markup=False)


def show(renderable: RenderableType) -> None:
    """Print a table or a tree; plain text where stdout is not a terminal."""
    terminal = sys.stdout.isatty()
    width = None if terminal else PIPED_WIDTH
    console = Console(highlight=False, markup=False, width=width)  # a bracket is a bracket, whoever wrote it
    console.print(renderable)


def emit(result: BaseModel, *, field: str | None = None) -> None:
    """Print a result as one JSON object, or the list in one of its fields.

    Args:
        result: The result model.
        field: 0..1; the field whose list is the whole result.
    """
    sys.stdout.write(as_json(result, field=field))


def as_json(result: BaseModel, *, field: str | None = None) -> str:
    """Write a result as emit prints it."""
    content: Any = result.model_dump(mode="json")
    return json.dumps(content[field] if field else content, ensure_ascii=False, indent=1) + "\n"


def emit_resources(resources: Sequence[Mapping[str, Any]]) -> None:
    """Print FHIR resources as one JSON list, numbers with the digits they were built with."""
    sys.stdout.write(json.dumps(resources, ensure_ascii=False, indent=1, default=str) + "\n")
