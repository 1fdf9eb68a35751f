"""Data mutation of the grading of ICANS: every small change of the rule must change what some child is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.safety_model.icans_rule import AwakeCapd, IcansRule, RecordedSign
from tests.builders import during, exposure, procedure
from tests.icans import CHILD, RULE, TEEN, capd, ice, level, problem, propose, rass, unable
from tests.mutation.rule_mutants import field_changes
from tests.mutation.variants import Change

AT: Final = "2026-03-11T08:00"
BEFORE: Final = "2026-03-08T08:00"

EXPLAINED: Final = {
    "ice.bands.3.at_least:0>-1": "there is no total below 0",
}
"""Mutants nobody needs to notice, and why."""


def told(born: str, *facts: Fact) -> tuple[str, tuple[Fact, ...]]:
    """Somebody's date of birth and what is on record."""
    return born, facts


STORIES: Final = (
    *(told(TEEN, ice(str(total), AT)) for total in range(11)),
    *(told(TEEN, ice(total, AT)) for total in (">9", "<1", "-1", "11")),
    *(told(CHILD, capd(total, AT)) for total in ("-1", "0", "1", "2", "8", "9", "10", "32", "33", ">31", "<1")),
    *(told(CHILD, capd("4", AT), capd("2", BEFORE), level(str(answer), AT)) for answer in RULE.arousal.levels),
    *(told(TEEN, ice("10", AT), rass(str(number), AT)) for number in range(-5, 5)),
    *(told(TEEN, unable("ice", AT), level(answer, AT)) for answer in ("fully-alert", "unarousable")),
    told(TEEN, ice("0", AT), level("unarousable", AT)),
    told(CHILD, capd("8", AT), level("fully-alert", AT)),
    told(CHILD, unable("capd", AT)),
    told(TEEN, unable("ice", AT)),
    *(told(CHILD, capd("9", AT), capd("2", f"2026-03-0{day}T08:00")) for day in (1, 2, 3)),
    told("2014-03-11", ice("5", AT)),
    told("2014-03-12", ice("5", AT)),
    told("2013-03-12", ice("5", AT)),
    told(TEEN, ice("5", AT), problem("developmental-delay", "2020-01-01")),
    *(
        told(TEEN, ice("5", AT), procedure("sedation", f"2026-03-11T0{hour}:00"))
        for hour in (2, 3, 4, 5)
    ),
    *(
        told(TEEN, ice("10", AT), exposure("sedative-drug", AT), level(answer, AT))
        for answer in ("awakens-to-voice", "awakens-to-touch", "unarousable")
    ),
    *(told(TEEN, ice("0", AT), level("fully-alert", f"2026-03-11T0{hour}:00")) for hour in (3, 4, 5)),
    *(
        told(CHILD, problem(str(concept), AT), problem("intracranial-haemorrhage", AT))
        for one in RULE.signs for concept in one.concepts
    ),
    *(told(CHILD, problem(str(concept), AT)) for one in RULE.signs for concept in one.concepts),
    *(
        told(CHILD, problem("seizure", AT, onset=during(f"{AT}/2026-03-11T08:0{minutes}")))
        for minutes in (4, 5, 6)
    ),
    *(told(CHILD, problem(str(concept), AT)) for concept in RULE.excluded),
    *(
        told(TEEN, problem("icans", AT, concepts=("icans", f"icans-grade-{grade}")))
        for grade in range(1, 6)
    ),
)  # fmt: skip


def outcome(rule: IcansRule, story: tuple[str, tuple[Fact, ...]]) -> object:
    """Everything that is told of one child, its evidence apart."""
    born, facts = story
    record = propose(*facts, born=born, rule=rule)
    intervals = tuple(replace(each, evidence=()) for each in record.intervals)
    return intervals, [replace(each, intervals=()) for each in record.episodes], record.missing, record.notes


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
