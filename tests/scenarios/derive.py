"""Derive a story's eligibility with the real reader, the real definitions and the real rules.

Knows: how a story becomes readings and a record. Does not know: what should follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fhir_adapter.definitions.load import Definitions
from fhir_adapter.domain.eligibility import derive_eligibility
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.records import EligibilityRecord
from fhir_adapter.domain.source import Completeness, SubjectId
from fhir_adapter.domain.timeline import build_timeline
from fhir_adapter.r4.context import PageContext, ReadingContext
from fhir_adapter.r4.read import read_resource
from tests.scenarios.resources import resources_of
from tests.scenarios.story import Story


def derive_story(story: Story, definitions: Definitions, context: ReadingContext) -> EligibilityRecord:
    """Read what the hospital holds and derive the record."""
    timeline = build_timeline(read_story(story, context), receipts_of(story, definitions))
    return derive_eligibility(
        timeline,
        definitions.trial,
        subject=SubjectId(story.id),
        as_of=story.as_of,
        zone=definitions.traits.zone,
    )


def read_story(story: Story, context: ReadingContext) -> tuple[Reading, ...]:
    """Read every resource about the story's patient, and those about nobody."""
    lines = (line for _, line in resources_of(story))
    return tuple(each for each in _read(lines, context) if each.patient in {None, story.id})


def read_others(story: Story, context: ReadingContext) -> tuple[Reading, ...]:
    """Read the resources about other people than the story's patient: the donors' own."""
    own = f'"subject":{{"reference":"Patient/{story.id}"}}'
    lines = (line for _, line in resources_of(story) if own not in line)
    return tuple(each for each in _read(lines, context) if each.patient not in {None, story.id})


def _read(lines: Iterable[str], context: ReadingContext) -> Iterator[Reading]:
    page = PageContext()
    return (read_resource(line.encode(), context, page) for line in lines)


def receipts_of(story: Story, definitions: Definitions) -> Iterator[Completeness]:
    """Everything was read to its end, unless the story says otherwise."""
    hidden = {entry["hidden"] for entry in story.given.values() if "hidden" in entry}
    for resource_type in definitions.trial.resource_types:
        yield Completeness(
            resource_type=resource_type,
            complete=resource_type not in story.incomplete,
            hidden=resource_type in hidden,
            run="story",
            read_at=story.as_of.isoformat(),
        )


def verdicts(record: EligibilityRecord) -> dict[str, str]:
    """Give each criterion's verdict as stories write it: `PASS`, `FAIL`, `UNKNOWN STALE`."""
    return {
        result.id: f"{result.verdict} {result.unknown_reason}" if result.unknown_reason else str(result.verdict)
        for result in record.criteria
    }
