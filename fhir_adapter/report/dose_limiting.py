"""Whether a subject counts for the dose escalation, as several commands show it.

Knows: what is known of one subject. Does not know: the escalation rule, how toxicity is found.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from fhir_adapter.domain.safety_model.records import DoseLimitingRecord
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.report.model import Result


class DoseLimitingOut(Result):
    """Whether a subject counts for the dose escalation; null = not known yet."""

    subject: str
    part: str | None
    level: int | None
    state: str
    window_start: str | None
    window_end: str | None
    dose_limiting: bool | None
    evaluable: bool | None
    replaced: bool
    withheld: bool
    why: str
    events: list[str]
    next_assessment: str | None


def build_dose_limiting(subject: SubjectId, record: DoseLimitingRecord) -> DoseLimitingOut:
    """Put into a row whether a subject counts.

    Args:
        subject: Whose it is.
        record: What is known of it.

    Returns:
        The row.
    """
    return DoseLimitingOut(
        subject=subject,
        part=record.part or None,
        level=record.level,
        state=record.state,
        window_start=moment(record.window_start),
        window_end=moment(record.window_end),
        dose_limiting=record.dose_limiting,
        evaluable=record.evaluable,
        replaced=record.replaced,
        withheld=record.withheld,
        why=record.why,
        events=list(record.events),
        next_assessment=record.next_assessment,
    )


def shown(answer: bool | None) -> str:
    """Say yes, no, or that it is not known."""
    return "not known yet" if answer is None else ("yes" if answer else "no")


def moment(at: datetime | None, zone: tzinfo | None = None) -> str | None:
    """Write a moment, at the hospital where its zone is given; None where there is none."""
    if at is None:
        return None
    return (at if zone is None else at.astimezone(zone)).isoformat()
