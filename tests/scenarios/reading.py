"""The real definitions, compiled once, and what reading under them depends on."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from fhir_adapter.definitions.load import Definitions, load_definitions
from fhir_adapter.r4.context import ReadingContext

READ_AT = datetime(2026, 4, 1, 20, 0, tzinfo=UTC)


@cache
def definitions_for(trial: str) -> Definitions:
    """Compile the trial with the demo hospital."""
    return load_definitions(hospital="demo", trial=trial)


def reading_context(definitions: Definitions) -> ReadingContext:
    """Give what the reader consults; later than every story."""
    return ReadingContext(
        traits=definitions.traits,
        terminology=definitions.terminology,
        unit_rules=definitions.unit_rules,
        needed=definitions.trial.needed,
        resource_types=frozenset(definitions.trial.resource_types),
        read_at=READ_AT,
        reading_digest=definitions.reading_digest,
        questionnaires=definitions.trial.questionnaires,
        links=definitions.trial.links,
        event_terms=definitions.event_terms,
    )
