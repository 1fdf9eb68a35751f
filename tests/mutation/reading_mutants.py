"""Mutants of what reading depends on: codes, answers, scores, units, molar masses.

Knows: which scenarios can notice (those that mention the code). Does not know: how resources are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from fhir_adapter.definitions.compile_dosing import DOSE_RULES
from fhir_adapter.definitions.compile_units import computed_factors, unit_rule
from fhir_adapter.definitions.file_set import TerminologyFiles
from fhir_adapter.definitions.load import Definitions
from fhir_adapter.domain.codes import CodeMeaning, Terminology
from fhir_adapter.domain.quantity import UnitRule
from tests.mutation.harness import Mutant
from tests.mutation.variants import stepped

Key = tuple[str, str]


def code_mutants(definitions: Definitions) -> Iterator[Mutant]:
    """Forget each code of each value set, each of its qualifiers, and step each score."""
    local = definitions.terminology.local_systems
    for (system, code), meaning in definitions.terminology.meanings.items():
        where = ("local." if system in local else "code.") + "{}." + f"{system}|{code}"
        mentions = frozenset({f'"{code}"', f'/{code}"'})  # as a code, or as the end of an extension's URL
        for concept in meaning.concepts:
            fewer = replace(meaning, concepts=tuple(one for one in meaning.concepts if one != concept))
            yield _code_mutant(definitions, f"{where.format(concept)}:drop", (system, code), fewer, mentions)
        name = "+".join(meaning.concepts)
        for qualifier in sorted(meaning.qualifiers):
            plain = replace(meaning, qualifiers=meaning.qualifiers - {qualifier})
            yield _code_mutant(
                definitions, f"{where.format(name)}:drop {qualifier}", (system, code), plain, mentions
            )
        if meaning.score is not None:
            yield from _score_mutants(definitions, where.format(name), (system, code), meaning)


def _score_mutants(definitions: Definitions, where: str, key: Key, meaning: CodeMeaning) -> Iterator[Mutant]:
    for words, score in stepped(Decimal(meaning.score or 0)):
        changed = replace(meaning, score=str(score))
        yield _code_mutant(definitions, f"{where}.score:{words}", key, changed, frozenset({f'"{key[1]}"'}))


def _code_mutant(
    definitions: Definitions, name: str, key: Key, meaning: CodeMeaning, mentions: frozenset[str]
) -> Mutant:
    return Mutant(name, partial(_with_meaning, definitions, name, key, meaning), mentions)


def _with_meaning(definitions: Definitions, name: str, key: Key, meaning: CodeMeaning) -> Definitions:
    meanings = {**definitions.terminology.meanings}
    if meaning.concepts:
        meanings[key] = meaning
    else:
        del meanings[key]
    return _with_terminology(definitions, name, replace(definitions.terminology, meanings=meanings))


def _with_terminology(definitions: Definitions, name: str, terminology: Terminology) -> Definitions:
    return replace(definitions, terminology=terminology, reading_digest=f"mutant {name}")


def text_mutants(definitions: Definitions) -> Iterator[Mutant]:
    """Forget each answer text and each code marked unmatched."""
    terminology = definitions.terminology
    for key in terminology.text_answers:
        fewer = {one: answers for one, answers in terminology.text_answers.items() if one != key}
        name = f"text.{key[0]}.{key[1]}:drop"
        changed = replace(terminology, text_answers=fewer)
        yield Mutant(name, partial(_with_terminology, definitions, name, changed), frozenset({key[1]}))


def unit_mutants(definitions: Definitions, files: TerminologyFiles) -> Iterator[Mutant]:
    """Forget each unit, step each molar mass."""
    for rule in definitions.unit_rules.values():
        for unit in [one for one in rule.factors if one != rule.standard]:
            fewer = {one: factor for one, factor in rule.factors.items() if one != unit}
            yield _unit_mutant(
                definitions, f"unit.{rule.id}.{unit}:drop", replace(rule, factors=fewer), frozenset({f'"{unit}"'})
            )
        for unit in sorted(rule.as_is):
            yield _unit_mutant(
                definitions, f"unit.{rule.id}.{unit}:drop", replace(rule, as_is=rule.as_is - {unit})
            )
    yield from _molar_mutants(definitions, files)


def _molar_mutants(definitions: Definitions, files: TerminologyFiles) -> Iterator[Mutant]:
    for place, row in enumerate(files.units.model.unit_rules):
        if row.molar is None:
            continue
        for words, mass in stepped(row.molar.g_per_mol):
            molar = row.molar.model_copy(update={"g_per_mol": mass})
            changed = row.model_copy(update={"molar": molar})
            rule = unit_rule(changed, computed_factors(files, place, changed))
            yield _unit_mutant(definitions, f"unit.{row.id}.molar:{words}", rule)


def _unit_mutant(
    definitions: Definitions, name: str, rule: UnitRule, written: frozenset[str] = frozenset()
) -> Mutant:
    """Change a rule; doses follow theirs by the unit `written` with them, results theirs by their code."""
    mentions = written if rule.id in DOSE_RULES.values() else _codes_of(definitions, rule)
    return Mutant(name, partial(_with_unit_rule, definitions, name, rule), mentions)


def _with_unit_rule(definitions: Definitions, name: str, rule: UnitRule) -> Definitions:
    """Change a rule everywhere: where results are read, and where a plan or a criterion keeps it for doses."""
    rules = {**definitions.unit_rules, rule.id: rule}
    trial = replace(
        definitions.trial,
        regimen=_with_rule_inside(definitions.trial.regimen, rule),
        clearance=_with_rule_inside(definitions.trial.clearance, rule),
    )
    changed = replace(definitions, trial=trial, unit_rules=rules)
    return replace(changed, reading_digest=f"mutant {name}") if _codes_of(definitions, rule) else changed


def _with_rule_inside(value: Any, rule: UnitRule) -> Any:
    if isinstance(value, UnitRule):
        return rule if value.id == rule.id else value
    if isinstance(value, tuple):
        return tuple(_with_rule_inside(one, rule) for one in value)
    if isinstance(value, Mapping):
        return {key: _with_rule_inside(one, rule) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        inside = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
        return replace(value, **{name: _with_rule_inside(one, rule) for name, one in inside.items()})
    return value


def _codes_of(definitions: Definitions, rule: UnitRule) -> frozenset[str]:
    """Give the codes whose quantities follow the rule; none where only doses do, which stay as written."""
    meanings = definitions.terminology.meanings
    return frozenset(f'"{code}"' for (_, code), meaning in meanings.items() if meaning.unit_rule == rule.id)
