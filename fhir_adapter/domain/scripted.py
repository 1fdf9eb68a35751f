"""Decisions written down in advance for a hospital whose people are invented.

Knows: what each of them decides, and when. Does not know: files, the store, how a decision is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fhir_adapter.domain.review import ItemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedAnswer:
    """An answer to a review item, which has no id yet when it is written down.

    Attributes:
        patient: Logical id of the Patient the item is about.
        about: What the item asks to judge: id of an episode, term of an adverse event, or `evaluability`.
        values: Field -> value; see domain.answering.QUESTIONS.
    """

    kind: ItemKind
    patient: str
    about: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedEscalation:
    """A decision on dose levels."""

    action: str
    level: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedDecision:
    """One decision of one invented person.

    Attributes:
        at: When it was made, aware.
        by: Person id.
        decided: What.
    """

    at: datetime
    by: str
    reason: str
    decided: ScriptedAnswer | ScriptedEscalation
