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
from fhir_adapter.domain.safety.given import Given, find_given
from fhir_adapter.domain.safety.grading_scene import GradingScene
from fhir_adapter.domain.safety.usable import Usable
from fhir_adapter.domain.safety_model.episode_rule import InputRule
from fhir_adapter.domain.spans import Span
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
        """Look up what was given.

        Args:
            scene: What results are graded against.
        """
        self._timeline = scene.timeline
        self._given = [(rule, _certain(scene, rule)) for rule in scene.rule.inputs]

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
        for rule, everything in self._given:
            if term not in rule.terms:
                continue
            for given, at in everything:
                for result in _spoken_of(at, results, times, timedelta(hours=rule.hours)):
                    recorded = found.setdefault(result.key, Recorded())
                    recorded.inputs[rule.input] = True
                    recorded.evidence += of_event(given.event, self._timeline, role=rule.input.value)
        return found


def _certain(scene: GradingScene, rule: InputRule) -> list[tuple[Given, Span]]:
    """Give what was certainly given, with when."""
    known = scene.scene
    everything = find_given(scene.timeline, rule.concepts, as_of=known.as_of, zone=known.zone)
    return [(each, each.at) for each in everything if each.is_certain and each.at is not None]


def _spoken_of(
    at: Span, results: Sequence[Usable], times: Sequence[datetime], reach: timedelta
) -> Iterable[Usable]:
    """Give the results of the last moment before something given."""
    place = bisect_right(times, at.last)
    if place == 0 or at.first - results[place - 1].at.first > reach:
        return
    moment = results[place - 1].at.first
    while place and results[place - 1].at.first == moment:
        place -= 1
        yield results[place]
