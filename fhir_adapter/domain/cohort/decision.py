"""A named person's decision on the dose escalation of a trial.

Knows: what such a decision holds. Does not know: whether it is allowed, how it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fhir_adapter.domain.digests import SHORT, digest_of
from fhir_adapter.domain.source import TrialId


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTally:
    """The counts at one level as the person saw them: evaluable, of these dose-limiting, second doses withheld."""

    level: int
    evaluable: int
    dlts: int
    withheld: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationDecision:
    """What a named person decided about a trial's dose levels. Never changed; a later one comes after it.

    Attributes:
        id: Short and stable: derived from trial, action, level, person and time.
        action: Closed word of the rule's actions, for example `ESCALATE`.
        level: 0..1; the level it opens, keeps open or declares; None where it opens none.
        by: Person id listed in hospital.yaml.
        reason: In the person's words.
        at: When it was decided, aware.
        seen: Digest of the cohort the person saw.
        proposed_action: What the rule proposed then.
        proposed_level: 0..1; the level it proposed.
        deviation: True where the decision differs from the proposal.
        from_level: 0..1; the level that was open then.
        tallies: 0..*; the counts seen at every level, by level; what changes later is told from them.
        questions: 0..*; the questions only a person can answer that this answers, as they were worded.
    """

    id: str
    trial: TrialId
    action: str
    level: int | None
    by: str
    reason: str
    at: datetime
    seen: str
    proposed_action: str
    proposed_level: int | None
    deviation: bool = False
    from_level: int | None = None
    tallies: tuple[LevelTally, ...] = ()
    questions: tuple[str, ...] = ()


def decision_id(trial: TrialId, action: str, level: int | None, by: str, at: datetime) -> str:
    """Give the id of a decision: the same decision always has the same id."""
    return f"ED-{digest_of(trial, action, level, by, at.isoformat())[:SHORT]}"
