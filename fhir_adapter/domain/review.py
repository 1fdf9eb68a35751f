"""What waits for a named person, and what that person may answer.

Knows: kinds of review items, their fields and allowed values. Does not know: the store, the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from fhir_adapter.domain.digests import SHORT, digest_of
from fhir_adapter.domain.source import SubjectId, TrialId
from fhir_adapter.errors import DecisionRefusedError


class ItemKind(StrEnum):
    """Kinds of review item. A closed list."""

    ELIGIBILITY = "eligibility"
    FROZEN_EVIDENCE = "frozen-evidence"
    WRITE_CONFLICT = "write-conflict"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    DECEASED = "deceased"
    RENEWED_CONSENT = "renewed-consent"
    PATIENT_MERGED = "patient-merged"
    TREATMENT = "treatment-deviation"
    FIRST_DAY_PASSED = "first-day-passed"


class ItemState(StrEnum):
    """Where a review item stands."""

    OPEN = "open"
    DECIDED = "decided"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One question to a named person.

    Attributes:
        id: Short and stable: derived from trial, subject, kind and what is asked about.
        kind: What is asked.
        subject: Whom it is about.
        asked: The proposal in closed words, for example `INELIGIBLE`.
        digest: Digest of what the person sees; kept with the decision.
        details: Ids, codes, counts a person needs; no free text of the hospital.
    """

    id: str
    kind: ItemKind
    trial: TrialId
    subject: SubjectId
    asked: str
    digest: str
    opened_at: datetime
    state: ItemState = ItemState.OPEN
    details: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A named person's answer to a review item, or a move of a subject.

    Attributes:
        item: Review item id, or `move`.
        values: Field -> value chosen.
        by: Person id listed in hospital.yaml.
        reason: In the person's words.
        seen: Digest of what the person saw.
    """

    item: str
    subject: SubjectId
    values: Mapping[str, str]
    by: str
    reason: str
    at: datetime
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person may answer to one kind of item.

    Attributes:
        field: The field every answer has.
        accept: Its value for `review accept`.
        reject: Its value for `review reject`.
        moves: True where the answer may also carry `status` and `date` of the move that follows.
        roles: Roles of which the person must have one.
    """

    field: str
    accept: str
    reject: str
    roles: frozenset[str]
    moves: bool = False


_INVESTIGATORS = frozenset({"pi", "investigator"})
_STAFF = _INVESTIGATORS | {"coordinator", "data-manager"}

QUESTIONS: Mapping[ItemKind, Question] = {
    ItemKind.ELIGIBILITY: Question(
        field="verdict", accept="accepted", reject="rejected", roles=_INVESTIGATORS, moves=True
    ),
    ItemKind.FROZEN_EVIDENCE: Question(field="verdict", accept="reopened", reject="kept", roles=_INVESTIGATORS),
    ItemKind.WRITE_CONFLICT: Question(field="write", accept="ours", reject="theirs", roles=_STAFF),
    ItemKind.CONSENT_WITHDRAWN: Question(field="withdrawn", accept="yes", reject="no", roles=_STAFF, moves=True),
    ItemKind.DECEASED: Question(field="deceased", accept="yes", reject="no", roles=_STAFF, moves=True),
    ItemKind.RENEWED_CONSENT: Question(field="consent", accept="obtained", reject="not-required", roles=_STAFF),
    ItemKind.PATIENT_MERGED: Question(field="merge", accept="confirmed", reject="wrong", roles=_STAFF),
    ItemKind.TREATMENT: Question(field="noted", accept="yes", reject="no", roles=_INVESTIGATORS),
    ItemKind.FIRST_DAY_PASSED: Question(field="noted", accept="yes", reject="no", roles=_STAFF),
}
"""Field, allowed values and roles per kind. Investigators judge evidence; staff confirm what happened."""

_MOVE_FIELDS = ("status", "date")


def check_answer(kind: ItemKind, values: Mapping[str, str]) -> None:
    """Refuse an answer that does not fit the item.

    Whether the status named may follow is the participation graph's to say.

    Args:
        kind: Kind of the item.
        values: Field -> value.

    Raises:
        DecisionRefusedError: A field is missing or unknown, or its value is not allowed; the message names
            what is.
    """
    question = QUESTIONS[kind]
    allowed = f"{question.field}={question.accept}|{question.reject}"
    if question.moves:
        allowed += ", optional status=STATUS and date=YYYY-MM-DD"
    if values.get(question.field) not in {question.accept, question.reject}:
        raise DecisionRefusedError(f"an item of kind {kind} is answered with {allowed}")
    extra = set(values) - {question.field} - set(_MOVE_FIELDS if question.moves else ())
    if extra:
        raise DecisionRefusedError(f"unknown field {', '.join(sorted(extra))}; allowed: {allowed}")
    if "date" in values:
        check_date(values["date"])


def check_date(text: str) -> None:
    """Refuse a day of a move that is not a full calendar date.

    Args:
        text: As the person wrote it.

    Raises:
        DecisionRefusedError: It is not YYYY-MM-DD.
    """
    try:
        date.fromisoformat(text)
    except ValueError:
        raise DecisionRefusedError("the date of a move is written YYYY-MM-DD") from None


def is_accepted(kind: ItemKind, values: Mapping[str, str]) -> bool:
    """Say whether an answer follows the proposal."""
    question = QUESTIONS[kind]
    return values.get(question.field) == question.accept


def item_id(kind: ItemKind, trial: TrialId, subject: SubjectId, *about: str) -> str:
    """Give an item's id: the same question about the same content has the same id.

    Args:
        kind: Kind.
        trial: Trial.
        subject: Whom it is about.
        about: What is asked, and the digest of what is shown.

    Returns:
        Short and readable aloud.

    >>> item_id(ItemKind.ELIGIBILITY, TrialId("t"), SubjectId("S-1"), "ELIGIBLE", "d1")
    'R-5f2c1abc5275'
    """
    return f"R-{digest_of(kind.value, trial, subject, *about)[:SHORT]}"
