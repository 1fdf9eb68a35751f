"""Operating characteristics: what the rule does on average if the toxicity of each level were known.

Knows: how runs end and what they cost. Does not know: where the draws come from, what the true rates are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from fhir_adapter.domain.escalation.explore import Stage
from fhir_adapter.domain.escalation.rule import TREATING, EscalationAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristics:
    """How simulated runs ended.

    Attributes:
        runs: How many.
        mtd: Level -> runs that declared it the maximum tolerated dose.
        without_mtd: Action -> runs that ended by it without a dose.
        unrated: Runs that went to a level without a rate and were ended there.
        treated: Level -> mean number of subjects per run.
        dlts: Level -> mean number of dose-limiting toxicities per run.
    """

    runs: int
    mtd: Mapping[int, int]
    without_mtd: Mapping[EscalationAction, int]
    unrated: int
    treated: Mapping[int, Fraction]
    dlts: Mapping[int, Fraction]

    def share(self, runs: int) -> Fraction:
        """Give the share of all runs."""
        return Fraction(runs, self.runs)


def simulate_runs(
    stages: tuple[Stage, ...], rates: Mapping[int, float], runs: int, draw: Callable[[], float]
) -> Characteristics:
    """Run the dose escalation many times.

    Args:
        stages: As explored; at least the first.
        rates: Level -> probability of a dose-limiting toxicity at it. A run that goes to a level without one ends
            there: no rate is made up.
        runs: How many; at least one.
        draw: Gives numbers of [0, 1), independent and uniform; equal draws give equal runs.

    Returns:
        How they ended.
    """
    steps = tuple(_step(stage, rates) for stage in stages)
    ends: Counter[int] = Counter()
    for _ in range(runs):
        place = 0
        while (step := steps[place]) is not None:
            rate, without_dlt, with_dlt = step
            place = with_dlt if draw() < rate else without_dlt
        ends[place] += 1
    return _characteristics(stages, ends, runs)


def _step(stage: Stage, rates: Mapping[int, float]) -> tuple[float, int, int] | None:
    """Give the rate at which the next subject is treated and the stages after it; None where a run ends."""
    level, without_dlt, with_dlt = stage.next.level, stage.without_dlt, stage.with_dlt
    if level is None or level not in rates or without_dlt is None or with_dlt is None:
        return None
    return rates[level], without_dlt, with_dlt


def _characteristics(stages: tuple[Stage, ...], ends: Counter[int], runs: int) -> Characteristics:
    mtd: Counter[int] = Counter()
    without: Counter[EscalationAction] = Counter()
    treated: Counter[int] = Counter()
    dlts: Counter[int] = Counter()
    for place, number in ends.items():
        stage = stages[place]
        for level, count in stage.state.counts.items():
            treated[level] += number * count.evaluable
            dlts[level] += number * count.dlts
        if stage.next.action is EscalationAction.DECLARE_MTD and stage.next.level is not None:
            mtd[stage.next.level] += number
        else:
            without[stage.next.action] += number
    unrated = sum(without.pop(action) for action in tuple(without) if action in TREATING)
    return Characteristics(
        runs=runs,
        mtd=dict(mtd),
        without_mtd=dict(without),
        unrated=unrated,
        treated={level: Fraction(number, runs) for level, number in treated.items()},
        dlts={level: Fraction(number, runs) for level, number in dlts.items()},
    )
