"""What waits for a named person, and what that person may answer.

Knows: kinds of review items, their fields and allowed values. Does not know: the store, the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
