"""Where the dose escalation stands by the records in the store, and a named person's decision on it.

Knows: every subject of the trial at every hospital, recorded decisions. Does not know: the rule, how it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fhir_adapter.domain.cohort.backdated import stood_at
from fhir_adapter.domain.cohort.cohort import (
    Cohort,
    CohortScheme,
    read_cohort,
    tallies_of,
    without_waiting,
)
from fhir_adapter.domain.cohort.deciding import Choice, check_choice
from fhir_adapter.domain.cohort.decision import EscalationDecision, decision_id
from fhir_adapter.domain.cohort.from_records import read_subject
from fhir_adapter.domain.cohort.subject import CohortSubject
from fhir_adapter.domain.cohort.view import EscalationView, build_view
from fhir_adapter.domain.escalation.rule import EscalationAction
from fhir_adapter.domain.patient_links import surviving
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.source import SubjectId
from fhir_adapter.errors import DecisionRefusedError, UsageError
from fhir_adapter.events import Event, log
from fhir_adapter.ports.rows import AuditEntry
from fhir_adapter.sync.desk import Desk, find_person, require_reason
from fhir_adapter.sync.merges import known_merges
from fhir_adapter.sync.treated import infusion_numbers, require_regimen

_CAREFUL = frozenset({EscalationAction.WAIT, EscalationAction.STOP_STUDY})
"""Decisions that need no up-to-date records: they enrol nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideEscalationRequest:
    """A decision as a person gives it.

    Attributes:
        action: One of the rule's actions.
        level: 0..1; the level it opens, keeps open or declares.
        by: Person id or full name.
        at: 0..1; when it was decided; None = now.
    """

    action: str
    level: int | None
    by: str
    reason: str
    at: datetime | None = None


def has_escalation(trial: Trial) -> bool:
    """Say whether a trial has a dose escalation that is watched: its rule, and rules of safety."""
    return trial.escalation is not None and trial.safety is not None


def require_scheme(trial: Trial) -> CohortScheme:
    """Give what a trial's cohort is read by.

    Args:
        trial: Its definitions.

    Returns:
        The rule of the dose escalation and of observation.

    Raises:
        UsageError: The definitions hold none.
    """
    if trial.escalation is None or trial.safety is None:
        raise UsageError(
            f"the definitions of {trial.id} hold no dose escalation "
            "(escalation.yaml and safety.yaml beside trial.yaml)"
        )
    return CohortScheme(rule=trial.escalation, observation=trial.safety.observation)


def load_cohort(desk: Desk, at: datetime | None = None) -> Cohort:
    """Read where the dose escalation stands by the newest records of every hospital.

    Args:
        desk: Names the trial.
        at: 0..1; an earlier moment: subjects as they stood then.

    Returns:
        The cohort.

    Raises:
        UsageError: The trial has no dose escalation or no treatment plan.
    """
    scheme = require_scheme(desk.trial)
    decisions = desk.store.records.escalation_decisions(desk.trial.id)
    subjects = _subjects(desk)
    return read_cohort(scheme, subjects if at is None else (stood_at(each, at) for each in subjects), decisions)


def show_escalation(desk: Desk, *, everyone: bool = False, at: datetime | None = None) -> EscalationView:
    """Give everything a person sees who decides on dose levels; nothing is derived or saved.

    Args:
        desk: Names trial, hospital and clinical time.
        everyone: True: the board shows those too whose observation is over.
        at: 0..1; an earlier moment: subjects as they stood then.

    Returns:
        The view.

    Raises:
        UsageError: The trial has no dose escalation or no treatment plan.
    """
    cohort = load_cohort(desk, at)
    as_of = desk.as_of or desk.clock.now().astimezone(desk.traits.zone)
    decisions = desk.store.records.escalation_decisions(desk.trial.id)
    return build_view(
        cohort,
        decisions,
        infusions=infusion_numbers(require_regimen(desk.trial)),
        as_of=as_of,
        zone=desk.traits.zone,
        everyone=everyone,
        outdated=_outdated(desk, cohort),
    )


