"""A named person moves a subject's treatment plan: the machine writes drafts, everything else is decided.

Knows: which moves a plan has, what a person's decision plans to write. Does not know: how it is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fhir_adapter.domain.participation import FINAL_STATUSES
from fhir_adapter.domain.plan_status import DRAFT, check_plan_move
from fhir_adapter.domain.review import Decision
from fhir_adapter.domain.writeback import WriteIntent
from fhir_adapter.errors import DecisionRefusedError
from fhir_adapter.events import Event, log
from fhir_adapter.ports.rows import AuditEntry, Derivation, SubjectRow
from fhir_adapter.sync.desk import Desk, derive_again, find_person, find_subject, require_reason
from fhir_adapter.sync.plan_writes import CARE_PLAN, WritePlanner, open_planner

PLAN_MOVE = "plan"
_ROLES = frozenset({"pi", "investigator"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMoveRequest:
    """A move of a subject's plan as a person asks for it.

    Attributes:
        subject: Subject id, `Patient/ID` or `system|value`.
        to: CarePlan status to be reached.
        by: Person id or full name.
    """

    subject: str
    to: str
    by: str
    reason: str


def run_plan_move(desk: Desk, request: PlanMoveRequest) -> SubjectRow:
    """Give a subject's plan another status; the plan at the hospital follows.

    Does not change any dose, and no activity's status: those follow what was given.

    Args:
        desk: Where it happens.
        request: The move.

    Returns:
        The subject's row after it.

    Raises:
        DecisionRefusedError: The person may not, there is no plan, or the status may not follow; the message names
            those that may.
        UsageError: There is no such subject.

    Source:
        design contracts, Who is written, who decides: CarePlan; review PUT-13.
    """
    row = find_subject(desk, request.subject)
    if not has_plan(desk, row):
        raise DecisionRefusedError(
            "there is no plan yet: it is written once a dose level is assigned and day 0 known"
        )
    stopped = row.withdrawn or row.deceased
    check_plan_move(row.plan_status, request.to, ended=row.status in FINAL_STATUSES, stopped=stopped)
    person = find_person(desk.traits, request.by, _ROLES)
    reason = require_reason(request.reason)
    stored = desk.store.records.latest_treatment(row.subject)
    moved, now = replace(row, plan_status=request.to), desk.clock.now()
    decision = Decision(
        item=PLAN_MOVE,
        subject=row.subject,
        values={"from": row.plan_status or DRAFT, "status": request.to},
        by=person.id,
        reason=reason,
        at=now,
        seen=stored.record.evidence_digest if stored is not None else "",
    )
    planner = open_planner(desk.store.outbox, desk.trial, desk.traits.id)
    entry = AuditEntry(at=now, who=person.id, action="", subject=row.subject, reason=reason)
    derivation = Derivation(
        row=moved,
        record=None,
        intents=plan_by_person(desk, planner, moved, by=person.id),
        audit=audit_plan(desk, entry, row, moved),
    )
    desk.store.records.save_decision(decision, derivation, freeze=None, decided=None)
    log(Event.DECISION_RECORDED, subject=row.subject, item=PLAN_MOVE, kind=request.to, by=person.id)
    derive_again(desk, row.subject)
    return moved


def plan_by_person(
    desk: Desk, planner: WritePlanner, row: SubjectRow, *, by: str, override: tuple[str, ...] = ()
) -> tuple[WriteIntent, ...]:
    """Plan the write of a subject's plan that a person's decision asks for.

    Args:
        desk: Where the treatment record is kept.
        planner: Plans writes.
        row: Where the subject and its plan stand after the decision.
        by: The person.
        override: 0..*; elements in which the person decided for ours.

    Returns:
        0..*; see WritePlanner.plan_care_plan.
    """
    stored = desk.store.records.latest_treatment(row.subject)
    treatment = stored.record if stored is not None else None
    record = treatment.evidence_digest if treatment is not None else None
    return planner.plan_care_plan(row, treatment, record=record, by=by, override=override)


def audit_plan(desk: Desk, entry: AuditEntry, before: SubjectRow, after: SubjectRow) -> tuple[AuditEntry, ...]:
    """Note on the audit trail that a decision moved the plan.

    Args:
        desk: Where plans are kept.
        entry: Who decided, about whom, when and why.
        before: The subject's row before.
        after: And after.

    Returns:
        0..1; empty where the plan stands as it did, or there is none yet.
    """
    if before.plan_status == after.plan_status or not has_plan(desk, after):
        return ()
    old = before.plan_status or DRAFT
    return (replace(entry, action="plan-status", old=old, new=after.plan_status),)


def has_plan(desk: Desk, row: SubjectRow) -> bool:
    """Say whether a subject has a plan: one with dates on file, or one that stands at the hospital."""
    rule = desk.trial.care_plan
    if rule is None or row.status is None:
        return False
    stored = desk.store.records.latest_treatment(row.subject)
    if stored is not None and stored.record.day_zero is not None:
        return True
    return desk.store.outbox.receipt(desk.traits.id, CARE_PLAN, (rule.system, row.subject)) is not None
