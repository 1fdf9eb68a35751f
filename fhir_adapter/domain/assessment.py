"""Answering one statement: each operator by its own function.

Knows: which function assesses which operator. Does not know: criteria, verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from fhir_adapter.domain.assess_attestation import assess_attested
from fhir_adapter.domain.assess_coded import assess_coded
from fhir_adapter.domain.assess_condition import assess_condition
from fhir_adapter.domain.assess_consent import (
    assess_consent_provision,
    assess_consent_signed,
)
from fhir_adapter.domain.assess_event import assess_event
from fhir_adapter.domain.assess_finding import assess_compare
from fhir_adapter.domain.assess_formula import assess_formula
from fhir_adapter.domain.assess_logic import (
    assess_agree,
    assess_all_of,
    assess_any_of,
    assess_attestable,
    assess_first_available,
    assess_not,
    assess_when,
)
from fhir_adapter.domain.assess_oxygen import assess_oxygen_supply
from fhir_adapter.domain.assess_person import assess_age, assess_sex
from fhir_adapter.domain.assess_reactions import assess_no_reaction
from fhir_adapter.domain.assess_steroid_load import assess_steroid_load
from fhir_adapter.domain.assess_support import assess_under_way
from fhir_adapter.domain.assess_withdrawal import assess_consent_withdrawn
from fhir_adapter.domain.operators import (
    Age,
    Agree,
    AllOf,
    AnyOf,
    Attestable,
    Attested,
    Coded,
    Compare,
    ConsentProvision,
    ConsentSigned,
    ConsentWithdrawn,
    EventWithin,
    FirstAvailable,
    Formula,
    HasCondition,
    Node,
    Not,
    Sex,
    When,
)
from fhir_adapter.domain.queries import FindingQuery
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.selection import select_current
from fhir_adapter.domain.treatment_operators import NoReaction, OxygenSupply, SteroidLoad, UnderWay
from fhir_adapter.errors import InvariantError

_LEAVES: Final[Mapping[type[Node], Callable[[Any, Scene], Answer]]] = {
    Age: assess_age,
    Attested: assess_attested,
    Coded: assess_coded,
    Compare: assess_compare,
    ConsentProvision: assess_consent_provision,
    ConsentSigned: assess_consent_signed,
    ConsentWithdrawn: assess_consent_withdrawn,
    EventWithin: assess_event,
    Formula: assess_formula,
    HasCondition: assess_condition,
    NoReaction: assess_no_reaction,
    OxygenSupply: assess_oxygen_supply,
    Sex: assess_sex,
    SteroidLoad: assess_steroid_load,
    UnderWay: assess_under_way,
}

_BRANCHES: Final[Mapping[type[Node], Callable[[Any, Scene, Callable[[Node, Scene], Answer]], Answer]]] = {
    Agree: assess_agree,
    AllOf: assess_all_of,
    AnyOf: assess_any_of,
    Attestable: assess_attestable,
    FirstAvailable: assess_first_available,
    Not: assess_not,
    When: assess_when,
}


def assess(node: Node, scene: Scene) -> Answer:
    """Answer one statement from the facts.

    Args:
        node: Any operator.
        scene: What it is assessed against.

    Returns:
        MET, NOT_MET, or UNKNOWN with reason, next fact and every cause; no combination of facts raises.

    Raises:
        InvariantError: The operator is none of the closed set.

    Source:
        design contracts, Criteria and verdicts.
    """
    if node.on_day_of is not None:
        return _assess_on_day_of(node, node.on_day_of, scene)
    if isinstance(node, Attested) and node.continuous and not scene.is_moving:
        scene = scene.at_as_of()
    leaf = _LEAVES.get(type(node))
    if leaf is not None:
        return leaf(node, scene)
    branch = _BRANCHES.get(type(node))
    if branch is None:
        raise InvariantError(f"no assessor for operator {type(node).__name__}")
    return branch(node, scene, assess)


def _assess_on_day_of(node: Node, query: FindingQuery, scene: Scene) -> Answer:
    """Judge a statement for the time of the first of the current findings, for the anchor where there is none."""
    selection = select_current(query, scene)
    spans = [at for each in selection.current if (at := scene.start_of(each.effective)) is not None]
    then = scene.at_sample(min(spans, key=lambda at: at.first)) if spans else scene
    answer = assess(replace(node, on_day_of=None), then)
    return replace(answer, expires=scene.next_of([answer.expires, selection.expires]))


def walk(node: Node) -> Iterator[Node]:
    """Give a statement and every statement it is made of."""
    yield node
    for child in _children(node):
        yield from walk(child)


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, AllOf | AnyOf | Agree | FirstAvailable):
        return node.of
    if isinstance(node, Not):
        return (node.of,)
    if isinstance(node, When):
        return node.condition, node.then, node.otherwise
    if isinstance(node, NoReaction):
        return (node.release,)
    return (node.rule, node.by) if isinstance(node, Attestable) else ()
