"""What of a safety record speaks about a further infusion."""

from __future__ import annotations

from typing import Any

from fhir_adapter.domain.safety_model.event_records import EventState, SpecialInterest
from fhir_adapter.domain.safety.reactions import view_reactions
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord, SafetyRecord, WindowState
from fhir_adapter.domain.source import SubjectId, TrialId
from fhir_adapter.domain.toxicity.result import GradeStatus, ToxicityGrade
from tests.reactions import FIRST, SECOND, at, episode, event, reported, syndromes, ungradable


def record(**given: Any) -> SafetyRecord:
    """A safety record after both infusions."""
    values: dict[str, Any] = {
        "subject": SubjectId("S-1"),
        "trial": TrialId("t"),
        "as_of": at("04-01"),
        "baseline_before": None,
        "infusions": ((2, SECOND), (1, FIRST)),
        "results": (),
        "events": (),
        "syndromes": (),
        "dose_limiting": DoseLimitingRecord(part="phase1", level=1, state=WindowState.OPEN),
        "valid_until": None,
        "definitions_digest": "d",
        "evidence_digest": "e",
    }
    return SafetyRecord(**(values | given))


def nothing(_: str) -> bool:
    """No term is hematologic."""
    return False


def test_the_first_infusion_is_the_earliest() -> None:
    assert view_reactions(record(), nothing).first_infusion == FIRST
    assert view_reactions(record(infusions=()), nothing).first_infusion is None


def test_hematologic_and_dissolved_events_are_left_out() -> None:
    kept = event(id="AE-1")
    events = (kept, event(id="AE-2", hematologic=True), event(id="AE-3", state=EventState.DISSOLVED))
    assert view_reactions(record(events=events), nothing).events == (kept,)


def test_a_hospitals_syndrome_counts_once() -> None:
    joined = episode(reported=(reported("Condition/1", 3),))
    coded = event(special_interest=SpecialInterest.CRS, reported=(reported("Condition/1"),))
    alone = event(id="AE-2", special_interest=SpecialInterest.CRS, reported=(reported("Condition/2"),))
    other = event(id="AE-3", reported=(reported("Condition/1"),))
    view = view_reactions(record(syndromes=syndromes(joined), events=(coded, alone, other)), nothing)
    assert (view.episodes, view.events) == ((joined,), (alone, other))


def test_ungradable_results_since_the_first_infusion_are_kept_unless_hematologic() -> None:
    kept = ungradable()
    before = ungradable(after_infusion=None)
    blood = ungradable(term="Anemia")
    graded = ungradable(
        grade=ToxicityGrade(
            term="Alanine aminotransferase increased", direction=None, status=GradeStatus.GRADED, grade=3, worst=3
        )
    )
    view = view_reactions(record(results=(kept, before, blood, graded)), lambda term: term == "Anemia")
    assert view.ungradable == (kept,)
