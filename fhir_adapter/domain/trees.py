"""Walking the trees criteria are written as.

Knows: which statements an operator is made of. Does not know: what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator

from fhir_adapter.domain.operators import Agree, AllOf, AnyOf, Attestable, FirstAvailable, Node, Not, When


def walk(node: Node) -> Iterator[Node]:
    """Give a statement and every statement inside it, outermost first.

    Args:
        node: The root of the tree.

    Yields:
        Every node once.
    """
    yield node
    for part in _parts(node):
        yield from walk(part)


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, AllOf | AnyOf | Agree | FirstAvailable):
        return node.of
    if isinstance(node, Not):
        return (node.of,)
    if isinstance(node, When):
        return (node.condition, node.then, node.otherwise)
    if isinstance(node, Attestable):
        return (node.rule, node.by)
    return ()
