"""The two syndromes of cell therapy in one subject: proposed grades over time, episodes to be judged.

Knows: what a proposal says. Does not know: how a grade is proposed, attribution.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence
from fhir_adapter.domain.safety_model.event_records import ReportedLink
from fhir_adapter.domain.safety_model.judgements import SyndromeJudgement


class Syndrome(StrEnum):
    """The two syndromes graded by ASTCT."""

    CRS = "CRS"
    ICANS = "ICANS"


class ProposalStatus(StrEnum):
    """What the machine can say of a syndrome's grade. It never says more than a proposal."""

    PROPOSED = "PROPOSED"
    NEEDS_ATTESTATION = "NEEDS_ATTESTATION"
    UNGRADABLE = "UNGRADABLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyndromeInterval:
    """A time in which one proposed grade holds.

    Attributes:
        start: First moment, aware.
        end: 0..1; None = open.
        grade: 0..1; the literal grade by the table; with NEEDS_ATTESTATION what it would be if attributed; None
            where UNGRADABLE.
        worst: The highest grade it can be (`G2|G3` gives 3).
        driver: What drives it: `fever`, `hypotension`, `hypoxia`, `ice`, `capd`, `consciousness`, `seizure`,
            `motor`, `oedema`; empty for grade 0.
        reason: 0..1; why it is not PROPOSED.
    """

    start: datetime
    end: datetime | None
    status: ProposalStatus
    grade: int | None
    worst: int
    driver: str = ""
    reason: UnknownReason | None = None
    next_fact: str | None = None
    notes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SyndromeEpisode:
    """One syndrome after one cell infusion, from the first interval above grade 0 to the last.

    Attributes:
        id: Stable: syndrome and infusion of one subject, for example `CRS-1`.
        grade: 0..1; highest proposed grade; None where nothing above an ungradable state was seen.
        worst: The highest grade it can have reached.
        reported: 0..*; the hospital's own statements.
        disagrees: True where a hospital's grade differs from the proposal.
        judgement: 0..1; what a named person said: the final grade and whether it is associated.
        stands: True where the judgement was made on what is known now; False: later data went beyond it.
        digest: Digest of what a person is asked to judge.
    """

    id: str
    syndrome: Syndrome
    after_infusion: int
    start: datetime
    end: datetime | None
    grade: int | None
    worst: int
    needs_attestation: bool
    intervals: tuple[SyndromeInterval, ...]
    reported: tuple[ReportedLink, ...] = ()
    disagrees: bool = False
    judgement: SyndromeJudgement | None = None
    stands: bool = True
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyndromeRecord:
    """One syndrome of one subject: what is proposed now and was before, and which assessments are missing.

    Attributes:
        missing: 0..*; days inside the observation window without the assessment the syndrome needs (ICE or CAPD;
            for CRS a temperature).
        unassessed: 0..*; infusions after which that assessment was never made so far.
        expires: 0..1; when the passing of time alone may change it, apart from the end of the window: a reading
            tells no more, a drug masks fever no longer.
    """

    syndrome: Syndrome
    intervals: tuple[SyndromeInterval, ...]
    episodes: tuple[SyndromeEpisode, ...]
    missing: tuple[date, ...] = ()
    unassessed: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    expires: datetime | None = None
