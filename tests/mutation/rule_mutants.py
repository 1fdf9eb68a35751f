"""Mutants of a trial's rules, made on the compiled operators so that nothing is read or compiled again.

Knows: which changes an operator invites. Does not know: how the rules are assessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from fhir_adapter.definitions.load import Definitions
from fhir_adapter.domain.criterion import Criterion
from fhir_adapter.domain.operators import AllOf, AnyOf, Attestable, Node, Not, Sex, When
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.queries import Limit, Window
from tests.mutation.harness import Mutant
from tests.mutation.variants import Change, label_of, limit_changes, scalar_changes, without_each

LEFT = frozenset({
    *("part", "label", "next_fact", "shows"),
    *("policies", "link_id", "values", "formula", "bsa"),
    *("clinical", "verification", "on", "roles", "absence", "on_conflict", "at", "category"),
    *("presence_needs_attestation", "latest", "codings"),
    *("dose_units", "doses", "doses_per_kg"),
})
"""Fields not mutated: those that decide nothing; those the loader ties to something else or sets itself;
closed words (statuses, reasons, roles, absence), for a word that is a choice is a setting, and settings are
flipped; unit rules, which reading_mutants changes everywhere at once."""


def rule_mutants(definitions: Definitions) -> Iterator[Mutant]:
    """Give every mutant of every criterion and of the anchor."""
    trial = definitions.trial
    for place, criterion in enumerate(trial.criteria):
        for words, rule in node_changes(criterion.rule):
            yield Mutant(f"{criterion.id}.{words}", partial(_with_rule, definitions, place, rule))
    for words, anchor in field_changes(trial.anchor):
        yield Mutant(f"anchor.{words}", partial(with_trial, definitions, "anchor", anchor))


def participation_mutants(definitions: Definitions) -> Iterator[Mutant]:
    """Give every mutant of the ages and days of renewed consent."""
    rule = definitions.trial.participation
    for place, age in enumerate(rule.consent_due_ages):
        for words, changed in scalar_changes(age):
            ages = (*rule.consent_due_ages[:place], changed, *rule.consent_due_ages[place + 1 :])
            mutated = replace(rule, consent_due_ages=ages)
            yield Mutant(
                f"participation.consent_due_ages.{place}:{words}",
                partial(with_trial, definitions, "participation", mutated),
            )
    for words, days in scalar_changes(rule.consent_grace_days):
        mutated = replace(rule, consent_grace_days=days)
        yield Mutant(
            f"participation.consent_grace_days:{words}",
            partial(with_trial, definitions, "participation", mutated),
        )


def with_trial(definitions: Definitions, field: str, value: Any) -> Definitions:
    """Give the definitions with one field of the trial changed."""
    changes: dict[str, Any] = {field: value}
    return replace(definitions, trial=replace(definitions.trial, **changes))


def _with_rule(definitions: Definitions, place: int, rule: Node) -> Definitions:
    trial: Trial = definitions.trial
    criterion: Criterion = replace(trial.criteria[place], rule=rule)
    criteria = (*trial.criteria[:place], criterion, *trial.criteria[place + 1 :])
    return replace(definitions, trial=replace(trial, criteria=criteria))


def node_changes(node: Node) -> Iterator[Change]:
    """Change a node as a whole, then each of its fields, then the nodes below it."""
    yield from _shape_changes(node)
    yield from field_changes(node)


def _shape_changes(node: Node) -> Iterator[Change]:
    if isinstance(node, When):
        yield "when:always-then", node.then
        yield "when:always-else", node.otherwise
    elif isinstance(node, Not):
        yield "not:dropped", node.of
    elif isinstance(node, Attestable):
        yield "attestable:data-only", node.rule
        yield "attestable:person-only", node.by
    elif isinstance(node, AllOf) and len(node.of) > 1:
        yield "all_of:any_of", AnyOf(of=node.of, part=node.part, label=node.label, next_fact=node.next_fact)
    elif isinstance(node, AnyOf) and len(node.of) > 1:
        yield "any_of:all_of", AllOf(of=node.of, part=node.part, label=node.label, next_fact=node.next_fact)
    elif isinstance(node, Sex):
        yield "sex:flipped", replace(node, is_="male" if node.is_ == "female" else "female")


def field_changes(value: Any) -> Iterator[Change]:
    """Change each field of a dataclass in turn, however deep."""
    for field in fields(value):
        if field.name in LEFT:
            continue
        for words, changed in value_changes(getattr(value, field.name)):
            yield f"{field.name}{words}", replace(value, **{field.name: changed})


def value_changes(value: Any) -> Iterator[Change]:
    """Change one value; words start with `.` or `:`, as they follow the field's name."""
    if isinstance(value, tuple):
        yield from _tuple_changes(value)
    elif isinstance(value, frozenset):
        for member in sorted(value):
            yield f":drop {member}", value - {member}
    elif isinstance(value, Mapping):
        yield from _mapping_changes(value)
    elif isinstance(value, int | Fraction | Decimal | Window):
        for words, changed in scalar_changes(value):
            yield f":{words}", changed
    else:
        yield from _below(_deeper(value))


def _mapping_changes(entries: Mapping[Any, Any]) -> Iterator[Change]:
    for key, entry in entries.items():
        if isinstance(entry, Fraction | str):
            yield f":drop {key}", {one: other for one, other in entries.items() if one != key}
        for words, changed in value_changes(entry):
            yield f".{key}{words}", {**entries, key: changed}


def _deeper(value: Any) -> Iterator[Change]:
    if isinstance(value, Node):
        yield from node_changes(value)
    elif isinstance(value, Limit):
        yield from limit_changes(value)
    elif is_dataclass(value):
        yield from field_changes(value)


def _below(changes: Iterator[Change]) -> Iterator[Change]:
    for words, changed in changes:
        yield f".{words}", changed


def _tuple_changes(members: tuple[Any, ...]) -> Iterator[Change]:
    for place, fewer in without_each(members):
        if fewer or isinstance(members[place], str):
            yield f":drop {label_of(members[place], place)}", fewer
    for place, member in enumerate(members):
        for words, changed in value_changes(member):
            yield f".{label_of(member, place)}{words}", (*members[:place], changed, *members[place + 1 :])
