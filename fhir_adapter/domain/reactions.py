"""What may have followed the first cell infusion, as a criterion to receive another one looks at it.

Knows: what a reaction says of itself. Does not know: where reactions come from, what they decide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Evidence


class ReactionKind(StrEnum):
    """What a reaction is: a syndrome, an adverse event, or a result that cannot be graded."""

    SYNDROME = "syndrome"
    EVENT = "event"
    RESULT = "result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """One thing that may speak against another infusion.

    Attributes:
        name: As shown, for example `AE-3f2a91c07b1d Alanine aminotransferase increased`.
        lowest: The lowest grade it has reached since the first infusion, by data or a person's word.
        highest: The highest grade it can have reached; equal where the grade is certain.
        wanted: What would make the grade certain, in clinical words.
        reason: Why the grade is not certain, where it is not.
        lasts: It is not over, as far as is known.
        now: 0..1; its grade now, where that is certain.
        is_new: It began or worsened since the first infusion; None where that is not known.
        relatedness: What a person said of its relation to the cells; `not-assessed` where nobody did.
        until: 0..1; when its grade changed last.
    """

    name: str
    kind: ReactionKind
    lowest: int
    highest: int
    wanted: str
    reason: UnknownReason = UnknownReason.NEEDS_ATTESTATION
    lasts: bool = True
    now: int | None = None
    is_new: bool | None = True
    relatedness: str = "not-assessed"
    until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionsView:
    """What is known of a subject's reactions at one moment.

    Attributes:
        first_infusion: 0..1; start of the first cell infusion; None where none was given by then.
        reactions: 0..*; syndromes first, then events, then results.
        by_person: 0..*; terms measured since that no number grades in this patient: only a person can say.
    """

    first_infusion: datetime | None
    reactions: tuple[Reaction, ...] = ()
    by_person: tuple[str, ...] = ()


Reactions = Callable[[datetime], ReactionsView | None]
"""Gives what is known of a subject's reactions at one moment; None where there is no safety record."""
