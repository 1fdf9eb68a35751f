"""Every log event as an enum member: its level, its message, the fields it may carry.

Knows: what may be logged. Does not know: how it is formatted. No field can hold patient data: only ids of
runs, trials and hospitals, counts, codes, durations and digests.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum

LOGGER = logging.getLogger("fhir_adapter")


@dataclass(frozen=True, slots=True)
class EventShape:
    """What one event looks like: level, message, allowed field names."""

    level: int
    message: str
    fields: frozenset[str] = frozenset()


class Event(Enum):
    """The events, one line each."""

    RUN_STARTED = EventShape(
        logging.INFO, "run started", frozenset({"run", "command", "hospital", "trial", "source"})
    )
    RUN_FINISHED = EventShape(
        logging.INFO,
        "run finished",
        frozenset({
            "run",
            "received",
            "mapped",
            "rejected",
            "excluded",
            "created",
            "updated",
            "exit_code",
            "seconds",
        }),
    )
    RUN_FAILED = EventShape(logging.ERROR, "run failed", frozenset({"run", "error", "exit_code"}))
    PAGE_READ = EventShape(logging.DEBUG, "page read", frozenset({"run", "resource_type", "resources"}))
    REQUEST_RETRIED = EventShape(
        logging.WARNING, "request retried", frozenset({"action", "status", "attempt", "wait_seconds", "reason"})
    )
    SOURCE_ISSUE = EventShape(
        logging.WARNING,
        "the source withheld or limited data",
        frozenset({"run", "kind", "resource_type", "code", "count"}),
    )
    SCOPE_UNMATCHED = EventShape(
        logging.WARNING, "roster rows matched nobody or several", frozenset({"run", "unmatched", "doubled"})
    )
    SUBJECT_DERIVED = EventShape(logging.DEBUG, "subject derived", frozenset({"run", "subject", "changed"}))
    WRITE_DELIVERED = EventShape(
        logging.INFO, "resource written", frozenset({"run", "subject", "resource_type", "outcome", "intent"})
    )
    WRITE_CONFLICT = EventShape(
        logging.WARNING,
        "somebody else changed our resource",
        frozenset({"run", "subject", "resource_type", "status"}),
    )
    DECISION_RECORDED = EventShape(logging.INFO, "decision recorded", frozenset({"subject", "item", "kind", "by"}))
    COMMAND_FAILED = EventShape(logging.ERROR, "command failed", frozenset({"command", "error", "exit_code"}))


def log(event: Event, **fields: str | float | None) -> None:
    """Write one event to the log.

    Args:
        event: Which event.
        fields: Only those the event allows.

    Raises:
        ValueError: A field the event does not allow: the guard against patient data in logs.
    """
    shape: EventShape = event.value
    unknown = set(fields) - shape.fields
    if unknown:
        raise ValueError(f"event {event.name} does not carry {', '.join(sorted(unknown))}")
    LOGGER.log(shape.level, shape.message, extra={"event": event.name, "fields": fields})
