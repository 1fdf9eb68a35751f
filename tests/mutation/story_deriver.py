"""Derive every story of a trial under changed definitions, doing again only what a change can touch.

What counts of treatment and of safety is what a story tells of it (doses, clearance, grades, events ...): a number
nobody told is not tested by being different. Stories of safety are asked about what reading makes of resources and
about the rules of safety; what was given stays as it was, for stories of treatment tell that.

Knows: stories, what of their outcome counts, what depends on what. Does not know: the mutants.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from fhir_adapter.definitions.load import Definitions
from fhir_adapter.domain.criterion import Criterion
from fhir_adapter.domain.dosing.records import TreatmentRecord
from fhir_adapter.domain.eligibility import build_scene, judge_criterion
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.renewal import assess_renewal, signature_rule
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.timeline import Timeline, build_timeline
from tests.mutation.harness import Outcome
from tests.mutation.touched import tells_of, tells_safety, tells_treatment, touched_parts
from tests.scenarios.derive import read_story, receipts_of
from tests.scenarios.reading import reading_context
from tests.scenarios.resources import resources_of
from tests.scenarios.safety import differences_in_safety
from tests.scenarios.story import Story
from tests.scenarios.treatment import differences_in, donor_of, timeline_of, treatment_of

_REMEMBERED = 12
"""Stories asked first because they noticed something lately."""


@dataclass(frozen=True, slots=True)
class StoryDeriver:
    """Derives stories; the scenes and outcomes of the unchanged definitions are kept.

    Attributes:
        stories: All of them.
        original: The unchanged definitions.
        texts: Story -> its resources as one text, to see which codes it mentions.
        scenes: Story -> scene under the unchanged definitions.
        outcomes: Story -> outcome under the unchanged definitions.
        timelines: Story of treatment or safety -> its facts, and its donor's, under the unchanged definitions.
        treatments: Story of safety -> what was given in it, under the unchanged definitions.
        lately: Stories that noticed a change, the latest last: a change beside it is noticed by them too.
    """

    stories: tuple[Story, ...]
    original: Definitions
    texts: dict[str, str] = field(default_factory=dict)
    scenes: dict[str, Scene] = field(default_factory=dict)
    outcomes: dict[str, dict[str, str]] = field(default_factory=dict)
    timelines: dict[str, tuple[Timeline, Timeline | None]] = field(default_factory=dict)
    treatments: dict[str, TreatmentRecord | None] = field(default_factory=dict)
    lately: dict[str, None] = field(default_factory=dict)

    def __call__(
        self, definitions: Definitions, mentions: frozenset[str] | None, first: str | None
    ) -> Iterator[tuple[str, Outcome]]:
        """Give the outcome of each story that can notice the change, the likeliest to notice first."""
        changed = self._changed(definitions)
        judges, touched = self._judges_alike(definitions), self._touched(definitions)
        is_safe = self._is_safe(definitions)
        ranks = {name: rank for rank, name in enumerate(reversed(self.lately))}
        if first is not None:
            ranks[first] = -1
        for story in sorted(
            self.stories, key=lambda one: (ranks.get(one.id, len(ranks)), self._unaffected(one, changed))
        ):
            asked = (_tells_eligibility(story) and not judges) or tells_of(story, touched)
            asked = asked or (tells_safety(story) and not is_safe)
            if asked and (mentions is None or any(one in self._text(story) for one in mentions)):
                try:
                    yield story.id, self._outcome(story, definitions, changed)
                except GeneratorExit:  # who asks stops at the story that noticed
                    self._notice(story.id)
                    raise

    def _notice(self, story: str) -> None:
        self.lately.pop(story, None)
        self.lately[story] = None
        if len(self.lately) > _REMEMBERED:
            del self.lately[next(iter(self.lately))]

    def _judges_alike(self, definitions: Definitions) -> bool:
        """Say whether no criterion can be judged otherwise than under the unchanged definitions."""
        trial, before = definitions.trial, self.original.trial
        return (
            bool(self.outcomes)
            and self._reads_alike(definitions)
            and (trial.criteria, trial.anchor, trial.participation)
            == (before.criteria, before.anchor, before.participation)
        )

    def _touched(self, definitions: Definitions) -> frozenset[str] | None:
        """Give the parts of treatment that may come out otherwise; None = any of them."""
        if self._treats_alike(definitions):
            return frozenset()
        alike = self._reads_alike(definitions) and definitions.trial.anchor == self.original.trial.anchor
        meant = definitions.traits.stopped_dose == self.original.traits.stopped_dose
        if not (self.outcomes and alike and meant):
            return None
        return touched_parts(self.original.trial, definitions.trial)

    def _treats_alike(self, definitions: Definitions) -> bool:
        """Say whether no dose and no clearance can come out otherwise than under the unchanged definitions."""
        trial, before = definitions.trial, self.original.trial
        return (
            bool(self.outcomes)
            and self._reads_alike(definitions)
            and definitions.traits.stopped_dose == self.original.traits.stopped_dose
            and (trial.regimen, trial.clearance, trial.anchor) == (before.regimen, before.clearance, before.anchor)
        )

    def _is_safe(self, definitions: Definitions) -> bool:
        """Say whether nothing told of safety can come out otherwise than under the unchanged definitions.

        How the syndromes are graded and the dose is found is told by tables, which were asked before.
        """
        safety, before = definitions.trial.safety, self.original.trial.safety
        if safety is None or before is None or not (self.outcomes and self._reads_alike(definitions)):
            return safety is before is None
        return replace(safety, crs=before.crs, icans=before.icans) == before

    def _changed(self, definitions: Definitions) -> tuple[Criterion, ...]:
        """Give the criteria that must be judged again."""
        trial, before = definitions.trial, self.original.trial
        if self._reads_alike(definitions) and trial.anchor == before.anchor and self.outcomes:
            return tuple(one for one in trial.criteria if one not in before.criteria)
        return trial.criteria

    def _reads_alike(self, definitions: Definitions) -> bool:
        """Say whether the same resources give the same facts: nothing but what is needed may differ."""
        parts = ("traits", "terminology", "unit_rules")
        return all(getattr(definitions, part) is getattr(self.original, part) for part in parts) or (
            definitions.reading_digest == self.original.reading_digest
        )

    def _unaffected(self, story: Story, changed: tuple[Criterion, ...]) -> int:
        outcome = self.outcomes.get(story.id, {})
        return sum(outcome.get(one.id) == "PASS" for one in changed)

    def _text(self, story: Story) -> str:
        if story.id not in self.texts:
            self.texts[story.id] = "\n".join(line for _, line in resources_of(story))
        return self.texts[story.id]

    def _scene(self, story: Story, definitions: Definitions) -> Scene:
        alike = self._reads_alike(definitions)
        if alike and story.id in self.scenes and definitions.trial.anchor == self.original.trial.anchor:
            return self.scenes[story.id]
        if alike and story.id in self.scenes:
            timeline = self.scenes[story.id].timeline
        else:
            readings = read_story(story, reading_context(definitions))
            timeline = build_timeline(readings, receipts_of(story, definitions))
        scene = build_scene(timeline, definitions.trial, as_of=story.as_of, zone=definitions.traits.zone)
        if definitions is self.original:
            self.scenes[story.id] = scene
        return scene

    def _outcome(self, story: Story, definitions: Definitions, changed: tuple[Criterion, ...]) -> Outcome:
        outcome = {**self.outcomes.get(story.id, {})}
        if _tells_eligibility(story):
            scene = self._scene(story, definitions)
            outcome |= {criterion.id: _verdict(criterion, scene) for criterion in changed}
            outcome["anchor"] = f"{scene.anchor.source} {scene.anchor.start}"
            outcome["renewal"] = _renewal(story, scene, definitions.trial)
        if tells_treatment(story) and ("treatment" not in outcome or not self._treats_alike(definitions)):
            told = differences_in(story, definitions, *self._timelines(story, definitions))
            outcome["treatment"] = "; ".join(told)
        if tells_safety(story) and ("safety" not in outcome or not self._is_safe(definitions)):
            timeline, treatment = self._timelines(story, definitions)[0], self._treatment(story, definitions)
            outcome["safety"] = "; ".join(differences_in_safety(story, definitions, timeline, treatment))
        if definitions is self.original:
            self.outcomes[story.id] = outcome
        return outcome

    def _treatment(self, story: Story, definitions: Definitions) -> TreatmentRecord | None:
        """Give what was given; the same wherever the same was read."""
        if story.id in self.treatments and self._reads_alike(definitions):
            return self.treatments[story.id]
        treatment = treatment_of(story, definitions, *self._timelines(story, definitions))
        if definitions is self.original:
            self.treatments[story.id] = treatment
        return treatment

    def _timelines(self, story: Story, definitions: Definitions) -> tuple[Timeline, Timeline | None]:
        if story.id in self.timelines and self._reads_alike(definitions):
            return self.timelines[story.id]
        context = reading_context(definitions)
        timeline = timeline_of(story, definitions, context)
        timelines = timeline, donor_of(story, definitions, context, timeline)
        if definitions is self.original:
            self.timelines[story.id] = timelines
        return timelines


def _tells_eligibility(story: Story) -> bool:
    return "verdict" in story.then


def _verdict(criterion: Criterion, scene: Scene) -> str:
    result, _ = judge_criterion(criterion, scene)
    return f"{result.verdict} {result.unknown_reason}" if result.unknown_reason else str(result.verdict)


def _renewal(story: Story, scene: Scene, trial: Trial) -> str:
    today = story.as_of.astimezone(scene.zone).date()
    renewal = assess_renewal(trial.participation, scene.timeline, signature_rule(trial), today, scene.zone)
    return f"{renewal.due_age} {renewal.overdue}"
