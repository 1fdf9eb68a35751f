"""What shows a statement beside what it decides: its part, its words, its next fact.

Knows: the keys every node has. Does not know: operators.
"""

from __future__ import annotations

from typing import TypedDict

from fhir_adapter.definitions.file_rules import NodeFile


class RuleWords(TypedDict):
    """Keyword arguments every operator takes."""

    part: str | None
    label: str
    next_fact: str


NO_WORDS = RuleWords(part=None, label="", next_fact="")


def words_of(node: NodeFile) -> RuleWords:
    """Give a node's words; empty where it has none."""
    return RuleWords(part=node.part, label=node.label or "", next_fact=node.next_fact or "")
