"""What the record answers of what a grade asks of a person: something was given, so it was indicated.

Knows: which result something given speaks of. Does not know: how an answer changes a grade. Nothing recorded is no
answer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fhir_adapter.domain.evidence import of_event
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety.episode_rule import InputRule
from fhir_adapter.domain.safety.given import Given, find_given
from fhir_adapter.domain.safety.grading_scene import GradingScene
from fhir_adapter.domain.safety.usable import Usable
from fhir_adapter.domain.toxicity.scale import ClinicalInput


@dataclass(slots=True)
class Recorded:
    """What is answered of one result, and what says so."""

    inputs: dict[ClinicalInput, bool] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)


NOTHING_RECORDED = Recorded()

Answers = Mapping[tuple[str, str], Recorded]
"""Reference and path of a result -> what is answered of it."""


class InputBook:
    """What was given of everything that answers something, looked up once per subject."""

    def __init__(self, scene: GradingScene) -> None:
        self._scene = scene
        self._given: dict[InputRule, tuple[Given, ...]] = {}

    def answers(self, term: str, results: Sequence[Usable]) -> Answers:
        """Give what is recorded of the results of one term.

        Args:
            term: Name of the term.
            results: 0..*; of one concept, earliest first.

        Returns:
            Only results of which something is answered. Something given speaks of the last result before it, if
            that is not too old; of the day's last one where only its day is known.

        Source:
            clinical review, section 4: transfusion indicated is a clinical input.
        """
        found: dict[tuple[str, str], Recorded] = {}
        times = [result.at.first for result in results]
        for rule in self._scene.rule.inputs:
            if term not in rule.terms:
                continue
            for given in self._of(rule):
                for result in _spoken_of(given, results, times, timedelta(hours=rule.hours)):
                    recorded = found.setdefault(result.key, Recorded())
                    recorded.inputs[rule.input] = True
                    recorded.evidence += of_event(given.event, self._scene.timeline, role=rule.input.value)
        return found

    def _of(self, rule: InputRule) -> tuple[Given, ...]:
        known = self._given.get(rule)
        if known is None:
            scene = self._scene.scene
            everything = find_given(scene.timeline, rule.concepts, as_of=scene.as_of, zone=scene.zone)
            known = self._given[rule] = tuple(each for each in everything if each.is_certain)
        return known


def _spoken_of(
    given: Given, results: Sequence[Usable], times: Sequence[datetime], reach: timedelta
) -> Iterable[Usable]:
    """Give the results of the last moment before something given."""
    if given.at is None:
        return
    place = bisect_right(times, given.at.last)
    if place == 0 or given.at.first - results[place - 1].at.first > reach:
        return
    moment = results[place - 1].at.first
    while place and results[place - 1].at.first == moment:
        place -= 1
        yield results[place]
