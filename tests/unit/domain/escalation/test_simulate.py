"""Operating characteristics: single runs by hand, means against exact probabilities, reproducible draws."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import pytest

from fhir_adapter.domain.escalation.explore import Stage, explore
from fhir_adapter.domain.escalation.simulate import Characteristics, simulate_runs
from tests.escalation import shipped_rule, walk_by_hand

RATES = {0: 0.05, 1: 0.1, 2: 0.25, 3: 0.5}


@cache
def stages() -> tuple[Stage, ...]:
    return explore(shipped_rule())


def run(draws: list[float], runs: int = 1, rates: dict[int, float] | None = None) -> Characteristics:
    given: Iterator[float] = iter(draws)
    return simulate_runs(stages(), RATES if rates is None else rates, runs, lambda: next(given))


def test_one_run_without_any_toxicity_reaches_the_top() -> None:
    found = run([0.9] * 12)
    assert (found.mtd, found.without_mtd, found.unrated) == ({3: 1}, {}, 0)
    assert found.treated == {1: 3, 2: 3, 3: 6}
    assert sum(found.dlts.values()) == 0


def test_a_draw_equal_to_the_rate_is_no_toxicity_and_one_below_it_is() -> None:
    """At a rate of 0 nobody has one, at a rate of 1 everybody: draws are at least 0 and below 1."""
    assert run([0.1, 0.1, 0.1, *[0.9] * 9]).mtd == {3: 1}
    found = run([0.09, 0.09, 0.01, 0.01])
    assert found.without_mtd == {"STOP_STUDY": 1}
    assert found.treated == {1: 2, 0: 2}
    assert found.dlts == {1: 2, 0: 2}
    assert run([0.0] * 12, rates=dict.fromkeys(range(4), 0.0)).mtd == {3: 1}
    assert run([0.999] * 4, rates=dict.fromkeys(range(4), 1.0)).without_mtd == {"STOP_STUDY": 1}


def test_two_runs_are_averaged() -> None:
    found = run([0.9] * 12 + [0.0] * 4, runs=2)
    assert found.treated == {1: Fraction(5, 2), 2: Fraction(3, 2), 3: 3, 0: 1}
    assert found.dlts[1] == 1
    assert found.share(1) == Fraction(1, 2)


def test_a_run_that_goes_to_a_level_without_a_rate_ends_there() -> None:
    found = run([0.0, 0.0], rates={1: 0.1, 2: 0.2, 3: 0.4})
    assert (found.unrated, found.mtd, found.without_mtd) == (1, {}, {})
    assert found.treated == {1: 2}


def test_equal_seeds_give_equal_runs() -> None:
    def once(seed: int) -> Characteristics:
        return simulate_runs(stages(), RATES, 500, random.Random(seed).random)

    assert once(7) == once(7)
    assert once(7) != once(8)


def test_the_means_are_those_of_the_exact_probabilities() -> None:
    """Summed over the paths of the table by hand; 20,000 runs are within four standard errors of it."""
    exact: dict[str, float] = {}
    treated = 0.0
    for told, outcomes, (action, level, _) in walk_by_hand():
        chance = 1.0
        for place in range(0, len(told), 2):
            rate = RATES[int(told[place])]
            chance *= rate if told[place + 1] == "T" else 1 - rate
        exact[f"{action} {level}"] = exact.get(f"{action} {level}", 0.0) + chance
        treated += chance * sum(len(text) for text in outcomes.values())
    assert sum(exact.values()) == pytest.approx(1)
    runs = 20_000
    found = simulate_runs(stages(), RATES, runs, random.Random(20).random)
    shares = {f"DECLARE_MTD {level}": found.share(number) for level, number in found.mtd.items()}
    shares |= {f"{action} None": found.share(number) for action, number in found.without_mtd.items()}
    assert shares.keys() == exact.keys()
    for end, share in shares.items():
        assert abs(float(share) - exact[end]) < 4 * (exact[end] * (1 - exact[end]) / runs) ** 0.5
    assert float(sum(found.treated.values())) == pytest.approx(treated, abs=0.15)
