"""What persons answered about a subject's safety, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fhir_adapter.domain.review import Decision, ItemKind, ReviewItem
from fhir_adapter.domain.safety_model.judgements import (
    DeathJudgement,
    EvaluabilityJudgement,
    EventJudgement,
    SyndromeJudgement,
)
from fhir_adapter.sync.judgements import judgements_of
from tests.store_samples import NOON, SUBJECT, TRIAL


def item(kind: ItemKind, about: str | None, name: str = "R-1") -> ReviewItem:
    return ReviewItem(
        id=name,
        kind=kind,
        trial=TRIAL,
        subject=SUBJECT,
        asked="G3",
        digest="d1",
        opened_at=NOON,
        details={"about": about} if about is not None else None,
    )


def answer(values: Mapping[str, str], name: str = "R-1") -> Decision:
    return Decision(item=name, subject=SUBJECT, values=values, by="dr-weber", reason="seen", at=NOON, seen="d1")


SAID: dict[str, Any] = {"by": "dr-weber", "at": NOON, "reason": "seen", "seen": "d1"}


def test_the_final_grade_of_a_syndrome_and_its_attribution_are_read() -> None:
    asked = item(ItemKind.SYNDROME, "CRS-1")
    said = answer({"associated": "no", "grade": "4"})
    assert judgements_of([asked], [said]) == (SyndromeJudgement(about="CRS-1", grade=4, associated=False, **SAID),)


def test_a_judged_event_keeps_what_was_said_and_assumes_nothing_else() -> None:
    asked = item(ItemKind.ADVERSE_EVENT, "AE-1")
    short = answer({"serious": "no", "relatedness": "unlikely"})
    full = answer({
        "serious": "yes",
        "relatedness": "possible",
        "criteria": "death,important",
        "expectedness": "unexpected",
        "outcome": "fatal",
        "grade": "5",
        "aware": "2026-03-10",
        "sent": "sae-sponsor@2026-03-11",
    })
    assert judgements_of([asked], [short, full]) == (
        EventJudgement(
            about="AE-1",
            serious=False,
            relatedness="unlikely",
            criteria=(),
            expectedness="not-assessed",
            outcome="unknown",
            grade=None,
            aware=None,
            sent=(),
            **SAID,
        ),
        EventJudgement(
            about="AE-1",
            serious=True,
            relatedness="possible",
            criteria=("death", "important"),
            expectedness="unexpected",
            outcome="fatal",
            grade=5,
            aware="2026-03-10",
            sent=(("sae-sponsor", "2026-03-11"),),
            **SAID,
        ),
    )


def test_a_cause_of_death_and_who_counts_are_read() -> None:
    asked = [item(ItemKind.CAUSE_OF_DEATH, "death"), item(ItemKind.EVALUABILITY, "evaluability", "R-2")]
    said = [
        answer({"relatedness": "not-related", "cause": "infection"}),
        answer({"replaced": "yes", "withheld-for-toxicity": "yes"}, "R-2"),
        answer({"replaced": "no"}, "R-2"),
    ]
    assert judgements_of(asked, said) == (
        DeathJudgement(about="death", cause="infection", relatedness="not-related", **SAID),
        EvaluabilityJudgement(about="evaluability", replaced=True, withheld_for_toxicity=True, **SAID),
        EvaluabilityJudgement(about="evaluability", replaced=False, withheld_for_toxicity=False, **SAID),
    )


def test_answers_about_anything_else_are_no_judgements() -> None:
    moved = answer({"status": "on-study"}, "move")
    eligible = answer({"verdict": "accepted"}, "R-3")
    items = [item(ItemKind.ELIGIBILITY, None, "R-3"), item(ItemKind.SYNDROME, None)]
    assert judgements_of(items, [moved, eligible, answer({"associated": "yes", "grade": "3"})]) == ()
