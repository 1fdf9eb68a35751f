"""Filling `{setting: id}` with the setting's value, before anything is typed.

Knows: where a setting may stand and who used which. Does not know: what a setting decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fhir_adapter.definitions.yaml_text import Block, Document, Node, Rows, Step, Text

SettingValue = str | list[str]


@dataclass(frozen=True, slots=True)
class Filler:
    """Fills settings into documents and remembers which were used where.

    Attributes:
        values: Setting id -> its value in force.
        used: Ids of the settings filled in so far.
    """

    values: Mapping[str, SettingValue]
    used: set[str] = field(default_factory=set)

    def fill(self, document: Document) -> Document:
        """Give the document with every setting replaced by its value; lines stay those of the use.

        Args:
            document: As written.

        Returns:
            The same tree without `{setting: id}`.

        Raises:
            DefinitionError: A setting that trial.yaml does not list.
        """
        return Document(document.file, self._filled(document, document.root, ()))

    def _filled(self, document: Document, node: Node, steps: tuple[Step, ...]) -> Node:
        if isinstance(node, Text):
            return node
        if isinstance(node, Rows):
            return Rows(
                tuple(self._filled(document, item, (*steps, place)) for place, item in enumerate(node.items)),
                node.line,
            )
        if set(node.entries) == {"setting"}:
            return self._value(document, node, steps)
        entries = {key: self._filled(document, entry, (*steps, key)) for key, entry in node.entries.items()}
        return Block(entries, node.line, node.key_lines)

    def _value(self, document: Document, node: Block, steps: tuple[Step, ...]) -> Node:
        name = node.entries["setting"]
        if not isinstance(name, Text) or name.value not in self.values:
            raise document.error(
                (*steps, "setting"), "unknown setting", "list it under `settings` in trial.yaml or correct its id"
            )
        self.used.add(name.value)
        value = self.values[name.value]
        if isinstance(value, str):
            return Text(value, node.line)
        return Rows(tuple(Text(item, node.line) for item in value), node.line)