def decide_escalation(desk: Desk, request: DecideEscalationRequest) -> EscalationDecision:
    """Record a named person's decision on dose levels.

    Never changes a subject already assigned. What it opens holds from the moment it was decided; one recorded
    later is checked against the subjects as they stood then.

    Args:
        desk: Names the trial and the people who may decide.
        request: The decision.

    Returns:
        The decision as recorded.

    Raises:
        UsageError: There is no such action, the trial has no dose escalation, or the time given lies ahead.
        DecisionRefusedError: The person may not decide this, gives no reason, or decides on records that are not
            up to date; the decision is older than the last one; or it breaks the rule.

    Source:
        design contracts, Who is written, who decides; clinical review, section 2.
    """
    scheme = require_scheme(desk.trial)
    action = _action(request.action)
    person = find_person(desk.traits, request.by, scheme.observation.deciders)
    reason = require_reason(request.reason)
    view = show_escalation(desk, at=request.at)
    now = desk.clock.now()
    at = _moment(desk, view, request.at or now, now)
    if view.outdated and action not in _CAREFUL:
        raise DecisionRefusedError(
            f"records are not up to date ({', '.join(view.outdated)}); run `fhir-adapter derive` and look again"
        )
    cohort = view.cohort
    deviation = check_choice(cohort, Choice(action=action, level=request.level))
    proposal = without_waiting(cohort)
    decision = EscalationDecision(
        id=decision_id(desk.trial.id, action.value, request.level, person.id, at),
        trial=desk.trial.id,
        action=action.value,
        level=request.level,
        by=person.id,
        reason=reason,
        at=at,
        seen=cohort.digest,
        proposed_action=proposal.action.value,
        proposed_level=proposal.level,
        deviation=deviation,
        from_level=cohort.opened.level if cohort.opened.level is not None else cohort.opened.mtd,
        tallies=tallies_of(cohort),
        questions=(*cohort.answered, *cohort.state.questions),
    )
    desk.store.records.save_escalation_decision(decision, _audit(decision, now))
    log(Event.DECISION_RECORDED, item=decision.id, kind="escalation", by=person.id)
    return decision


def _action(text: str) -> EscalationAction:
    try:
        return EscalationAction(text.upper().replace("-", "_"))
    except ValueError:
        known = ", ".join(action.value for action in EscalationAction)
        raise UsageError(f"there is no action {text}; there are: {known}") from None


def _moment(desk: Desk, view: EscalationView, at: datetime, now: datetime) -> datetime:
    """Give when it was decided, at the hospital; not ahead, and not before the decision it follows."""
    if at > now:
        raise UsageError("--date lies ahead; a decision is recorded once it was made")
    last = view.cohort.opened.last
    if last is not None and at <= last.at:
        raise DecisionRefusedError(f"a later decision is on record already ({last.id})")
    return at.astimezone(desk.traits.zone)


def _audit(decision: EscalationDecision, now: datetime) -> AuditEntry:
    level = "" if decision.level is None else f" {decision.level}"
    proposed = "" if decision.proposed_level is None else f" {decision.proposed_level}"
    return AuditEntry(
        at=now,
        who=decision.by,
        action="escalation",
        subject=None,
        old=f"{decision.proposed_action}{proposed}",
        new=f"{decision.action}{level}",
        reason=decision.reason,
    )


def _subjects(desk: Desk) -> Iterator[CohortSubject]:
    """Read every subject of the trial, at every hospital; of merged records of this one the surviving."""
    records, trial = desk.store.records, desk.trial
    link = require_regimen(trial).levels.link_id
    safety = records.latest_safety_records(trial.id, None)
    merges = known_merges(desk.store, desk.ids)
    rows = records.subjects(trial.id)
    treatments = {
        subject: stored.record
        for hospital in sorted({row.hospital for row in rows})
        for subject, stored in records.latest_treatments(trial.id, hospital).items()
    }
    for row in rows:
        if row.hospital == desk.traits.id and surviving(row.patient, merges) != row.patient:
            continue
        stored = safety.get(row.subject)
        yield read_subject(
            row.subject,
            row.hospital,
            row.status,
            treatment=treatments.get(row.subject),
            safety=stored.record if stored is not None else None,
            level_link=link,
            zone=desk.traits.zone,
        )


def _outdated(desk: Desk, cohort: Cohort) -> tuple[SubjectId, ...]:
    shown = {trace.subject.subject for trace in cohort.traces}
    rows = desk.store.records.subjects(desk.trial.id)
    return tuple(row.subject for row in rows if row.touched and row.subject in shown)
