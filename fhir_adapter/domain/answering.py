"""What a named person may answer to a review item.

Knows: fields, allowed values and roles of every kind of item. Does not know: the store, the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as filled_by
from datetime import date, datetime

from fhir_adapter.domain.review import ItemKind
from fhir_adapter.errors import DecisionRefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerField:
    """A field beside the main one.

    Attributes:
        values: 0..*; allowed; empty = a date or time.
        required: True where no answer can do without it.
        with_yes: True where an accepting answer needs it and a rejecting one may not have it.
        many: True where several values may stand, separated by commas.
        dated: True where each value is a name and when it was done, `NAME@DATE`.
    """

    values: tuple[str, ...] = ()
    required: bool = False
    with_yes: bool = False
    many: bool = False
    dated: bool = False

    def shown(self, name: str) -> str:
        """Say what may stand in it."""
        one = "NAME@DATE" if self.dated else "|".join(self.values) or "DATE"
        text = f"{name}={one}{'[,..]' if self.many else ''}"
        return text if self.required else f"[{text}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person may answer to one kind of item.

    Attributes:
        field: The field every answer has.
        accept: Its value for `review accept`.
        reject: Its value for `review reject`.
        others: 0..*; further values of it, for which there is no short form.
        further: 0..*; further fields; one that is required leaves no short form.
        moves: True where the answer may also carry `status` and `date` of the move that follows.
        roles: Roles of which the person must have one.
    """

    field: str
    accept: str
    reject: str
    roles: frozenset[str]
    moves: bool = False
    others: tuple[str, ...] = ()
    further: Mapping[str, AnswerField] = filled_by(default_factory=dict)

    @property
    def has_short_form(self) -> bool:
        """Say whether `review accept` and `review reject` say everything."""
        return not any(each.required or each.with_yes for each in self.further.values())

    @property
    def allowed(self) -> str:
        """Say what an answer may hold, as it is typed."""
        parts = [f"{self.field}={'|'.join((self.accept, self.reject, *self.others))}"]
        parts += [each.shown(name) for name, each in self.further.items()]
        if self.moves:
            parts.append("[status=STATUS] [date=YYYY-MM-DD]")
        return " ".join(parts)


_INVESTIGATORS = frozenset({"pi", "investigator"})
_STAFF = _INVESTIGATORS | {"coordinator", "data-manager"}

_RELATEDNESS = ("related", "possible", "unlikely", "not-related")
_YES_NO = ("yes", "no")

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
    ItemKind.SYNDROME: Question(
        field="associated",
        accept="yes",
        reject="no",
        roles=_INVESTIGATORS,
        further={"grade": AnswerField(values=("0", "1", "2", "3", "4", "5"), required=True)},
    ),
    ItemKind.ADVERSE_EVENT: Question(
        field="serious",
        accept="yes",
        reject="no",
        roles=_INVESTIGATORS,
        further={
            "relatedness": AnswerField(values=_RELATEDNESS, required=True),
            "criteria": AnswerField(
                values=(
                    "death",
                    "life-threatening",
                    "hospitalisation",
                    "disability",
                    "congenital-anomaly",
                    "important",
                ),
                with_yes=True,
                many=True,
            ),
            "expectedness": AnswerField(values=("expected", "unexpected")),
            "outcome": AnswerField(
                values=("recovered", "recovering", "recovered-with-sequelae", "not-recovered", "fatal", "unknown")
            ),
            "grade": AnswerField(values=("1", "2", "3", "4", "5")),
            "aware": AnswerField(),
            "sent": AnswerField(many=True, dated=True),
        },
    ),
    ItemKind.CAUSE_OF_DEATH: Question(
        field="relatedness",
        accept="related",
        reject="not-related",
        others=("possible", "unlikely"),
        roles=_INVESTIGATORS,
        further={
            "cause": AnswerField(
                values=("leukemia", "infection", "gvhd", "toxicity", "crs", "icans", "other", "unknown"),
                required=True,
            )
        },
    ),
    ItemKind.EVALUABILITY: Question(
        field="replaced",
        accept="yes",
        reject="no",
        roles=_INVESTIGATORS,
        further={"withheld-for-toxicity": AnswerField(values=_YES_NO)},
    ),
}
"""Field, allowed values and roles per kind. Investigators judge evidence; staff confirm what happened."""

