"""Syndromes, adverse events and judgements of an invented subject: infusion 1 on 2 March 2026 at noon."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.reactions import ReactionsView
from fhir_adapter.domain.safety.reactions import view_reactions
from fhir_adapter.domain.safety_model.event_records import (
    AdverseEventRecord,
    EventOrigin,
    EventState,
    GradeChange,
    ReportedLink,
)
from fhir_adapter.domain.safety_model.judgements import EvaluabilityJudgement, EventJudgement, SyndromeJudgement
from fhir_adapter.domain.safety_model.observation_rule import LaterPartRule, ObservationRule, Reopening, Unfinished
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord, GradedResult, SafetyRecord, WindowState
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome, SyndromeEpisode, SyndromeRecord
from fhir_adapter.domain.source import SubjectId, TrialId
from fhir_adapter.domain.toxicity.result import Direction, GradeStatus, Needed, ToxicityGrade
from tests.builders import ZONE

FIRST = datetime(2026, 3, 2, 12, 0, tzinfo=ZONE)
SECOND = datetime(2026, 3, 19, 12, 0, tzinfo=ZONE)


def at(text: str) -> datetime:
    """A moment at the hospital: `03-05` at noon, or `03-05T08:30`."""
    return datetime.fromisoformat(f"2026-{text}" if "T" in text else f"2026-{text}T12:00").replace(tzinfo=ZONE)


def observation_rule(**given: Any) -> ObservationRule:
    """28 days, grade 3, CRS and ICANS; phase1 escalates."""
    values: dict[str, Any] = {
        "window_days": 28,
        "grade": 3,
        "syndromes": (Syndrome.CRS, Syndrome.ICANS),
        "part_link": "study-part",
        "parts": ("phase1", "phase2"),
        "escalating": "phase1",
        "unfinished": Unfinished.PERSON,
        "reopening": Reopening.REFUSED,
    }
    return ObservationRule(**(values | given))


def later_part(**given: Any) -> LaterPartRule:
    """At least 2 in the first 6, or more than a third."""
    values: dict[str, Any] = {"part": "phase2", "first": 6, "limit": 2, "share": Fraction(1, 3)}
    return LaterPartRule(**(values | given))


def verdict_on(
    about: str = "CRS-1", grade: int = 3, *, associated: bool = True, when: str = "03-20"
) -> SyndromeJudgement:
    """A person's word on a syndrome."""
    return SyndromeJudgement(
        about=about, by="pi", at=at(when), reason="seen", seen="d", grade=grade, associated=associated
    )


def episode(grade: int | None = 3, **given: Any) -> SyndromeEpisode:
    """A syndrome from 5 to 7 March."""
    values: dict[str, Any] = {
        "id": "CRS-1",
        "syndrome": Syndrome.CRS,
        "after_infusion": 1,
        "start": at("03-05"),
        "end": at("03-07"),
        "grade": grade,
        "worst": grade or 0,
        "needs_attestation": False,
        "intervals": (),
        "digest": "d",
    }
    return SyndromeEpisode(**(values | given))


def syndromes(*episodes: SyndromeEpisode, missing: tuple[Any, ...] = ()) -> tuple[SyndromeRecord, ...]:
    """One record per syndrome."""
    return tuple(
        SyndromeRecord(
            syndrome=kind,
            intervals=(),
            episodes=tuple(each for each in episodes if each.syndrome is kind),
            missing=missing if kind is Syndrome.ICANS else (),
        )
        for kind in Syndrome
    )


def reported(reference: str = "Condition/1", grade: int | None = None) -> ReportedLink:
    """A hospital's own statement."""
    return ReportedLink(reference=reference, grade=grade, why="same syndrome, overlapping days")


def said_of(relatedness: str, *, grade: int | None = None, when: str = "03-20") -> EventJudgement:
    """A person's word on an adverse event."""
    return EventJudgement(
        about="AE-1",
        by="pi",
        at=at(when),
        reason="seen",
        seen="d",
        serious=False,
        relatedness=relatedness,
        grade=grade,
    )


def changes(*steps: tuple[str, int | None]) -> tuple[GradeChange, ...]:
    """Grade changes: (moment, grade); None = cannot be graded."""
    return tuple(
        GradeChange(at=at(when), grade=grade, at_least=False, reference="Observation/1") for when, grade in steps
    )


def event(grade: int | None = 3, **given: Any) -> AdverseEventRecord:
    """A rise of ALT that began after infusion 1 and lasts."""
    values: dict[str, Any] = {
        "id": "AE-1",
        "term": "Alanine aminotransferase increased",
        "meddra": "10001551",
        "soc": "Investigations",
        "scale": "CTCAE 5.0",
        "state": EventState.ONGOING,
        "origin": EventOrigin.DERIVED,
        "onset": "2026-03-06",
        "onset_on": at("03-06").date(),
        "grade": grade,
        "worst_possible": grade or 0,
        "treatment_emergent": True,
    }
    return AdverseEventRecord(**(values | given))


def ungradable(term: str = "Alanine aminotransferase increased", worst: int = 3, **given: Any) -> GradedResult:
    """A result that cannot be graded for want of a baseline."""
    grade = ToxicityGrade(
        term=term,
        direction=Direction.HIGH,
        status=GradeStatus.UNGRADABLE,
        grade=None,
        worst=worst,
        reason=UnknownReason.MISSING,
        needed=(Needed.BASELINE,),
    )
    values: dict[str, Any] = {
        "term": term,
        "reference": "Observation/9",
        "path": "Observation.valueQuantity",
        "effective": "2026-03-06",
        "at": at("03-06"),
        "value": "300 U/L",
        "grade": grade,
        "after_infusion": 1,
    }
    return GradedResult(**(values | given))


def counts_by_word(*, replaced: bool, withheld: bool = False, when: str = "04-20") -> EvaluabilityJudgement:
    """A person's word on whether the subject counts."""
    return EvaluabilityJudgement(
        about="evaluability",
        by="pi",
        at=at(when),
        reason="seen",
        seen="d",
        replaced=replaced,
        withheld_for_toxicity=withheld,
    )


def record_of(**given: Any) -> SafetyRecord:
    """A safety record of 19 March; `episodes` and `ungradable` stand for syndromes and results."""
    syndrome = syndromes(*given.pop("episodes", ()))
    values: dict[str, Any] = {
        "subject": SubjectId("S-1"),
        "trial": TrialId("t"),
        "as_of": at("03-19T11:00"),
        "baseline_before": None,
        "infusions": ((1, FIRST),),
        "results": given.pop("ungradable", ()),
        "events": (),
        "syndromes": syndrome,
        "dose_limiting": DoseLimitingRecord(part="phase1", level=1, state=WindowState.OPEN),
        "valid_until": None,
        "definitions_digest": "d",
        "evidence_digest": "e",
    }
    return SafetyRecord(**(values | given))


def view_of(**given: Any) -> ReactionsView:
    """What a criterion to receive cells sees of that record; no term is hematologic."""
    return view_reactions(record_of(**given), lambda _: False)
