"""What a hospital itself reports as an adverse event.

Knows: what a report says. Does not know: FHIR JSON, the trial, whether another source says the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from fhir_adapter.domain.codes import Coding, ConceptId
from fhir_adapter.domain.moments import Effective, FhirDateTime
from fhir_adapter.domain.source import ResourceVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """What a report suspects to be the cause.

    Attributes:
        reference: What was given, for example `MedicationAdministration/1`.
        relatedness: 0..1; `related`, `possible`, `unlikely` or `not-related`; None = not stated.
    """

    reference: str
    relatedness: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedEvent:
    """An adverse event somebody at the hospital reported (FHIR AdverseEvent).

    Attributes:
        concepts: 0..*; what happened, of value sets.
        codings: As written.
        text: 0..1; as written; never shown in logs.
        terms: 0..*; names in the trial's scale its codes stand for; one of `concepts` and `terms` says something.
        grade: 0..1; 1 to 5, as stated; never taken from a severity.
        severity: 0..1; mild, moderate, severe.
        serious: 0..1; as stated.
        outcome: 0..1; R4 code (resolved, recovering, ongoing, resolvedWithSequelae, fatal, unknown).
        occurred: 0..1; when it happened.
        detected: 0..1; when somebody noticed it.
        recorded: 0..1; when it was written down.
        conditions: 0..*; references of problems it resulted in.
        suspects: 0..*; what is suspected.
        studies: 0..*; references of studies it is reported for.
        categories: 0..*; codes, as written.
        identifiers: 0..*; (system, value): by them our own reports are known again.
    """

    source: ResourceVersion
    path: str
    concepts: tuple[ConceptId, ...]
    codings: tuple[Coding, ...]
    text: str | None = None
    terms: tuple[str, ...] = ()
    grade: int | None = None
    severity: str | None = None
    serious: bool | None = None
    outcome: str | None = None
    occurred: Effective | None = None
    detected: FhirDateTime | None = None
    recorded: FhirDateTime | None = None
    conditions: tuple[str, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    studies: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    contested: bool = False
