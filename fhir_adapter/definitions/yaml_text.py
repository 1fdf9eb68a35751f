"""YAML as text: every scalar stays the characters that were written, every node knows its line.

Knows: YAML's structure. Does not know: what any file is about.
YAML's own types are refused on purpose: they turn `NO` into false, `1.50` into 1.5, `0123` into 83, and let the
second of two equal keys win in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from fhir_adapter.errors import DefinitionError

MAX_DEPTH = 64

_REMEMBERED = 128
"""Texts whose trees are kept: all files of a few hospitals and trials, which a check reads again and again."""

# libyaml where it is built in: the same events, about ten times faster.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_Take = Callable[[], Any]
"""Gives the next event of YAML."""

Step = str | int


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar, as written."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Rows:
    """A list."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping; keys in the order written, each with the line it stands in."""

    entries: Mapping[str, Node]
    line: int
    key_lines: Mapping[str, int]


Node = Text | Rows | Block


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of one file; `file` as shown in messages."""

    file: str
    root: Node

    def line_at(self, steps: tuple[Step, ...]) -> int:
        """Give the line of the node at a path; of the nearest one above where the path leads nowhere."""
        node, line = self.root, self.root.line
        for step in steps:
            if isinstance(node, Block) and step in node.entries:
                line = node.key_lines[str(step)]
                node = node.entries[str(step)]
            elif isinstance(node, Rows) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
                line = node.line
        return line

    def path_text(self, steps: tuple[Step, ...]) -> str:
        """Write a path as people read it: rows by their id where they have one (`criteria[I7b].rule`)."""
        return path_text(self.root, steps)

    def error(self, steps: tuple[Step, ...], problem: str, remedy: str = "") -> DefinitionError:
        """Build the error for the node at a path."""
        return DefinitionError(
            file=self.file, line=self.line_at(steps), path=self.path_text(steps), problem=problem, remedy=remedy
        )


def path_text(root: Node, steps: tuple[Step, ...]) -> str:
    """Write a path through a tree: keys with dots, rows by id, code, unit or number."""
    node: Node | None = root
    text = ""
    for step in steps:
        if isinstance(step, int):
            node = node.items[step] if isinstance(node, Rows) and step < len(node.items) else None
            text += f"[{_row_name(node) or step}]"
        else:
            node = node.entries.get(step) if isinstance(node, Block) else None
            text += f".{step}" if text else step
    return text


def _row_name(row: Node | None) -> str | None:
    if not isinstance(row, Block):
        return None
    for key in ("id", "link_id", "code", "uri", "unit"):
        name = row.entries.get(key)
        if isinstance(name, Text):
            return name.value
    return None


def load_documents(path: Path, shown_as: str) -> tuple[Document, ...]:
    """Read every document of a YAML file as text.

    Args:
        path: The file.
        shown_as: Its name in messages.

    Returns:
        1..*; in the order written.

    Raises:
        DefinitionError: Not UTF-8, not YAML, empty, or using anchors, aliases, tags, duplicate or non-text keys.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DefinitionError(file=shown_as, line=None, path="", problem="the file does not exist") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DefinitionError(
            file=shown_as, line=line, path="", problem="not UTF-8", remedy="save it as UTF-8"
        ) from None
    return parse_documents(text, shown_as)


def load_document(path: Path, shown_as: str) -> Document:
    """Read a YAML file that holds exactly one document."""
    documents = load_documents(path, shown_as)
    if len(documents) > 1:
        raise documents[1].error((), "a second document", "one document per file here; remove the `---`")
    return documents[0]


@lru_cache(maxsize=_REMEMBERED)
def parse_documents(text: str, shown_as: str) -> tuple[Document, ...]:
    """Read every document of a YAML text; see load_documents. The same text gives the very same trees.

    Args:
        text: The file's text.
        shown_as: Its name in messages.

    Returns:
        1..*; in the order written.

    Raises:
        DefinitionError: As load_documents.

    >>> parse_documents("a: NO", "x.yaml")[0].root.entries["a"].value
    'NO'
    """
    try:
        return tuple(Document(shown_as, root) for root in _Composer(shown_as).documents(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else None
        raise DefinitionError(
            file=shown_as, line=line, path="", problem=f"not YAML: {error.problem or error.context}"
        ) from None
    except yaml.YAMLError:
        raise DefinitionError(
            file=shown_as, line=None, path="", problem="not YAML: unreadable characters"
        ) from None


class _Composer:
    """Builds trees from YAML's events; the events show anchors and tags that composed nodes hide."""

    def __init__(self, file: str) -> None:
        self._file = file

    def documents(self, text: str) -> list[Node]:
        loader = _LOADER(text)
        try:
            take: _Take = loader.get_event
            return list(self._documents(take))
        finally:
            loader.dispose()

    def _documents(self, take: _Take) -> Iterator[Node]:
        found = False
        while (kind := take().__class__) is not yaml.StreamEndEvent:
            if kind is yaml.DocumentStartEvent:
                found = True
                yield self._node(take(), take, 0)
        if not found:
            raise self._refusal(1, "the file is empty", "write the definitions or remove the file")

    def _node(self, event: Any, take: _Take, depth: int) -> Node:
        line = event.start_mark.line + 1
        if event.anchor is not None or event.tag is not None:
            raise self._not_plain(event, line)
        if depth > MAX_DEPTH:
            raise self._refusal(line, f"nested deeper than {MAX_DEPTH} levels")
        kind = event.__class__
        if kind is yaml.ScalarEvent:
            return Text(event.value, line)
        return self._rows(take, line, depth) if kind is yaml.SequenceStartEvent else self._block(take, line, depth)

    def _not_plain(self, event: Any, line: int) -> DefinitionError:
        if isinstance(event, yaml.AliasEvent):
            remedy = "write the value out; aliases hide what is reviewed"
            return self._refusal(line, f"alias *{event.anchor}", remedy)
        if event.anchor is not None:
            remedy = "write the value out; anchors hide what is reviewed"
            return self._refusal(line, f"anchor &{event.anchor}", remedy)
        return self._refusal(line, f"tag {event.tag}", "remove the tag; the file's format gives the type")

    def _rows(self, take: _Take, line: int, depth: int) -> Rows:
        items: list[Node] = []
        while (event := take()).__class__ is not yaml.SequenceEndEvent:
            items.append(self._node(event, take, depth + 1))
        return Rows(tuple(items), line)

    def _block(self, take: _Take, line: int, depth: int) -> Block:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        while (event := take()).__class__ is not yaml.MappingEndEvent:
            key = self._node(event, take, depth + 1)
            if not isinstance(key, Text):
                raise self._refusal(key.line, "a key that is not text")
            if key.value == "<<":
                raise self._refusal(key.line, "merge key <<", "write the entries out")
            if key.value in entries:
                raise self._refusal(
                    key.line, f"duplicate key {key.value}", f"first given in line {lines[key.value]}; keep one"
                )
            lines[key.value] = key.line
            entries[key.value] = self._node(take(), take, depth + 1)
        return Block(entries, line, lines)

    def _refusal(self, line: int, problem: str, remedy: str = "") -> DefinitionError:
        return DefinitionError(file=self._file, line=line, path="", problem=problem, remedy=remedy)


def plain(node: Node) -> Any:
    """Give a tree as plain dicts, lists and text, for a model to read."""
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Rows):
        return [plain(item) for item in node.items]
    return {key: plain(entry) for key, entry in node.entries.items()}
