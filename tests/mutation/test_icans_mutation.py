"""Data mutation of the grading of ICANS: every small change of the rule must change what some child is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from fhir_adapter.domain.safety_model.icans_rule import AwakeCapd, IcansRule, RecordedSign
from tests.icans import RULE
from tests.mutation.icans_stories import STORIES, outcome
from tests.mutation.rule_mutants import field_changes
from tests.mutation.variants import Change

EXPLAINED: Final = {
    "ice.bands.3.at_least:0>-1": "there is no total below 0",
}
"""Mutants nobody needs to notice, and why."""


def rule_changes() -> Iterator[Change]:
    """Step every number, drop every row, shift every time, leave out every optional part, flip every reading."""
    yield from field_changes(RULE)
    for hours in (-1, 1):
        step = timedelta(hours=hours)
        arousal = replace(RULE.arousal, holds=RULE.arousal.holds + step)
        sedation = replace(RULE.sedation, lasts=RULE.sedation.lasts + step)
        yield f"holds:{hours}", replace(RULE, holds=RULE.holds + step)
        yield f"arousal.holds:{hours}", replace(RULE, arousal=arousal)
        yield f"sedation.lasts:{hours}", replace(RULE, sedation=sedation)
    for answer in RULE.arousal.levels:
        fewer = {one: grade for one, grade in RULE.arousal.levels.items() if one != answer}
        yield f"arousal.levels:drop {answer}", replace(RULE, arousal=replace(RULE.arousal, levels=fewer))
    for concept in RULE.stated.grades:
        some = {one: grade for one, grade in RULE.stated.grades.items() if one != concept}
        yield f"stated.grades:drop {concept}", replace(RULE, stated=replace(RULE.stated, grades=some))
    awake = replace(RULE.capd, awake=AwakeCapd.ATTEST)
    yield "capd.awake:zero>attest", replace(RULE, capd=awake)
    yield from _sign_changes()


def _sign_changes() -> Iterator[Change]:
    for place, one in enumerate(RULE.signs):
        changes: list[Change] = []
        if one.limit is not None:
            limits = (one.limit + timedelta(minutes=step) for step in (-1, 1))
            changes += [(f"limit:{limit}", replace(one, limit=limit)) for limit in (*limits, None)]
        if one.unless:
            changes.append(("unless:dropped", replace(one, unless=())))
        if one.wanted is not None:
            changes.append(("worst:dropped", replace(one, worst=one.grade, wanted=None)))
        for words, changed in changes:
            signs = (*RULE.signs[:place], changed, *RULE.signs[place + 1 :])
            yield f"signs.{one.id}.{words}", replace(RULE, signs=signs)


def loads(rule: IcansRule) -> bool:
    """Say whether the loader would take the rule: what it refuses needs no story."""
    bands, levels, capd_rule = (rule.ice.bands, rule.arousal.bands), rule.arousal.levels.values(), rule.capd
    grades = [*levels, *(band.grade for each in bands for band in each), capd_rule.delirium_grade]
    grades += [rule.ice.unable_grade, capd_rule.unable_grade, rule.arousal.asleep_from]
    grades += [grade for one in rule.signs for grade in (one.grade, one.worst)]
    below = list(capd_rule.below)
    falling = ([band.at_least for band in each] for each in bands)
    return (
        all(limits == sorted(set(limits), reverse=True) for limits in falling)
        and bands[0][-1].at_least <= rule.ice.lowest
        and bands[1][-1].at_least == rule.arousal.sedated_to + 1
        and len(below) == 2
        and 0 < below[0] <= below[1] <= capd_rule.delirium_grade
        and capd_rule.lowest <= capd_rule.counts_from < capd_rule.delirium_from <= capd_rule.highest
        and max(grades) <= 4
        and min(grades) >= 0
        and set(rule.stated.grades.values()) <= {1, 2, 3, 4, 5}
        and all(_sign_loads(one) for one in rule.signs)
    )


def _sign_loads(one: RecordedSign) -> bool:
    is_open = one.worst > one.grade
    return one.worst >= one.grade and is_open == (one.wanted is not None) and (is_open or one.limit is None)


@pytest.mark.slow
def test_every_change_of_the_rule_is_noticed() -> None:
    expected = [outcome(RULE, story) for story in STORIES]
    survivors = {
        words
        for words, rule in rule_changes()
        if loads(rule) and all(outcome(rule, story) == said for story, said in zip(STORIES, expected, strict=True))
    }
    assert survivors == set(EXPLAINED)
