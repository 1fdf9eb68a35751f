"""A named person answers review items, one by one or many at once.

Knows: what each answer changes. Does not know: how items are shown, how changes are written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from fhir_adapter.domain.participation import (
    ELIGIBLE,
    INELIGIBLE,
    NOT_REGISTERED,
    OFF_STUDY,
    allowed_moves,
    check_move,
    exit_status,
)
from fhir_adapter.domain.records import Eligibility
from fhir_adapter.domain.review import (
    QUESTIONS,
    Decision,
    ItemKind,
    ItemState,
    ReviewItem,
    check_answer,
    is_accepted,
)
from fhir_adapter.errors import DecisionRefusedError, InvariantError, UsageError
from fhir_adapter.events import Event, log
from fhir_adapter.ports.hospital import Person
from fhir_adapter.ports.rows import AuditEntry, Derivation, StoredRecord, SubjectRow
from fhir_adapter.sync.desk import Desk, derive_again, find_person, require_reason
from fhir_adapter.sync.move import move_row
from fhir_adapter.sync.plan_writes import open_planner


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One item with what a person needs to answer it.

    Attributes:
        row: Whom it is about.
        stored: 0..1; the newest record on file.
        decisions: 0..*; earlier decisions about the subject.
    """

    item: ReviewItem
    row: SubjectRow
    stored: StoredRecord | None
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Effect:
    """What an answer changes beside closing the item."""

    row: SubjectRow
    freeze: bool | None = None
    override: tuple[str, ...] = ()
    writes: bool = False


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
    """Give the answer that `review accept` or `review reject` stands for."""
    question = QUESTIONS[show_item(desk, item).item.kind]
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
    record = shown.stored.record.evidence_digest if shown.stored is not None else None
    planner = open_planner(desk.store.outbox, desk.trial, desk.traits.id)
    intents = planner.plan(row, record=record, by=person.id, override=effect.override) if effect.writes else ()
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
        Derivation(row=row, record=None, intents=intents, audit=(audit,)),
        freeze=effect.freeze,
        decided=item.id,
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


def _judge(desk: Desk, request: DecideRequest) -> tuple[Shown, Person, _Effect]:
    """Check everything about an answer and say what it would change."""
    shown = show_item(desk, request.item)
    item = shown.item
    if item.state is not ItemState.OPEN:
        raise DecisionRefusedError(f"the item is {item.state.value}; list the open ones")
    check_answer(item.kind, request.values)
    person = find_person(desk.traits, request.by, QUESTIONS[item.kind].roles)
    require_reason(request.reason)
    accepted = is_accepted(item.kind, request.values)
    if not accepted and set(request.values) - {QUESTIONS[item.kind].field}:
        raise DecisionRefusedError("status and date go with an accepted proposal only")
    return shown, person, _EFFECTS[item.kind](desk, shown, request.values, accepted)


_Judge = Callable[[Desk, Shown, Mapping[str, str], bool], _Effect]


def _on_eligibility(desk: Desk, shown: Shown, values: Mapping[str, str], accepted: bool) -> _Effect:
    if not accepted:
        return _Effect(row=shown.row)
    if shown.stored is None or shown.stored.record.evidence_digest != shown.item.digest:
        raise DecisionRefusedError("the evidence has changed since the item was opened; look again")
    possible = {ELIGIBLE} if shown.item.asked == Eligibility.ELIGIBLE else {INELIGIBLE, NOT_REGISTERED}
    to = values.get("status") or _default_status(desk, shown, possible)
    if to not in possible:
        raise DecisionRefusedError(f"an accepted {shown.item.asked} leads to: {', '.join(sorted(possible))}")
    return replace(_moved(desk, shown, to, values), freeze=True)


def _default_status(desk: Desk, shown: Shown, possible: set[str]) -> str:
    """The verdict's own status where the graph allows it, else the end of a candidacy."""
    allowed = (shown.row.status, *allowed_moves(desk.trial.participation, shown.row.status))
    return next(
        (to for to in (ELIGIBLE, INELIGIBLE, NOT_REGISTERED) if to in possible and to in allowed), min(possible)
    )


def _on_frozen(_desk: Desk, shown: Shown, _values: Mapping[str, str], accepted: bool) -> _Effect:
    return _Effect(row=shown.row, freeze=False if accepted else None)


def _on_conflict(_desk: Desk, shown: Shown, _values: Mapping[str, str], accepted: bool) -> _Effect:
    elements = tuple((shown.item.details or {}).get("elements", "").split())
    if not elements:
        raise InvariantError("a write conflict does not say which elements it is about")
    return _Effect(row=shown.row, override=elements if accepted else (), writes=accepted)


def _on_withdrawal(desk: Desk, shown: Shown, values: Mapping[str, str], accepted: bool) -> _Effect:
    if not accepted:
        return _Effect(row=replace(shown.row, withdrawn=False))
    to = values.get("status") or exit_status(desk.trial.participation, shown.row.status)
    effect = _moved(desk, shown, to, values)
    return replace(effect, row=replace(effect.row, withdrawn=True))


def _on_death(desk: Desk, shown: Shown, values: Mapping[str, str], accepted: bool) -> _Effect:
    if not accepted:
        return _Effect(row=replace(shown.row, deceased=False))
    allowed = allowed_moves(desk.trial.participation, shown.row.status)
    to = values.get("status") or next((end for end in (OFF_STUDY, NOT_REGISTERED) if end in allowed), None)
    effect = _moved(desk, shown, to, values)
    return replace(effect, row=replace(effect.row, deceased=True))


def _on_statement(_desk: Desk, shown: Shown, _values: Mapping[str, str], _accepted: bool) -> _Effect:
    return _Effect(row=shown.row)


def _moved(desk: Desk, shown: Shown, to: str | None, values: Mapping[str, str]) -> _Effect:
    if to is None or to == shown.row.status:
        return _Effect(row=shown.row)
    check_move(desk.trial.participation, shown.row.status, to)
    return _Effect(row=move_row(desk, shown.row, to, values.get("date")), writes=True)


_EFFECTS: Mapping[ItemKind, _Judge] = {
    ItemKind.ELIGIBILITY: _on_eligibility,
    ItemKind.FROZEN_EVIDENCE: _on_frozen,
    ItemKind.WRITE_CONFLICT: _on_conflict,
    ItemKind.CONSENT_WITHDRAWN: _on_withdrawal,
    ItemKind.DECEASED: _on_death,
    ItemKind.RENEWED_CONSENT: _on_statement,
    ItemKind.PATIENT_MERGED: _on_statement,
    ItemKind.TREATMENT: _on_statement,
    ItemKind.FIRST_DAY_PASSED: _on_statement,
}
