"""Findings of one subject as an assessment uses them: usable, dated, those of one moment together.

Knows: which findings may decide, what lies before the first infusion, how long a record speaks. Does not know:
any score or grade.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from fhir_adapter.domain.answers import Cause
from fhir_adapter.domain.astct.held import Said, doubted
from fhir_adapter.domain.chronology import start_of
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.evidence import USABLE
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.gaps import about, cause_of, says_not_measured
from fhir_adapter.domain.moments import Effective, FhirDateTime
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.spans import Span, span
from fhir_adapter.domain.timeline import Gap, Timeline

OBSERVATION: Final = "Observation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Whom, from when and until when: what every part of an assessment looks at.

    Attributes:
        as_of: Clinical time; later facts do not exist.
        starts: 1..*; start of every cell infusion begun, earliest first.
        birth: 0..1; may be partial.
    """

    timeline: Timeline
    zone: tzinfo
    as_of: datetime
    starts: tuple[datetime, ...]
    birth: FhirDateTime | None = None

    @property
    def begins(self) -> datetime:
        """Start of the first cell infusion: what lies before it is no sign of the syndrome."""
        return self.starts[0]

    def lies_before(self, at: Span) -> bool:
        """Say whether a moment certainly lies before the first infusion."""
        return at.last < self.begins

    def placed(self, said: Said, at: Span, what: str) -> Said:
        """Leave open what may lie before the first infusion, because only its day is known."""
        if said.is_normal or at.first >= self.begins:
            return said
        note = f"{what} is dated by the day of the infusion alone: it may lie before it"
        return doubted(said, UnknownReason.PARTIAL_DATE, f"the time of the {what}", note)

    def speaks_until(
        self, at: Span, holds: timedelta, following: Iterable[Span], *, is_normal: bool
    ) -> datetime | None:
        """Say until when a record speaks: until the next one, and what is normal no longer than it holds.

        What is not normal stands until an assessment says otherwise, or, once it has held by itself, until the
        next cell infusion: that one's course begins without it.

        Args:
            at: When it was made.
            holds: How long it speaks by itself.
            following: 0..*; records that replace it, in any order.
            is_normal: True where it says grade 0 for certain.

        Returns:
            The moment from which it says nothing; None = open.
        """
        due = max(at.first, self.begins) + holds
        ends = [due] if is_normal else [start for start in self.starts if start >= due]
        ends += [each.first for each in following if each.first > at.first]
        return min(ends, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Findings of one concept made at one moment, or on one day where the time is not known."""

    at: Span
    findings: tuple[Finding, ...]

    @property
    def when(self) -> str:
        """The moment as written."""
        return written(self.findings[0].effective)


def written(effective: Effective | None) -> str:
    """Give the beginning of a time as written."""
    start = start_of(effective)
    return start.text if start is not None else "without a time"


def dated(effective: Effective | None, zone: tzinfo) -> Span | None:
    """Give the moment something began, where that is known to the day or better."""
    start = start_of(effective)
    at = span(start, zone) if start is not None else None
    return at if at is not None and at.first_day == at.last_day else None


def groups(watched: Watched, concept: ConceptId) -> tuple[Together, ...]:
    """Give the findings of a concept by moment.

    Args:
        watched: Whom.
        concept: What was assessed.

    Returns:
        Earliest first. Preliminary findings, findings ahead of as_of and findings not dated to the day are left
        out; two contents of one finding stay, marked `contested`.
    """
    found: dict[Span, list[Finding]] = {}
    for finding in watched.timeline.findings.get(concept, ()):
        at = dated(finding.effective, watched.zone)
        if at is not None and finding.status in USABLE and at.first <= watched.as_of:
            found.setdefault(at, []).append(finding)
    return tuple(Together(at=at, findings=tuple(found[at])) for at in sorted(found, key=in_time))


def in_time(at: Span) -> tuple[datetime, datetime]:
    """Order moments: a day before the times in it."""
    return at.first, at.last


def left_out(watched: Watched, concept: ConceptId, title: str) -> Iterator[str]:
    """Say which findings of a concept could not be used, and why."""
    for finding in watched.timeline.findings.get(concept, ()):
        if finding.status not in USABLE:
            yield f"{title} {written(finding.effective)} not used: its status is {finding.status}"
        elif dated(finding.effective, watched.zone) is None:
            yield f"{title} {written(finding.effective)} not used: it is not dated to the day"
    for gap in about(watched.timeline.gaps, (concept,), (OBSERVATION,)):
        cause = cause_of(gap)
        if cause is not None:
            yield f"{title} {written(gap.rejection.effective)} {_refused(gap, cause)}"


def _refused(gap: Gap, cause: Cause) -> str:
    return "was not done" if says_not_measured(gap) else f"could not be read: {cause.note}"


def distance(one: Span, other: Span) -> timedelta:
    """Give the least time that can lie between two written moments."""
    return max(one.first - other.last, other.first - one.last, timedelta(0))
