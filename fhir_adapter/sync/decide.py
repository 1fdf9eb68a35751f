"""A named person answers review items, one by one or many at once.

Knows: who may answer, what is saved and planned with an answer. Does not know: what each answer changes (answers),
how items are shown, how changes are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fhir_adapter.domain.answer_sense import check_sense
from fhir_adapter.domain.answering import JUDGEMENTS, QUESTIONS, check_answer, is_accepted
from fhir_adapter.domain.review import Decision, ItemState, ReviewItem
from fhir_adapter.domain.writeback import WriteIntent
from fhir_adapter.errors import DecisionRefusedError, UsageError
from fhir_adapter.events import Event, log
from fhir_adapter.ports.hospital import Person
from fhir_adapter.ports.rows import AuditEntry, Derivation, SubjectRow
from fhir_adapter.sync.answers import EFFECTS, Effect, Shown
from fhir_adapter.sync.desk import Desk, derive_again, find_person, require_reason
from fhir_adapter.sync.move_plan import audit_plan, plan_by_person
from fhir_adapter.sync.plan_adverse_events import plan_events_by_person
from fhir_adapter.sync.plan_writes import ADVERSE_EVENT, CARE_PLAN, open_planner


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRequest:
    """An answer as a person gives it.

    Attributes:
        item: Id of the review item.
        values: Field -> value; see domain.review.QUESTIONS.
        by: Person id or full name.
    """

    item: str
    values: Mapping[str, str]
    by: str
    reason: str


def show_item(desk: Desk, item: str) -> Shown:
    """Find an item, open or not.

    Args:
        desk: Names the trial.
        item: Its id.

    Returns:
        The item with its subject; of an id opened twice the latest.

    Raises:
        UsageError: There is no such item.
    """
    found = [each for each in desk.store.records.review_items(desk.trial.id, open_only=False) if each.id == item]
    rows = {row.subject: row for row in desk.store.records.subjects(desk.trial.id)}
    if not found or found[-1].subject not in rows:
        raise UsageError(
            f"there is no review item {item} in this trial; `fhir-adapter review list --all` lists them"
        )
    subject = found[-1].subject
    return Shown(
        item=found[-1],
        row=rows[subject],
        stored=desk.store.records.latest_record(subject),
        decisions=desk.store.records.decisions(subject),
    )


def short_answer(desk: Desk, item: str, *, accept: bool) -> dict[str, str]:
    """Give the answer that `review accept` or `review reject` stands for.

    Args:
        desk: Names the trial.
        item: Id of the item.
        accept: Which of both.

    Returns:
        Field -> value.

    Raises:
        DecisionRefusedError: An answer to this kind of item holds more than a yes or no.
    """
    kind = show_item(desk, item).item.kind
    question = QUESTIONS[kind]
    if not question.has_short_form:
        raise DecisionRefusedError(
            f"an item of kind {kind} is answered by `review decide ITEM --set FIELD=VALUE ..`: {question.allowed}"
        )
    return {question.field: question.accept if accept else question.reject}


def run_decide(desk: Desk, request: DecideRequest) -> SubjectRow:
    """Record a person's answer with everything it changes, then derive the subject again.

    Args:
        desk: Where it happens.
        request: The answer.

    Returns:
        The subject's row after it.

    Raises:
        DecisionRefusedError: The person may not, the answer does not fit, the item is not open any more, or
            what it shows has changed since; nothing is saved then.

    Source:
        design contracts, Who is written, who decides; design architecture, What the adapter may decide.
    """
    shown, person, effect = _judge(desk, request)
    now, item, row = desk.clock.now(), shown.item, effect.row
    audit = AuditEntry(
        at=now,
        who=person.id,
        action=f"decide-{item.kind.value}",
        subject=row.subject,
        old=shown.row.status,
        new=row.status,
        reason=request.reason.strip(),
    )
    desk.store.records.save_decision(
        Decision(
            item=item.id,
            subject=row.subject,
            values=dict(request.values),
            by=person.id,
            reason=audit.reason or "",
            at=now,
            seen=item.digest,
        ),
        Derivation(
            row=row,
            record=None,
            intents=_plan(desk, shown, effect, person),
            audit=(audit, *audit_plan(desk, audit, shown.row, row)),
        ),
        freeze=effect.freeze,
        decided=item.id if item.state is ItemState.OPEN else None,
    )
    log(Event.DECISION_RECORDED, subject=row.subject, item=item.id, kind=item.kind.value, by=person.id)
    derive_again(desk, row.subject)
    return row


def decide_many(desk: Desk, requests: Sequence[DecideRequest]) -> tuple[SubjectRow, ...]:
    """Record many answers; all of them are checked before the first is saved.

    Args:
        desk: Where it happens.
        requests: 0..*; one per item.

    Returns:
        The subjects' rows, in the order given.

    Raises:
        DecisionRefusedError: One of them is refused (of several, the message names the row), or an item is
            answered twice.
    """
    items = [request.item for request in requests]
    if len(set(items)) != len(items):
        raise DecisionRefusedError("an item is answered twice")
    for number, request in enumerate(requests, start=1):
        try:
            _judge(desk, request)
        except DecisionRefusedError as refusal:
            where = f"row {number}: " if len(requests) > 1 else ""
            raise DecisionRefusedError(f"{where}{refusal}") from None
    return tuple(run_decide(desk, request) for request in requests)


def _judge(desk: Desk, request: DecideRequest) -> tuple[Shown, Person, Effect]:
    """Check everything about an answer and say what it would change."""
    shown = show_item(desk, request.item)
    item = shown.item
    if item.state is not ItemState.OPEN and not _is_correction(item):
        raise DecisionRefusedError(f"the item is {item.state.value}; list the open ones")
    check_answer(item.kind, request.values)
    _check_sense(desk, item, request)
    person = find_person(desk.traits, request.by, QUESTIONS[item.kind].roles)
    require_reason(request.reason)
    accepted = is_accepted(item.kind, request.values)
    if not accepted and set(request.values) & {"status", "date"}:
        raise DecisionRefusedError("status and date go with an accepted proposal only")
    return shown, person, EFFECTS[item.kind](desk, shown, request.values, accepted)


def _check_sense(desk: Desk, item: ReviewItem, request: DecideRequest) -> None:
    safety = desk.trial.safety
    reports = [each.id for each in safety.reporting.reports] if safety is not None else []
    check_sense(item.kind, request.values, now=desk.clock.now(), zone=desk.traits.zone, reports=reports)


def _is_correction(item: ReviewItem) -> bool:
    """Say whether an answered item may be answered again: a judgement is corrected by a later one."""
    return item.kind in JUDGEMENTS and item.state is ItemState.DECIDED


def _plan(desk: Desk, shown: Shown, effect: Effect, person: Person) -> tuple[WriteIntent, ...]:
    """Plan what the answer writes: the resource it is about, and the plan wherever its status changed."""
    planner = open_planner(
        desk.store.outbox, desk.trial, desk.traits.id, writes_events=desk.traits.adverse_events_written
    )
    if effect.writes and effect.resource == ADVERSE_EVENT:
        return plan_events_by_person(
            desk.store.records, planner, effect.row, override={effect.event: effect.override}
        )
    record = shown.stored.record.evidence_digest if shown.stored is not None else None
    about_plan = effect.writes and effect.resource == CARE_PLAN
    intents: tuple[WriteIntent, ...] = ()
    if effect.writes and not about_plan:
        intents = planner.plan(effect.row, record=record, by=person.id, override=effect.override)
    if about_plan or effect.row.plan_status != shown.row.plan_status:
        override = effect.override if about_plan else ()
        intents += plan_by_person(desk, planner, effect.row, by=person.id, override=override)
    return intents
