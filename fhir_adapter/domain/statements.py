"""What people said: consents they signed, attestations they made.

Knows: who said what, when, in which capacity. Does not know: FHIR JSON, the store, the trial.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.source import ResourceVersion


class SignerRole(StrEnum):
    """In which capacity somebody signed a consent."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentStatement:
    """A consent (FHIR Consent).

    Attributes:
        status: draft, proposed, active, rejected, inactive.
        is_research: True where scope or category says research.
        signed: 0..1; Consent.dateTime.
        signers: 0..*; who signed, by Consent.performer.
        provisions: (permit or deny, concepts) of the top and nested provisions that carry mapped codes.
        denies: True where the top provision's type is deny.
        ends: 0..1; end of the top provision's period.
        policies: 0..*; URIs of policies, and `system|code` of the policy rule.
        verified: 0..1; False where everybody who was to confirm it did not.
    """

    source: ResourceVersion
    path: str
    status: str
    is_research: bool
    signed: FhirDateTime | None
    signers: tuple[SignerRole, ...]
    provisions: tuple[tuple[str, tuple[ConceptId, ...]], ...] = ()
    denies: bool = False
    ends: FhirDateTime | None = None
    policies: tuple[str, ...] = ()
    verified: bool | None = None
    contested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A statement by a named person: does the criterion's statement hold?

    Attributes:
        source: The QuestionnaireResponse version, or type `Attestation` for the adapter's own.
        link_id: Criterion id or another link of the trial (planned-day-0, donor-type, ...).
        value: True means the statement holds (true on an exclusion excludes); or a date, integer or code.
        author: Who says so: a person's id, or a Practitioner reference.
        authored: When it was said.
        supersedes: 0..1; key of an earlier attestation it replaces, whoever wrote that.
        reason: 0..1; free text of the author; shown to reviewers only.
    """

    source: ResourceVersion
    path: str
    link_id: str
    value: bool | date | Decimal | str
    author: str
    authored: FhirDateTime
    supersedes: str | None = None
    reason: str | None = None
    contested: bool = False

    @property
    def origin(self) -> str:
        """`trial` for the adapter's own command, `hospital` for a QuestionnaireResponse."""
        return "trial" if self.source.type == "Attestation" else "hospital"
