"""What named persons answered in a story, as the adapter reads it from their decisions.

Knows: how stories write answers. Does not know: what follows from them.

`judged: [{syndrome: CRS-2, at: D12 09:00, grade: 3, associated: yes}, {event: Anemia, at: D12 09:00, serious: no,
relatedness: related}, {death: yes, cause: sepsis, relatedness: unlikely}, {evaluability: yes, replaced: no}]`:
what is judged first, then the fields of `review decide`. An event is named by its term, with the day it began
where there are several: `Anemia D5`. A syndrome is judged on what is known in the end, or, with `stale: yes`, on
less.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fhir_adapter.domain.review import Decision, ItemKind, ReviewItem
from fhir_adapter.domain.safety_model.event_records import AdverseEventRecord
from fhir_adapter.domain.safety_model.judgements import Judgement
from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.domain.source import SubjectId, TrialId
from fhir_adapter.sync.judgements import ABOUT, judgements_of
from tests.scenarios.story import Story

KINDS: Mapping[str, ItemKind] = {
    "syndrome": ItemKind.SYNDROME,
    "event": ItemKind.ADVERSE_EVENT,
    "death": ItemKind.CAUSE_OF_DEATH,
    "evaluability": ItemKind.EVALUABILITY,
}
OWN_KEYS = frozenset({"at", "by", "reason", "stale"})
PERSON = "dr-weber"


def judgements_in(story: Story, record: SafetyRecord | None) -> tuple[Judgement, ...]:
    """Give what persons answered in a story.

    Args:
        story: Any.
        record: 0..1; the safety record nobody judged yet: it says which event is meant.

    Returns:
        In the order told; an answer about an event the record does not have is left out.
    """
    items: list[ReviewItem] = []
    decisions: list[Decision] = []
    for number, told in enumerate(story.judged):
        kind = next(key for key in told if key in KINDS)
        about = _about(kind, told[kind], record)
        if about is not None:
            at = datetime.fromisoformat(told["at"])
            items.append(_item(story, f"item-{number}", KINDS[kind], about, at))
            seen = "" if told.get("stale") == "yes" else _digest_of(about, record)
            decisions.append(_decision(story, f"item-{number}", kind, told, seen))
    return judgements_of(items, decisions)


def name_of(event: AdverseEventRecord) -> str:
    """Name an event as stories do: by its term and the day it began."""
    return f"{event.term} D{event.onset_day}"


def _about(kind: str, told: str, record: SafetyRecord | None) -> str | None:
    if kind != "event":
        return told if kind == "syndrome" else kind
    events = record.events if record is not None else ()
    return next((each.id for each in events if told in {each.term, name_of(each)}), None)


def _digest_of(about: str, record: SafetyRecord | None) -> str:
    """Give the digest of the syndrome a person looks at; events are judged by what they are."""
    syndromes = record.syndromes if record is not None else ()
    return next((one.digest for each in syndromes for one in each.episodes if one.id == about), "")


def _item(story: Story, name: str, kind: ItemKind, about: str, at: datetime) -> ReviewItem:
    return ReviewItem(
        id=name,
        kind=kind,
        trial=TrialId("nct07256210"),
        subject=SubjectId(story.id),
        asked="",
        digest="",
        opened_at=at,
        details={ABOUT: about},
    )


def _decision(story: Story, item: str, kind: str, told: Mapping[str, Any], seen: str) -> Decision:
    return Decision(
        item=item,
        subject=SubjectId(story.id),
        values={key: value for key, value in told.items() if key not in {kind, *OWN_KEYS}},
        by=told.get("by", PERSON),
        reason=told.get("reason", "as seen"),
        at=datetime.fromisoformat(told["at"]),
        seen=seen,
    )
