"""Trees of operators as written -> trees of domain operators.

Knows: which written node becomes which operator. Does not know: what an operator decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from fhir_adapter.definitions import file_rules as written
from fhir_adapter.definitions.compile_query import (
    check_rising,
    compile_formula_limit,
    compile_inputs,
    compile_limit,
    compile_query,
)
from fhir_adapter.definitions.compile_treatment_rule import (
    compile_oxygen_supply,
    compile_steroid_load,
    compile_under_way,
)
from fhir_adapter.definitions.file_rule_body import AttestedBody
from fhir_adapter.definitions.rule_scope import RuleScope, Steps
from fhir_adapter.definitions.rule_words import NO_WORDS, RuleWords, words_of
from fhir_adapter.domain import operators as domain
from fhir_adapter.domain.treatment_operators import NoReaction

_EVENT_TYPES: Final[Mapping[domain.EventSource, tuple[str, ...]]] = {
    domain.EventSource.INTERVENTION: ("Procedure",),
    domain.EventSource.EXPOSURE: ("MedicationAdministration", "Medication"),
    domain.EventSource.DIAGNOSIS: ("Condition",),
}


def compile_rule(scope: RuleScope, node: written.NodeFile, steps: Steps) -> domain.Node:
    """Compile one node and everything below it.

    Args:
        scope: The rest of the definitions; learns what the rule names.
        node: As written.
        steps: Where it stands in the file.

    Returns:
        The domain's node.

    Raises:
        DefinitionError: It names a concept or link that does not exist, or a unit that does not fit.
    """
    compiled = _COMPILERS[type(node)](scope, node, steps)
    if node.on_day_of is not None:
        compiled = replace(compiled, on_day_of=compile_query(scope, node.on_day_of, (*steps, "on_day_of")))
    scope.places.append((steps, compiled))
    return compiled


def _all(scope: RuleScope, nodes: list[Any], steps: Steps) -> tuple[domain.Node, ...]:
    return tuple(compile_rule(scope, node, (*steps, place)) for place, node in enumerate(nodes))


def _all_of(scope: RuleScope, node: written.AllOfNode, steps: Steps) -> domain.Node:
    return domain.AllOf(of=_all(scope, node.all_of, (*steps, "all_of")), **words_of(node))


def _any_of(scope: RuleScope, node: written.AnyOfNode, steps: Steps) -> domain.Node:
    return domain.AnyOf(of=_all(scope, node.any_of, (*steps, "any_of")), **words_of(node))


def _not(scope: RuleScope, node: written.NotNode, steps: Steps) -> domain.Node:
    return domain.Not(of=compile_rule(scope, node.not_, (*steps, "not")), **words_of(node))


def _when(scope: RuleScope, node: written.WhenNode, steps: Steps) -> domain.Node:
    here = (*steps, "when")
    return domain.When(
        condition=compile_rule(scope, node.when.if_, (*here, "if")),
        then=compile_rule(scope, node.when.then, (*here, "then")),
        otherwise=_otherwise(scope, node.when.else_, here),
        **words_of(node),
    )


def _otherwise(scope: RuleScope, node: written.NodeFile | None, steps: Steps) -> domain.Node:
    if node is not None:
        return compile_rule(scope, node, (*steps, "else"))
    never = domain.AnyOf(of=(), label="not asked, for the condition does not hold")
    scope.places.append((steps, never))
    return never


def _agree(scope: RuleScope, node: written.AgreeNode, steps: Steps) -> domain.Node:
    of = _all(scope, node.agree.of, (*steps, "agree", "of"))
    return domain.Agree(of=of, on_conflict=node.agree.on_conflict, **words_of(node))


def _first_available(scope: RuleScope, node: written.FirstAvailableNode, steps: Steps) -> domain.Node:
    of = _all(scope, node.first_available.of, (*steps, "first_available", "of"))
    return domain.FirstAvailable(of=of, warning=node.first_available.warning, **words_of(node))


def _attested_body(
    scope: RuleScope, body: AttestedBody, steps: Steps, shown: RuleWords | None = None
) -> domain.Attested:
    link = scope.stated_link(body.link, body.values, steps)
    return domain.Attested(
        link_id=body.link,
        valid_for=body.valid_for or link.valid_for,
        roles=tuple(body.roles),
        values=tuple(body.values) or link.values,
        shows=scope.concepts(body.shows, (*steps, "shows")),
        continuous=body.continuous,
        **(shown or NO_WORDS),
    )


def _attested(scope: RuleScope, node: written.AttestedNode, steps: Steps) -> domain.Node:
    return _attested_body(scope, node.attested, (*steps, "attested"), words_of(node))


def _attestable(scope: RuleScope, node: written.AttestableNode, steps: Steps) -> domain.Node:
    body, here = node.attestable, (*steps, "attestable")
    return domain.Attestable(
        rule=compile_rule(scope, body.rule, (*here, "rule")),
        by=_attested_body(scope, body.by, (*here, "by")),
        on=tuple(body.on),
        on_conflict=body.on_conflict,
        **words_of(node),
    )


def _no_reaction(scope: RuleScope, node: written.NoReactionNode, steps: Steps) -> domain.Node:
    body, here = node.no_reaction, (*steps, "no_reaction")
    return NoReaction(
        grade=body.grade,
        reading=body.reading,
        resolution=body.resolution,
        release=_attested_body(scope, body.release, (*here, "release")),
        **words_of(node),
    )


def _age(scope: RuleScope, node: written.AgeNode, steps: Steps) -> domain.Node:
    scope.rests_on(steps, "Patient")
    return domain.Age(at_least=node.age.at_least, below=node.age.below, at=node.age.at, **words_of(node))


def _sex(scope: RuleScope, node: written.SexNode, steps: Steps) -> domain.Node:
    scope.rests_on(steps, "Patient")
    return domain.Sex(is_=node.sex.is_, **words_of(node))


def _compare(scope: RuleScope, node: written.CompareNode, steps: Steps) -> domain.Node:
    body, here = node.compare, (*steps, "compare")
    query = compile_query(scope, body.find, (*here, "find"))
    return domain.Compare(
        query=query,
        limit=compile_limit(scope, body, query, here),
        times_uln=body.times_uln,
        on_conflict=body.on_conflict,
        **words_of(node),
    )


def _formula(scope: RuleScope, node: written.FormulaNode, steps: Steps) -> domain.Node:
    body, here = node.formula, (*steps, "formula")
    return domain.Formula(
        formula=body.name,
        inputs=compile_inputs(scope, body, here),
        limit=compile_formula_limit(scope, body, here),
        bsa=body.bsa,
        **words_of(node),
    )


def _coded(scope: RuleScope, node: written.CodedNode, steps: Steps) -> domain.Node:
    body, here = node.coded, (*steps, "coded")
    return domain.Coded(
        query=compile_query(scope, body.find, (*here, "find")),
        met=scope.answers(body.met, (*here, "met")),
        not_met=scope.answers(body.not_met, (*here, "not_met")),
        unconfirmed=scope.answers(body.unconfirmed, (*here, "unconfirmed")),
        by_limit=body.by_limit,
        on_conflict=body.on_conflict,
        **words_of(node),
    )


def _condition(scope: RuleScope, node: written.ConditionNode, steps: Steps) -> domain.Node:
    body, here = node.condition, (*steps, "condition")
    scope.rests_on(here, "Condition")
    return domain.HasCondition(
        concepts=scope.concepts(body.concepts, (*here, "concepts")),
        clinical=tuple(body.clinical),
        verification=tuple(body.verification),
        presence_needs_attestation=body.presence_needs_attestation,
        absence=body.absence,
        settled_by=scope.concepts(body.settled_by, (*here, "settled_by")),
        within=body.within,
        **words_of(node),
    )


def _event(scope: RuleScope, node: written.EventNode, steps: Steps) -> domain.Node:
    body, here = node.event, (*steps, "event")
    for source in body.sources:
        scope.rests_on((*here, "sources"), *_EVENT_TYPES[source])
    return domain.EventWithin(
        concepts=scope.concepts(body.concepts, (*here, "concepts")),
        sources=tuple(body.sources),
        within=body.within,
        undated=scope.concepts(body.undated, (*here, "undated")),
        absence=body.absence,
        **words_of(node),
    )


def _consent_signed(scope: RuleScope, node: written.ConsentSignedNode, steps: Steps) -> domain.Node:
    body, here = node.consent_signed, (*steps, "consent_signed")
    scope.rests_on(here, "Consent", "RelatedPerson")
    check_rising(scope, [row.below for row in body.rules], (*here, "rules"))
    rules = tuple(domain.SignatureRule(row.below, tuple(row.roles)) for row in body.rules)
    return domain.ConsentSigned(rules=rules, policies=tuple(body.policies), **words_of(node))


def _consent_withdrawn(scope: RuleScope, node: written.ConsentWithdrawnNode, steps: Steps) -> domain.Node:
    scope.rests_on(steps, "Consent")
    return domain.ConsentWithdrawn(policies=tuple(node.consent_withdrawn.policies), **words_of(node))


def _consent_provision(scope: RuleScope, node: written.ConsentProvisionNode, steps: Steps) -> domain.Node:
    body, here = node.consent_provision, (*steps, "consent_provision")
    scope.rests_on(here, "Consent")
    (concept,) = scope.concepts([body.concept], (*here, "concept"))
    return domain.ConsentProvision(concept=concept, policies=tuple(body.policies), **words_of(node))


_COMPILERS: Final[Mapping[type[written.NodeFile], Callable[[RuleScope, Any, Steps], domain.Node]]] = {
    written.AllOfNode: _all_of,
    written.AnyOfNode: _any_of,
    written.NotNode: _not,
    written.WhenNode: _when,
    written.AgreeNode: _agree,
    written.FirstAvailableNode: _first_available,
    written.AttestedNode: _attested,
    written.AttestableNode: _attestable,
    written.AgeNode: _age,
    written.SexNode: _sex,
    written.CompareNode: _compare,
    written.FormulaNode: _formula,
    written.CodedNode: _coded,
    written.ConditionNode: _condition,
    written.EventNode: _event,
    written.ConsentSignedNode: _consent_signed,
    written.ConsentWithdrawnNode: _consent_withdrawn,
    written.ConsentProvisionNode: _consent_provision,
    written.SteroidLoadNode: compile_steroid_load,
    written.UnderWayNode: compile_under_way,
    written.OxygenSupplyNode: compile_oxygen_supply,
    written.NoReactionNode: _no_reaction,
}
