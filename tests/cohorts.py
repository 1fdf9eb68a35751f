"""Cohorts of a dose escalation written out by hand: subjects, decisions, the trial's own rule."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load_escalation import load_escalation
from fhir_adapter.domain.cohort.cohort import Cohort, CohortScheme, read_cohort, tallies_of
from fhir_adapter.domain.cohort.decision import EscalationDecision, decision_id
from fhir_adapter.domain.cohort.subject import CohortSubject
from fhir_adapter.domain.escalation.rule import EscalationRule
from fhir_adapter.domain.safety_model.records import DoseLimitingRecord, WindowState
from fhir_adapter.domain.source import HospitalId, SubjectId, TrialId
from tests.reactions import at, later_part, observation_rule

TRIAL = TrialId("nct07256210")

# One letter per subject, as the decision table sees it.
KINDS: dict[str, dict[str, Any]] = {
    "N": {"state": WindowState.COMPLETE, "dose_limiting": False, "evaluable": True},
    "T": {"state": WindowState.COMPLETE, "dose_limiting": True, "evaluable": True, "events": ("CRS-1",)},
    "U": {"state": WindowState.OPEN, "dose_limiting": None, "evaluable": None, "events": ("CRS-1",)},
    "O": {"state": WindowState.OPEN, "dose_limiting": False, "evaluable": None},
    "Q": {"state": WindowState.CLOSED, "dose_limiting": False, "evaluable": None},
    "R": {"state": WindowState.NOT_STARTED, "dose_limiting": False, "evaluable": None},
    "X": {"state": WindowState.CLOSED, "dose_limiting": False, "evaluable": False, "replaced": True},
    "W": {
        "state": WindowState.CLOSED,
        "dose_limiting": False,
        "evaluable": False,
        "replaced": True,
        "withheld": True,
    },
}
"""N evaluable, T toxicity, U suspected, O observed, Q undecided, R reserved, X replaced, W withheld."""


@lru_cache(maxsize=1)
def the_rule() -> EscalationRule:
    """The rule of the trial that ships."""
    return load_escalation(mapping_roots(()), "nct07256210")


def scheme(**given: Any) -> CohortScheme:
    """The trial's rule with the observation of phase1."""
    return CohortScheme(rule=the_rule(), observation=observation_rule(**({"later": later_part()} | given)))


def subject(name: str, kind: str, level: int | None, *, part: str = "phase1", **given: Any) -> CohortSubject:
    """A subject of one kind at a level; infused from 2 March on unless reserved."""
    said = {"part": part, "level": level, "why": "", **KINDS[kind]}
    start = given.pop("start", at("03-02"))
    is_reserved = kind == "R"
    window = {} if is_reserved else {"window_start": start, "window_end": at("04-17T00:00")}
    values: dict[str, Any] = {
        "subject": SubjectId(name),
        "hospital": HospitalId("demo"),
        "status": "on-study" if is_reserved else "on-study-observation",
        "level": level,
        "record": DoseLimitingRecord(**(said | window)),
        "infusions": () if is_reserved else ((1, start),),
        "suspected_since": at("03-05") if kind in "TU" else None,
    }
    return CohortSubject(**(values | given))


def cohort_of(
    path: str, *decisions: EscalationDecision, more: tuple[CohortSubject, ...] = (), **given: Any
) -> Cohort:
    """A cohort from words like `1NNN 2NT`: level, then one letter per subject."""
    subjects = [
        subject(f"S-{word[0]}{letter}{number}", letter, int(word[0]))
        for word in path.split()
        for number, letter in enumerate(word[1:], start=1)
    ]
    return read_cohort(scheme(**given), [*subjects, *more], decisions)


def decided(action: str, level: int | None = None, when: str = "03-01", **given: Any) -> EscalationDecision:
    """A recorded decision; without tallies unless given."""
    moment: datetime = at(when)
    values: dict[str, Any] = {
        "id": decision_id(TRIAL, action, level, "pi", moment),
        "trial": TRIAL,
        "action": action,
        "level": level,
        "by": "pi",
        "reason": "by the table",
        "at": moment,
        "seen": "d",
        "proposed_action": action,
        "proposed_level": level,
    }
    return EscalationDecision(**(values | given))


def decided_on(
    cohort: Cohort, action: str, level: int | None = None, when: str = "03-01", **given: Any
) -> EscalationDecision:
    """A decision made on the counts of a cohort."""
    seen: dict[str, Any] = {
        "tallies": tallies_of(cohort),
        "questions": (*cohort.state.questions, *cohort.answered),
        "from_level": cohort.opened.level,
        "seen": cohort.digest,
    }
    return decided(action, level, when, **(seen | given))


def said(cohort: Cohort) -> str:
    """The proposal in short: `ESCALATE 2`."""
    level = cohort.proposal.level
    return cohort.proposal.action.value if level is None else f"{cohort.proposal.action.value} {level}"
