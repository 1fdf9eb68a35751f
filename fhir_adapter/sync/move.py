"""A named person moves a subject along the trial's graph.

Knows: which role may make which move, what a move changes. Does not know: how it is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from fhir_adapter.domain.answering import check_date
from fhir_adapter.domain.participation import (
    CANDIDATE,
    ELIGIBLE,
    FINAL_STATUSES,
    INELIGIBLE,
    NOT_REGISTERED,
    POTENTIAL_CANDIDATE,
    SCREENING,
    VERDICT_STATUSES,
    WITHDRAWN,
    check_move,
)
from fhir_adapter.domain.plan_status import following_plan_status
from fhir_adapter.domain.records import Eligibility
from fhir_adapter.domain.review import Decision, ItemKind
from fhir_adapter.errors import DecisionRefusedError
from fhir_adapter.events import Event, log
from fhir_adapter.ports.rows import AuditEntry, Derivation, StoredRecord, SubjectRow
from fhir_adapter.sync.desk import Desk, derive_again, find_person, find_subject, require_reason
from fhir_adapter.sync.move_plan import audit_plan, plan_by_person
from fhir_adapter.sync.plan_writes import open_planner

MOVE = "move"
_INVESTIGATORS = frozenset({"pi", "investigator"})
_STAFF_MOVES = frozenset({POTENTIAL_CANDIDATE, CANDIDATE, SCREENING, NOT_REGISTERED, WITHDRAWN})
_STAFF = _INVESTIGATORS | {"coordinator"}
_ACCEPTED = {ELIGIBLE: Eligibility.ELIGIBLE, INELIGIBLE: Eligibility.INELIGIBLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRequest:
    """A move as a person asks for it.

    Attributes:
        subject: Subject id, `Patient/ID` or `system|value`.
        to: Status to be reached.
        by: Person id or full name.
        day: 0..1; when it happened, YYYY-MM-DD; None = today.
    """

    subject: str
    to: str
    by: str
    reason: str
    day: str | None = None


def run_move(desk: Desk, request: MoveRequest) -> SubjectRow:
    """Move a subject; automatic statuses end there.

    A move to `eligible` or `ineligible` accepts the verdict on file: it is frozen, and noted as a deviation
    where the verdict says otherwise. A move back to `screening` opens the verdict again.

    Args:
        desk: Where it happens.
        request: The move.

    Returns:
        The subject's row after it.

    Raises:
        DecisionRefusedError: The person may not, or the graph has no such arrow; the message names those there
            are.
        UsageError: There is no such subject.

    Source:
        clinical rules H.1; design contracts, Who is written, who decides.
    """
    row = find_subject(desk, request.subject)
    check_move(desk.trial.participation, row.status, request.to)
    person = find_person(desk.traits, request.by, roles_for(request.to))
    reason = require_reason(request.reason)
    stored = desk.store.records.latest_record(row.subject)
    moved = move_row(desk, row, request.to, request.day)
    now = desk.clock.now()
    audit = [
        AuditEntry(
            at=now,
            who=person.id,
            action="status",
            subject=row.subject,
            old=row.status,
            new=moved.status,
            reason=reason,
        )
    ]
    if stored is not None and _contradicts(stored, request.to):
        audit.append(replace(audit[0], action="deviation", old=stored.record.verdict.value, new=request.to))
    audit += audit_plan(desk, audit[0], row, moved)
    decision = Decision(
        item=MOVE,
        subject=row.subject,
        values={"from": row.status or "", "status": request.to, **({"date": request.day} if request.day else {})},
        by=person.id,
        reason=reason,
        at=now,
        seen=stored.record.evidence_digest if stored is not None else "",
    )
    planner = open_planner(desk.store.outbox, desk.trial, desk.traits.id)
    intents = planner.plan(moved, record=decision.seen or None, by=person.id)
    if moved.plan_status != row.plan_status:
        intents += plan_by_person(desk, planner, moved, by=person.id)
    derivation = Derivation(row=moved, record=None, intents=intents, audit=tuple(audit))
    desk.store.records.save_decision(
        decision, derivation, freeze=_freezes(stored, row, request.to), decided=_answered(desk, row, request.to)
    )
    log(Event.DECISION_RECORDED, subject=row.subject, item=MOVE, kind=request.to, by=person.id)
    derive_again(desk, row.subject)
    return moved


def roles_for(status: str) -> frozenset[str]:
    """Give the roles of which one is needed to move a subject there: investigators, for early moves staff too."""
    return _STAFF if status in _STAFF_MOVES else _INVESTIGATORS


def move_row(desk: Desk, row: SubjectRow, to: str, day: str | None) -> SubjectRow:
    """Give a subject's row after a person moved it.

    Args:
        desk: For today's date at the hospital.
        row: Before.
        to: The new status.
        day: 0..1; when it happened; None = today.

    Returns:
        The row: an end sets the end of participation, `withdrawn` closes the chart, the plan follows the trial's
        rule.

    Raises:
        DecisionRefusedError: The day is no date, or lies in the future.
    """
    today = desk.clock.now().astimezone(desk.traits.zone).date()
    if day is not None:
        check_date(day)
        if date.fromisoformat(day) > today:
            raise DecisionRefusedError("a move cannot be dated in the future")
    when = day or today.isoformat()
    return replace(
        row,
        status=to,
        moved=True,
        since=row.since or (when if to == SCREENING else None),
        until=when if to in FINAL_STATUSES else row.until,
        withdrawn=row.withdrawn or to == WITHDRAWN,
        recheck_on=None if to in FINAL_STATUSES else row.recheck_on,
        plan_status=following_plan_status(desk.trial.care_plan, row.plan_status, to),
    )


def _contradicts(stored: StoredRecord, to: str) -> bool:
    return to in VERDICT_STATUSES and stored.record.verdict is not _ACCEPTED[to]


def _freezes(stored: StoredRecord | None, row: SubjectRow, to: str) -> bool | None:
    if stored is None:
        return None
    if to in VERDICT_STATUSES:
        return True
    return False if stored.frozen and row.status == INELIGIBLE and to == SCREENING else None


def _answered(desk: Desk, row: SubjectRow, to: str) -> str | None:
    """A move to a verdict's status answers the open question about the verdict."""
    if to not in VERDICT_STATUSES:
        return None
    items = desk.store.records.review_items(desk.trial.id)
    mine = (item.id for item in items if item.subject == row.subject and item.kind is ItemKind.ELIGIBILITY)
    return next(mine, None)
