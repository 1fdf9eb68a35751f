"""Mutants of what a trial says about safety beside its scale and the grading of the syndromes, which have theirs.

Knows: which changes such a rule invites. Does not know: what is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from fhir_adapter.definitions.load import Definitions, reading_of
from fhir_adapter.domain.safety_model.episode_rule import EpisodeRule
from fhir_adapter.domain.safety_model.rule import SafetyRule
from tests.mutation.harness import Mutant
from tests.mutation.rule_mutants import value_changes, with_trial
from tests.mutation.setting_places import SAFETY_PARTS


def safety_mutants(definitions: Definitions) -> Iterator[Mutant]:
    """Give every mutant of how results become events, what is reported and how long a subject is observed."""
    safety = definitions.trial.safety
    if safety is None:
        return
    for part in SAFETY_PARTS:
        for words, changed in value_changes(getattr(safety, part)):
            rule = replace(safety, **{part: changed})
            if _loads(rule):
                yield Mutant(f"safety.{part}{words}", partial(_with_safety, definitions, rule))


def _with_safety(definitions: Definitions, safety: SafetyRule) -> Definitions:
    """Change the rules of safety; where the names of reported events change with them, resources are read anew."""
    changed = with_trial(definitions, "safety", safety)
    if reading_of(changed.trial) == reading_of(definitions.trial):
        return changed
    return replace(changed, terminology=replace(changed.terminology), reading_digest="mutant of events")


def _loads(safety: SafetyRule) -> bool:
    """Say whether the loader would take the rule: what it refuses needs no story."""
    return _episodes_load(safety.episodes)


def _episodes_load(episodes: EpisodeRule) -> bool:
    lists = [
        *(each.terms for each in episodes.expected),
        *(each.terms for each in episodes.actions),
        *(each.terms for each in episodes.inputs),
        *(each.concepts for each in episodes.actions),
        *(each.concepts for each in episodes.inputs),
        *(each.concepts for each in episodes.corrections),
    ]
    return all(lists)
