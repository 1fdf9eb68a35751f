"""Walking trees of domain operators.

Knows: which fields hold further nodes. Does not know: what operators mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from fhir_adapter.domain.operators import Node


def children(node: Node) -> tuple[Node, ...]:
    """Give the nodes directly below a node, in the order of its fields."""
    below: list[Node] = []
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            below.append(value)
        elif isinstance(value, tuple):
            below.extend(one for one in value if isinstance(one, Node))
    return tuple(below)


def walk(node: Node) -> Iterator[Node]:
    """Give a node and everything below it, top first."""
    yield node
    for child in children(node):
        yield from walk(child)


def part_ids(rule: Node) -> list[str]:
    """List the part ids of a rule, top first, repeats kept."""
    return [node.part for node in walk(rule) if node.part is not None]
