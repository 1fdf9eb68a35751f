"""From a text tree to a file model; every refusal points to the line that caused it.

Knows: how models report what is wrong. Does not know: any particular file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from fhir_adapter.definitions.scalar_text import FileModel
from fhir_adapter.definitions.yaml_text import Block, Document, Node, Rows, Step, plain
from fhir_adapter.errors import DefinitionError

M = TypeVar("M", bound=FileModel)
M_co = TypeVar("M_co", bound=FileModel, covariant=True)

_SIMPLE = {
    "missing": ("required key is missing", "add it"),
    "extra_forbidden": ("unknown key", "remove it or correct its spelling"),
    "string_too_short": ("empty", "write something"),
    "list_type": ("not a list", "write [..] or rows with `-`"),
    "dict_type": ("not a mapping", "write `key: value`"),
    "model_type": ("not a mapping", "write `key: value`"),
    "model_attributes_type": ("not a mapping", "write `key: value`"),
    "string_type": ("not plain text", "write one value here"),
}


@dataclass(frozen=True, slots=True)
class Typed(Generic[M_co]):
    """A file as its model, with the document that knows the lines."""

    document: Document
    model: M_co

    def error(self, steps: tuple[Step, ...], problem: str, remedy: str = "") -> DefinitionError:
        """Build the error for the part of the file at a path."""
        return self.document.error(steps, problem, remedy)


def typed(document: Document, model: type[M]) -> Typed[M]:
    """Read a document as a file model.

    Args:
        document: Text tree, settings filled in.
        model: What the file must look like.

    Returns:
        The typed file.

    Raises:
        DefinitionError: The first thing (by line) that does not fit.
    """
    try:
        return Typed(document, model.model_validate(plain(document.root)))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True, include_input=False)
    # A missing key is often a misspelt one: the unknown key beside it is then the better message.
    misspelt = {detail["loc"][:-1] for detail in details if detail["type"] == "extra_forbidden"}
    told = [detail for detail in details if detail["type"] != "missing" or detail["loc"][:-1] not in misspelt]
    errors = [_definition_error(document, detail) for detail in told]
    first: DefinitionError = min(errors, key=lambda one: one.line or 0)
    raise first


def _definition_error(document: Document, detail: Any) -> DefinitionError:
    steps = _steps(document.root, detail["loc"], detail["type"])
    problem, remedy = _words(detail)
    return document.error(steps, problem, remedy)


def _steps(root: Node, location: tuple[Any, ...], kind: str) -> tuple[Step, ...]:
    """Drop what pydantic adds to a location (tags of unions, names of types) and keep the steps of the file."""
    node: Node | None = root
    steps: list[Step] = []
    for position, step in enumerate(location):
        if isinstance(node, Block) and step in node.entries:
            node = node.entries[step]
        elif isinstance(node, Rows) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        elif not (kind == "missing" and position == len(location) - 1):
            continue
        steps.append(step)
    return tuple(steps)


def _words(detail: Any) -> tuple[str, str]:
    """Say what is wrong in the words of the mapping files, never with pydantic's."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if kind in {"value_error", "operator"}:
        problem, _, remedy = detail["msg"].removeprefix("Value error, ").partition("; ")
        return problem, remedy
    if kind in {"enum", "literal_error"}:
        return "not one of the allowed words", f"allowed: {context['expected']}"
    if kind == "too_short":
        return "too few entries", f"at least {context['min_length']}"
    if kind == "string_pattern_mismatch":
        return "not written as this key asks", f"expected the pattern {context['pattern']}"
    return detail["msg"], ""
