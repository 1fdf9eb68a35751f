"""What waits for a named person, and what was decided.

Knows: kinds of review items, their ids. Does not know: what may be answered, the store, the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fhir_adapter.domain.digests import SHORT, digest_of
from fhir_adapter.domain.source import SubjectId, TrialId


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
    SYNDROME = "syndrome"
    ADVERSE_EVENT = "adverse-event"
    CAUSE_OF_DEATH = "cause-of-death"
    EVALUABILITY = "evaluability"


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
