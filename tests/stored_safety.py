"""A safety record with something in every field, synthetic, for storing and showing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Amount, Evidence
from fhir_adapter.domain.safety_model.event_records import (
    Action,
    AdverseEventRecord,
    DoseLink,
    EventOrigin,
    EventState,
    GradeChange,
    ReportedLink,
    SpecialInterest,
)
from fhir_adapter.domain.safety_model.judgements import DeathJudgement, EventJudgement, SyndromeJudgement
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord, GradedResult, SafetyRecord, WindowState
from fhir_adapter.domain.safety_model.syndrome_records import (
    ProposalStatus,
    Syndrome,
    SyndromeEpisode,
    SyndromeInterval,
    SyndromeRecord,
)
from fhir_adapter.domain.toxicity.result import Direction, GradeStatus, Needed, ToxicityGrade
from tests.store_samples import NOON, SUBJECT, TRIAL

ALT = Evidence(
    reference="Observation/alt1",
    version="2",
    last_updated="2026-03-10T08:00:00+01:00",
    path="Observation.value",
    reported=Amount("260", "U/L"),
    standard=Amount("260", "U/L"),
    effective="2026-03-10T07:30:00+01:00",
)
FEVER = Evidence(
    reference="Observation/t1", version="1", last_updated=None, path="Observation.value", role="temperature"
)
START = datetime(2026, 3, 9, 10, tzinfo=UTC)


def graded_result() -> GradedResult:
    """An ALT of 6.5 times its upper limit, without a baseline."""
    return GradedResult(
        term="Alanine aminotransferase increased",
        reference="Observation/alt1",
        path="Observation.value",
        effective="2026-03-10T07:30:00+01:00",
        at=datetime(2026, 3, 10, 6, 30, tzinfo=UTC),
        value="260 U/L",
        grade=ToxicityGrade(
            term="Alanine aminotransferase increased",
            direction=Direction.HIGH,
            status=GradeStatus.UNGRADABLE,
            grade=None,
            worst=3,
            reason=UnknownReason.MISSING,
            needed=(Needed.BASELINE,),
            within_range=False,
            notes=("lab only",),
        ),
        baseline="Observation/alt0",
        after_infusion=1,
        evidence=(ALT,),
    )


def adverse_event() -> AdverseEventRecord:
    """A serious event somebody judged."""
    return AdverseEventRecord(
        id="AE-3f2a91c07b1d",
        term="Alanine aminotransferase increased",
        meddra="10001551",
        soc="Investigations",
        scale="CTCAE 5.0",
        state=EventState.RESOLVED,
        origin=EventOrigin.BOTH,
        onset="2026-03-10T07:30:00+01:00",
        onset_on=date(2026, 3, 10),
        onset_day=-1,
        grade=3,
        worst_possible=4,
        at_least=True,
        resolved="2026-03-14T07:30:00+01:00",
        resolved_on=date(2026, 3, 14),
        resolved_by="grade 0",
        worst_on="2026-03-11T07:30:00+01:00",
        changes=(GradeChange(at=START, grade=3, at_least=True, reference="Observation/alt1"),),
        gaps=(("2026-03-11", "2026-03-20"),),
        baseline_grade=0,
        treatment_emergent=True,
        worsened=True,
        expected="conditioning aplasia",
        after_infusion=1,
        unresolved_ungradable=True,
        special_interest=SpecialInterest.SOS,
        doses=(
            DoseLink(
                item="nk-infusion-1",
                title="NK",
                day=-12,
                references=("MedicationAdministration/n1",),
                days_before=1,
            ),
        ),
        actions=(
            Action(title="Tocilizumab", reference="MedicationAdministration/t1", at="2026-03-10", role="rescue"),
        ),
        reported=(ReportedLink(reference="AdverseEvent/1", grade=2, why="same term, same days"),),
        lineage=("split from AE-000000000000",),
        judgement=EventJudgement(
            about="AE-3f2a91c07b1d",
            by="dr-weber",
            at=NOON,
            reason="seen",
            seen="d",
            serious=True,
            relatedness="possible",
            criteria=("important",),
            expectedness="unexpected",
            outcome="recovered",
            grade=3,
            aware="2026-03-10",
        ),
        due=(("report to the sponsor", NOON),),
        notes=("n",),
        evidence=(ALT,),
    )


def syndrome() -> SyndromeRecord:
    """A masked fever with hypotension, which the hospital graded otherwise."""
    interval = SyndromeInterval(
        start=START,
        end=NOON,
        status=ProposalStatus.NEEDS_ATTESTATION,
        grade=2,
        worst=3,
        driver="hypotension",
        reason=UnknownReason.NEEDS_ATTESTATION,
        next_fact="whether it is attributed",
        notes=("masked",),
        evidence=(FEVER,),
    )
    episode = SyndromeEpisode(
        id="CRS-1",
        syndrome=Syndrome.CRS,
        after_infusion=1,
        start=START,
        end=NOON,
        grade=2,
        worst=3,
        needs_attestation=True,
        intervals=(interval,),
        reported=(ReportedLink(reference="Condition/1", grade=1, why="D89.831"),),
        disagrees=True,
        judgement=SyndromeJudgement(
            about="CRS-1", by="dr-weber", at=NOON, reason="sepsis", seen="d1", grade=2, associated=False
        ),
        stands=False,
        digest="d2",
    )
    return SyndromeRecord(
        syndrome=Syndrome.CRS,
        intervals=(interval,),
        episodes=(episode,),
        missing=(date(2026, 3, 11),),
        unassessed=(2,),
        notes=("m",),
    )


def safety(**given: Any) -> SafetyRecord:
    """The whole record; `digest` is its evidence digest."""
    values: dict[str, Any] = {
        "subject": SUBJECT,
        "trial": TRIAL,
        "as_of": NOON,
        "baseline_before": START,
        "infusions": ((1, START),),
        "results": (graded_result(),),
        "events": (adverse_event(),),
        "syndromes": (syndrome(),),
        "dose_limiting": DoseLimitingRecord(
            part="phase1",
            level=1,
            state=WindowState.OPEN,
            window_start=START,
            window_end=NOON,
            dose_limiting=None,
            evaluable=None,
            replaced=True,
            why="CRS-1 is not judged",
            events=("CRS-1",),
            withheld=True,
            next_assessment="CAPD of today",
        ),
        "valid_until": NOON,
        "definitions_digest": given.pop("definitions_digest", "d1"),
        "evidence_digest": given.pop("digest", "s1"),
        "death": DeathJudgement(
            about="death",
            by="dr-weber",
            at=NOON,
            reason="r",
            seen="d",
            cause="infection",
            relatedness="not-related",
        ),
        "notes": ("a note",),
    }
    return SafetyRecord(**(values | given))
