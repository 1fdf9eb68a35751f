"""What named persons said about a subject's safety: adjudications, seriousness, cause of death.

Knows: what a judgement holds. Does not know: how it was asked for or recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A named person's word on one thing.

    Attributes:
        about: Id of the syndrome episode or adverse event, or `death`, or `evaluability`.
        by: Person id.
        at: When it was said.
        seen: Digest of what the person saw.
    """

    about: str
    by: str
    at: datetime
    reason: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyndromeJudgement(Judgement):
    """The final grade of a syndrome and whether it is associated with the intervention."""

    grade: int
    associated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventJudgement(Judgement):
    """A person's judgement of an adverse event.

    Attributes:
        serious: Whether it is serious, by the criteria named.
        criteria: 0..*; closed words (`death`, `life-threatening`, `hospitalisation`, `disability`,
            `congenital-anomaly`, `important`); at least one where serious.
        relatedness: `related`, `possible`, `unlikely`, `not-related`, or `not-assessed`.
        expectedness: `expected`, `unexpected`, or `not-assessed`.
        outcome: `recovered`, `recovering`, `recovered-with-sequelae`, `not-recovered`, `fatal`, `unknown`.
        grade: 0..1; the person's own grade where the machine cannot know it.
        aware: 0..1; when the site became aware, as written.
        sent: 0..*; (report, when it was sent, as written) of the reports that were due.
    """

    serious: bool
    relatedness: str
    criteria: tuple[str, ...] = ()
    expectedness: str = "not-assessed"
    outcome: str = "unknown"
    grade: int | None = None
    aware: str | None = None
    sent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeathJudgement(Judgement):
    """Cause of death and its relation to the intervention."""

    cause: str
    relatedness: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluabilityJudgement(Judgement):
    """Whether a subject that the rule cannot place counts or is replaced."""

    replaced: bool
    withheld_for_toxicity: bool = False
