"""What a change of the definitions can touch, so that only stories telling of it are derived.

Knows: items, clearance, what a story tells. Does not know: how doses are derived.
"""

from __future__ import annotations

from dataclasses import replace

from fhir_adapter.domain.protocol import Trial
from tests.scenarios.safety import SAFETY
from tests.scenarios.story import Story
from tests.scenarios.treatment import TREATMENT

WHOLE = frozenset({"treatment", "day-zero", "feasibility"})
"""What a story tells of the whole treatment: anything touches it."""


def touched_parts(original: Trial, changed: Trial) -> frozenset[str] | None:
    """Give the items and `clearance` a change touches: itself, and items of the same concepts; None = anything."""
    plan, planned = changed.regimen, original.regimen
    if plan is None or planned is None or replace(plan, items=planned.items) != planned:
        return None
    asked = changed.clearance != original.clearance
    concepts = {concept for item in {*plan.items} ^ {*planned.items} for concept in item.concepts}
    concepts |= {concept for item in planned.items if asked and item.infusion for concept in item.concepts}
    items = {item.id for item in planned.items if concepts & {*item.concepts}}
    return frozenset(items) | (frozenset({"clearance"}) if asked else frozenset())


def tells_treatment(story: Story) -> bool:
    """Say whether a story tells of treatment at all."""
    return not TREATMENT.isdisjoint(story.then)


def tells_safety(story: Story) -> bool:
    """Say whether a story tells of safety at all."""
    return not SAFETY.isdisjoint(story.then)


def tells_of(story: Story, touched: frozenset[str] | None) -> bool:
    """Say whether a story tells of anything touched."""
    if touched is None or not touched:
        return touched is None and tells_treatment(story)
    told = {word for name in story.then.get("doses", ()) for word in name.split()}
    told |= {*story.then.get("totals", ()), *story.then}
    return not (touched | WHOLE).isdisjoint(told)
