"""A child watched for toxicity: fludarabine on 11 March 2026, infusion 1 on 13 March at 11:00, day 0 on 25 March.

Its safety is derived by everything together, as of 20 March, noon, unless a test says otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from fhir_adapter.domain.facts import Demographics, Fact, Reading
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.safety.derive import Treated, derive_safety
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord
from fhir_adapter.domain.safety_model.judgements import (
    DeathJudgement,
    EvaluabilityJudgement,
    EventJudgement,
    Judgement,
    SyndromeJudgement,
)
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome, SyndromeEpisode, SyndromeRecord
from fhir_adapter.domain.source import Completeness, SubjectId
from tests.builders import ZONE, attestation, moment, patient, receipt
from tests.courses import a_treated_trial
from tests.crs import given, temperature
from tests.graded import DAY_ZERO, INFUSION_1, INFUSIONS, alt, dose
from tests.icans import capd
from tests.safety_rules import guarding
from tests.scenes import timeline

TRIAL = guarding(a_treated_trial())
SUBJECT = SubjectId("S-1")
FIRST_DOSE = dose("fludarabine", "2026-03-11T09:00:00+01:00")
TREATED = Treated(doses=(FIRST_DOSE,), infusions=((1, INFUSION_1),), day_zero=DAY_ZERO, level=1)
TWICE = replace(TREATED, infusions=INFUSIONS)

CHILD = patient()
PART = attestation("study-part", "phase1", at="2026-03-01T09:00")
READ = receipt("MedicationAdministration")
ALT_BEFORE, ALT_RISE, ALT_OVER = alt("30", "10T08:00"), alt("300", "15T08:00"), alt("20", "20T08:00")
FEVER, COOL = temperature("38.5", "2026-03-14T08:00"), temperature("37.0", "2026-03-14T20:00")
PRESSOR = given("norepinephrine", "2026-03-14T09:00/2026-03-14T11:00")
ALERT = capd("0", "2026-03-14T08:00")
FACTS = (CHILD, PART, READ, ALT_BEFORE, ALT_RISE, ALT_OVER, FEVER, COOL, PRESSOR, ALERT)
"""An ALT of grade 3 from 15 to 20 March, and a CRS of grade 3 on 14 March."""


def at(text: str) -> datetime:
    """A moment at the hospital in 2026: `03-20` at noon, or `03-20T08:00`."""
    return datetime.fromisoformat(f"2026-{text}" if "T" in text else f"2026-{text}T12:00").replace(tzinfo=ZONE)


def watched(
    *facts: Fact | Reading | Completeness,
    as_of: str = "03-20",
    treated: Treated = TREATED,
    trial: Trial = TRIAL,
    said: tuple[Judgement, ...] = (),
    previous: SafetyRecord | None = None,
) -> SafetyRecord:
    """Derive the safety of a child; without facts those above."""
    record = derive_safety(
        timeline(*(facts or FACTS)),
        trial,
        subject=SUBJECT,
        treated=treated,
        as_of=at(as_of),
        zone=ZONE,
        judgements=said,
        previous=previous,
    )
    assert record is not None
    return record


def without(*left_out: Fact) -> tuple[Fact | Completeness, ...]:
    """The facts above but for some."""
    return tuple(each for each in FACTS if each not in left_out)


def died(deceased: bool | str) -> Demographics:
    """The child, dead."""
    when = moment(deceased) if isinstance(deceased, str) else deceased
    return replace(CHILD, deceased=when)


def the_syndrome(record: SafetyRecord, kind: Syndrome = Syndrome.CRS) -> SyndromeRecord:
    """What is said of one syndrome."""
    return next(each for each in record.syndromes if each.syndrome is kind)


def the_episode(record: SafetyRecord, name: str = "CRS-1") -> SyndromeEpisode:
    """One episode."""
    return next(each for one in record.syndromes for each in one.episodes if each.id == name)


def the_event(record: SafetyRecord, term: str) -> AdverseEventRecord:
    """The only event of a term."""
    (event,) = (each for each in record.events if each.term == term)
    return event


def _said(about: str, when: str, **more: Any) -> dict[str, Any]:
    return {"about": about, "by": "dr-weber", "at": at(when), "reason": "seen", "seen": "d", **more}


def on_syndrome(grade: int, *, when: str = "03-18", associated: bool = True, **more: Any) -> SyndromeJudgement:
    """A person's final grade of the CRS after infusion 1."""
    return SyndromeJudgement(**_said("CRS-1", when, **more), grade=grade, associated=associated)


def on_event(about: str, *, when: str = "03-18", **more: Any) -> EventJudgement:
    """A person's word on an event: not serious, possibly related."""
    return EventJudgement(**_said(about, when), **{"serious": False, "relatedness": "possible", **more})


def on_death(cause: str = "infection", *, when: str = "03-18") -> DeathJudgement:
    """A person's word on the cause of death."""
    return DeathJudgement(**_said("death", when), cause=cause, relatedness="not-related")


def on_counting(*, replaced: bool, when: str = "03-18") -> EvaluabilityJudgement:
    """A person's word on whether the subject counts."""
    return EvaluabilityJudgement(**_said("evaluability", when), replaced=replaced)
