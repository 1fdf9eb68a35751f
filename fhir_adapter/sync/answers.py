"""What each answer to a review item changes, beside closing the item.

Knows: the effect of every kind of answer. Does not know: who may answer, how items are shown or changes saved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from fhir_adapter.domain.plan_status import revoked_plan_status
from fhir_adapter.domain.records import Eligibility
from fhir_adapter.domain.review import Decision, ItemKind, ReviewItem
from fhir_adapter.errors import DecisionRefusedError, InvariantError
from fhir_adapter.ports.rows import StoredRecord, SubjectRow
from fhir_adapter.sync.desk import Desk
from fhir_adapter.sync.move import move_row
from fhir_adapter.sync.plan_writes import SUBJECT


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
class Effect:
    """What an answer changes beside closing the item.

    Attributes:
        row: The subject's row after it.
        freeze: 0..1; whether the verdict is frozen from then on; None = as it was.
        override: 0..*; elements in which ours replace somebody else's edit.
        writes: True where something is to be written because of it.
        resource: FHIR type of what is written.
        event: Id of the adverse event that is written.
    """

    row: SubjectRow
    freeze: bool | None = None
    override: tuple[str, ...] = ()
    writes: bool = False
    resource: str = SUBJECT
    event: str = ""


Judge = Callable[[Desk, Shown, Mapping[str, str], bool], Effect]


def _on_eligibility(desk: Desk, shown: Shown, values: Mapping[str, str], accepted: bool) -> Effect:
    if not accepted:
        return Effect(row=shown.row)
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


def _on_frozen(_desk: Desk, shown: Shown, _values: Mapping[str, str], accepted: bool) -> Effect:
    return Effect(row=shown.row, freeze=False if accepted else None)


def _on_conflict(_desk: Desk, shown: Shown, _values: Mapping[str, str], accepted: bool) -> Effect:
    details = shown.item.details or {}
    elements = tuple(details.get("elements", "").split())
    if not elements:
        raise InvariantError("a write conflict does not say which elements it is about")
    resource = details.get("resource", SUBJECT)
    return Effect(
        row=shown.row,
        override=elements if accepted else (),
        writes=accepted,
        resource=resource,
        event=details.get("event", ""),
    )


def _on_withdrawal(desk: Desk, shown: Shown, values: Mapping[str, str], accepted: bool) -> Effect:
    if not accepted:
        return Effect(row=replace(shown.row, withdrawn=False))
    to = values.get("status") or exit_status(desk.trial.participation, shown.row.status)
    effect = _moved(desk, shown, to, values)
    return replace(effect, row=replace(effect.row, withdrawn=True, plan_status=_revoked(desk, shown)))


def _on_death(desk: Desk, shown: Shown, values: Mapping[str, str], accepted: bool) -> Effect:
    if not accepted:
        return Effect(row=replace(shown.row, deceased=False))
    allowed = allowed_moves(desk.trial.participation, shown.row.status)
    to = values.get("status") or next((end for end in (OFF_STUDY, NOT_REGISTERED) if end in allowed), None)
    effect = _moved(desk, shown, to, values)
    return replace(effect, row=replace(effect.row, deceased=True, plan_status=_revoked(desk, shown)))


def _revoked(desk: Desk, shown: Shown) -> str | None:
    return revoked_plan_status(desk.trial.care_plan, shown.row.plan_status)


def _on_statement(_desk: Desk, shown: Shown, _values: Mapping[str, str], _accepted: bool) -> Effect:
    return Effect(row=shown.row)


def _moved(desk: Desk, shown: Shown, to: str | None, values: Mapping[str, str]) -> Effect:
    if to is None or to == shown.row.status:
        return Effect(row=shown.row)
    check_move(desk.trial.participation, shown.row.status, to)
    return Effect(row=move_row(desk, shown.row, to, values.get("date")), writes=True)


EFFECTS: Mapping[ItemKind, Judge] = {
    ItemKind.ELIGIBILITY: _on_eligibility,
    ItemKind.FROZEN_EVIDENCE: _on_frozen,
    ItemKind.WRITE_CONFLICT: _on_conflict,
    ItemKind.CONSENT_WITHDRAWN: _on_withdrawal,
    ItemKind.DECEASED: _on_death,
    ItemKind.RENEWED_CONSENT: _on_statement,
    ItemKind.PATIENT_MERGED: _on_statement,
    ItemKind.TREATMENT: _on_statement,
    ItemKind.FIRST_DAY_PASSED: _on_statement,
    ItemKind.SYNDROME: _on_statement,
    ItemKind.ADVERSE_EVENT: _on_statement,
    ItemKind.CAUSE_OF_DEATH: _on_statement,
    ItemKind.EVALUABILITY: _on_statement,
}
