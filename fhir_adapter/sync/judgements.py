"""What persons answered about a subject's safety, as judgements the derivation takes into account.

Knows: which answer says what. Does not know: how an answer is asked for or saved, what follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from fhir_adapter.domain.answering import read_dated
from fhir_adapter.domain.review import Decision, ItemKind, ReviewItem
from fhir_adapter.domain.safety_model.judgements import (
    DeathJudgement,
    EvaluabilityJudgement,
    EventJudgement,
    Judgement,
    SyndromeJudgement,
)

ABOUT = "about"
"""Detail of a review item: the id of what it asks to judge."""

NOT_ASSESSED = "not-assessed"

_Read = Callable[[Mapping[str, str], dict[str, Any]], Judgement]


def judgements_of(items: Iterable[ReviewItem], decisions: Iterable[Decision]) -> tuple[Judgement, ...]:
    """Read a subject's judgements from the decisions about it.

    Does not drop earlier answers: who uses them takes the last one about the same thing.

    Args:
        items: 0..*; every review item ever opened for the subject.
        decisions: 0..*; every decision about the subject, oldest first.

    Returns:
        0..*; in the order they were made.
    """
    asked = {item.id: item for item in items if item.kind in _READERS}
    return tuple(_judgements(asked, decisions))


def _judgements(asked: Mapping[str, ReviewItem], decisions: Iterable[Decision]) -> Iterator[Judgement]:
    for decision in decisions:
        item = asked.get(decision.item)
        about = (item.details or {}).get(ABOUT) if item is not None else None
        if item is not None and about is not None:
            said = {
                "about": about,
                "by": decision.by,
                "at": decision.at,
                "reason": decision.reason,
                "seen": decision.seen,
            }
            yield _READERS[item.kind](decision.values, said)


def _syndrome(values: Mapping[str, str], said: dict[str, Any]) -> Judgement:
    return SyndromeJudgement(grade=int(values["grade"]), associated=values["associated"] == "yes", **said)


def _event(values: Mapping[str, str], said: dict[str, Any]) -> Judgement:
    grade = values.get("grade")
    return EventJudgement(
        serious=values["serious"] == "yes",
        relatedness=values["relatedness"],
        criteria=tuple(values["criteria"].split(",")) if "criteria" in values else (),
        expectedness=values.get("expectedness", NOT_ASSESSED),
        outcome=values.get("outcome", "unknown"),
        grade=int(grade) if grade is not None else None,
        aware=values.get("aware"),
        sent=read_dated("sent", values["sent"]) if "sent" in values else (),
        **said,
    )


def _death(values: Mapping[str, str], said: dict[str, Any]) -> Judgement:
    return DeathJudgement(cause=values["cause"], relatedness=values["relatedness"], **said)


def _evaluability(values: Mapping[str, str], said: dict[str, Any]) -> Judgement:
    return EvaluabilityJudgement(
        replaced=values["replaced"] == "yes",
        withheld_for_toxicity=values.get("withheld-for-toxicity") == "yes",
        **said,
    )


_READERS: Mapping[ItemKind, _Read] = {
    ItemKind.SYNDROME: _syndrome,
    ItemKind.ADVERSE_EVENT: _event,
    ItemKind.CAUSE_OF_DEATH: _death,
    ItemKind.EVALUABILITY: _evaluability,
}