JUDGEMENTS = frozenset({ItemKind.SYNDROME, ItemKind.ADVERSE_EVENT, ItemKind.CAUSE_OF_DEATH, ItemKind.EVALUABILITY})
"""Kinds whose answer may be corrected later: another one is recorded, and the later one holds."""

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
    if values.get(question.field) not in {question.accept, question.reject, *question.others}:
        raise DecisionRefusedError(f"an item of kind {kind} is answered with {question.allowed}")
    extra = set(values) - {question.field, *question.further} - set(_MOVE_FIELDS if question.moves else ())
    if extra:
        raise DecisionRefusedError(f"unknown field {', '.join(sorted(extra))}; allowed: {question.allowed}")
    for name, further in question.further.items():
        _check_further(name, further, values, is_accepted=is_accepted(kind, values))
    if question.moves and "date" in values:
        check_date(values["date"])


def _check_further(name: str, further: AnswerField, values: Mapping[str, str], *, is_accepted: bool) -> None:
    """Refuse a further field that is missing, not asked for, or holds what it may not."""
    value = values.get(name)
    if value is None:
        if further.required or (further.with_yes and is_accepted):
            raise DecisionRefusedError(f"{name} is needed: {further.shown(name)}")
        return
    if further.with_yes and not is_accepted:
        raise DecisionRefusedError(f"{name} does not go with this answer")
    if further.dated:
        read_dated(name, value)
        return
    if not further.values:
        _check_moment(name, value)
        return
    chosen = value.split(",") if further.many else [value]
    if not set(chosen) <= set(further.values) or len(set(chosen)) != len(chosen):
        raise DecisionRefusedError(f"{name} takes {further.shown(name)}")


def read_dated(name: str, text: str) -> tuple[tuple[str, str], ...]:
    """Read what was done, each with its day or time.

    Args:
        name: Of the field.
        text: `sae-sponsor@2026-03-10,susar-15@2026-03-20T09:00:00+01:00`.

    Returns:
        (name, when) pairs as written.

    Raises:
        DecisionRefusedError: One has no name, a moment that is none or has no zone, or a name stands twice.
    """
    pairs = [tuple(part.partition("@")[::2]) for part in text.split(",")]
    if len({done for done, _ in pairs}) != len(pairs) or any(not done for done, _ in pairs):
        raise DecisionRefusedError(f"{name} takes NAME@DATE, each name once, separated by commas")
    for _, moment in pairs:
        _check_moment(name, moment)
    return tuple((done, moment) for done, moment in pairs)


def _check_moment(name: str, text: str) -> None:
    """Refuse a moment that is neither a date nor a time with its zone: a zone is never added."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or not text.startswith(moment.date().isoformat()):
        raise DecisionRefusedError(f"{name} is written YYYY-MM-DD, or as a time with its zone")
    if len(text) > len("YYYY-MM-DD") and moment.tzinfo is None:
        raise DecisionRefusedError(f"{name} is a time without its zone")


def check_date(text: str) -> None:
    """Refuse a day of a move that is not a full calendar date.

    Args:
        text: As the person wrote it.

    Raises:
        DecisionRefusedError: It is not YYYY-MM-DD.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise DecisionRefusedError("the date of a move is written YYYY-MM-DD")


def is_accepted(kind: ItemKind, values: Mapping[str, str]) -> bool:
    """Say whether an answer follows the proposal."""
    question = QUESTIONS[kind]
    return values.get(question.field) == question.accept
