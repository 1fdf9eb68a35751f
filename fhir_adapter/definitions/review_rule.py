"""Review of rules: ranges nobody can meet, branches nobody reaches, statements made twice.

Knows: how operators shadow each other. Does not know: whether a rule is clinically right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from fhir_adapter.definitions.finding import DefinitionFinding, Severity, finding
from fhir_adapter.definitions.number_range import NumberRange, range_of, years
from fhir_adapter.definitions.rule_scope import Steps
from fhir_adapter.definitions.rule_tree import children, walk
from fhir_adapter.definitions.scalar_text import FileModel, window_text
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.domain.criterion import Criterion
from fhir_adapter.domain.operators import (
    Age,
    AgeAt,
    Agree,
    AllOf,
    AnyOf,
    Coded,
    Compare,
    FirstAvailable,
    Node,
    Not,
    When,
)
from fhir_adapter.domain.queries import FindingQuery, Window


@dataclass(frozen=True, slots=True)
class _Review:
    """One eligibility file under review."""

    file: Typed[FileModel]
    places: Mapping[int, Steps]

    def found(self, code: str, node: Node, message: str, severity: Severity = Severity.ERROR) -> DefinitionFinding:
        return finding(code, severity, self.file, self.places[id(node)], message)


def review_rules(
    file: Typed[FileModel], criteria: Iterable[Criterion], places: Iterable[tuple[Steps, Node]]
) -> Iterator[DefinitionFinding]:
    """Review every criterion's tree.

    Args:
        file: eligibility.yaml or dosing.yaml, for lines.
        criteria: 0..*; the criteria that stand in it.
        places: Every node of theirs with its path in the file.

    Yields:
        `empty-range`, `empty-window`, `duplicate-branch`, `unreachable-branch`, `answer-twice`, `no-answer`.
    """
    review = _Review(file, {id(node): steps for steps, node in places})
    for criterion in criteria:
        for node in walk(criterion.rule):
            for check in (_windows, _own_range, _joint_range, _twice, _answers):
                yield from check(review, node)
        yield from _unreachable(review, criterion.rule, {})


def _windows(review: _Review, node: Node) -> Iterator[DefinitionFinding]:
    for window in _windows_in(node):
        if window.amount == 0:
            yield review.found("empty-window", node, f"a window of {window_text(window)} holds nothing")


def _windows_in(value: Any) -> Iterator[Window]:
    """Give the windows of one node, not those of nodes below it."""
    for field in fields(value):
        part = getattr(value, field.name)
        if isinstance(part, Window):
            yield part
        elif isinstance(part, FindingQuery):
            yield from (row.window for row in part.windows)
        elif isinstance(part, Mapping):
            queries = (query for query in part.values() if isinstance(query, FindingQuery))
            yield from (row.window for query in queries for row in query.windows)


def _own_range(review: _Review, node: Node) -> Iterator[DefinitionFinding]:
    if isinstance(node, Age):
        if node.at_least is None and node.below is None:
            yield review.found("empty-range", node, "an age with neither at_least nor below says nothing")
        elif years(node.at_least, node.below).is_empty:
            yield review.found("empty-range", node, "no age lies between at_least and below")


def _joint_range(review: _Review, node: Node) -> Iterator[DefinitionFinding]:
    """Find comparisons of one finding that cannot hold together."""
    if not isinstance(node, AllOf):
        return
    ranges: dict[object, NumberRange] = {}
    for child in node.of:
        if isinstance(child, Compare):
            key = (child.query, child.limit.unit, child.times_uln)
            ranges[key] = ranges.get(key, NumberRange()).intersection(range_of(child.limit))
            if ranges[key].is_empty:
                yield review.found("empty-range", child, "no value lies on this side of both limits")


def _twice(review: _Review, node: Node) -> Iterator[DefinitionFinding]:
    branches = node.of if isinstance(node, (AllOf, AnyOf, Agree, FirstAvailable)) else ()
    if isinstance(node, When):
        branches = (node.then, node.otherwise)
    seen: list[Node] = []
    for branch in branches:
        bare = _bare(branch)
        if bare in seen:
            yield review.found("duplicate-branch", branch, "the same statement stands here twice")
        seen.append(bare)


def _bare(node: Node) -> Node:
    """Give a node without what only shows it, so that equal statements are equal."""
    changes: dict[str, Any] = {"part": None, "label": "", "next_fact": ""}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            changes[field.name] = _bare(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Node):
            changes[field.name] = tuple(_bare(one) for one in value)
    return replace(node, **changes)


def _answers(review: _Review, node: Node) -> Iterator[DefinitionFinding]:
    if not isinstance(node, Coded):
        return
    if not (node.met or node.not_met or node.by_limit):
        yield review.found("no-answer", node, "no answer decides it")
    named = (*node.met, *node.not_met, *node.unconfirmed)
    for concept in sorted({one for one in named if named.count(one) > 1}):
        yield review.found("answer-twice", node, f"{concept} decides it in two ways")


Ages = Mapping[AgeAt, tuple[NumberRange, ...]]
"""Ages that can still arrive at a branch: none known = every age."""


def _unreachable(review: _Review, node: Node, ages: Ages) -> Iterator[DefinitionFinding]:
    """Follow the ages that can arrive at each branch of nested age conditions."""
    if isinstance(node, When):
        for branch, arriving in ((node.then, _narrowed(node.condition, ages, holds=True)),
                                 (node.otherwise, _narrowed(node.condition, ages, holds=False))):  # fmt: skip
            if any(not ranges for ranges in arriving.values()):
                yield review.found("unreachable-branch", branch, "no age reaches this branch")
            else:
                yield from _unreachable(review, branch, arriving)
        yield from _unreachable(review, node.condition, ages)
        return
    if isinstance(node, AllOf):
        for child in node.of:
            ages = _narrowed(child, ages, holds=True)
            if any(not ranges for ranges in ages.values()):
                yield review.found("unreachable-branch", child, "no age meets this and what stands before it")
                return
    for child in children(node):
        yield from _unreachable(review, child, {} if isinstance(node, AllOf) else ages)


def _narrowed(condition: Node, ages: Ages, *, holds: bool) -> Ages:
    if isinstance(condition, Not):
        return _narrowed(condition.of, ages, holds=not holds)
    if not isinstance(condition, Age):
        return ages
    here = years(condition.at_least, condition.below)
    allowed = (here,) if holds else _outside(condition)
    before = ages.get(condition.at, (NumberRange(),))
    narrowed = tuple(one.intersection(other) for one in before for other in allowed)
    return {**ages, condition.at: tuple(one for one in narrowed if not one.is_empty)}


def _outside(age: Age) -> tuple[NumberRange, ...]:
    below = (years(None, age.at_least),) if age.at_least is not None else ()
    above = (years(age.below, None),) if age.below is not None else ()
    return (*below, *above)
