"""Facts: small immutable statements read once from hospital resources or made by a named person.

Knows: what a reader found, what it refused, and from which resource version. Does not know: FHIR JSON,
the store, the trial.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from fhir_adapter.domain.codes import Coding, ConceptId
from fhir_adapter.domain.exposure import CellProduct, Exposure, Product
from fhir_adapter.domain.moments import Effective, FhirDateTime
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.reported_event import ReportedEvent
from fhir_adapter.domain.source import Exclusion, Rejection, ResourceVersion
from fhir_adapter.domain.statements import Attestation, ConsentStatement


@dataclass(frozen=True, slots=True)
class CodedValue:
    """An answer given as a code or an exact text.

    Attributes:
        codings: 0..*; as written.
        text: 0..1; as written; never shown in logs.
        answers: 0..*; the answer concepts it maps to (`detected`, `not-detected`, ...); empty = unmapped.
    """

    codings: tuple[Coding, ...]
    text: str | None
    answers: tuple[ConceptId, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a finding, for example the inhaled oxygen concentration beside SpO2."""

    path: str
    concepts: tuple[ConceptId, ...]
    codings: tuple[Coding, ...]
    reported: Quantity | CodedValue | bool
    standard: Quantity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demographics:
    """Who the patient is. Stored in the identity table only.

    Attributes:
        birth_date: 0..1; may be partial.
        gender: 0..1; FHIR administrative gender (male, female, other, unknown).
        deceased: True, False, the time of death, or None where nothing is said.
        identifiers: (system, value) pairs, for rosters.
        links: (link type, reference) pairs, for merged records.
        active: 0..1; False where the hospital no longer uses the record.
    """

    source: ResourceVersion
    path: str
    birth_date: FhirDateTime | None
    gender: str | None
    deceased: bool | FhirDateTime | None
    identifiers: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRange:
    """Limits of normal the laboratory printed with a result, and for whom they hold.

    Attributes:
        path: FHIRPath of the range, for example `Observation.referenceRange[1]`.
        low: 0..1; lower limit in the concept's standard unit.
        high: 0..1; upper limit in the concept's standard unit.
        age_low: 0..1; youngest age it holds for [a], included.
        age_high: 0..1; oldest age it holds for [a], included.
        type: 0..1; `normal`, or None where the source does not say; other types are not kept.
        applies_to: 0..*; whom it holds for: `male`, `female`, other concepts; empty = everybody.
        is_unread: True where it holds only under a condition that could not be read.
    """

    path: str
    low: Quantity | None
    high: Quantity | None
    age_low: Fraction | None = None
    age_high: Fraction | None = None
    type: str | None = None
    applies_to: tuple[ConceptId, ...] = ()
    is_unread: bool = False

    @property
    def is_plain(self) -> bool:
        """True where it holds for every patient."""
        return not (self.is_unread or self.applies_to) and self.age_low is None and self.age_high is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A laboratory result, vital sign, score or survey answer (FHIR Observation or one of its components).

    Attributes:
        source: The version it was read from.
        path: FHIRPath of the value, for example `Observation.component[1].value`.
        concepts: 1..*; what was measured.
        codings: As written.
        status: Observation.status (final, amended, corrected, preliminary, registered, unknown).
        category: 0..1; Observation.category code (laboratory, vital-signs, ...).
        effective: 0..1; when it was true; None where the source does not say.
        reported: Value as written.
        standard: 0..1; quantity in the concept's standard unit; None for coded answers.
        lln: 0..1; lower limit of normal in the standard unit, from the same result.
        uln: 0..1; upper limit of normal in the standard unit, from the same result.
        range_problem: 0..1; why no limit could be taken: `several` or `conditional` (choose among `ranges`),
            `unit`, `value`, `text`, `type`, `modifier`; None = plainly absent, or taken.
        range_path: 0..1; FHIRPath of the range used.
        ranges: 0..*; every readable range of the result, for choosing by the patient's age and sex.
        interpretation: Concepts of Observation.interpretation (`detected`, `not-detected`, ...).
        method: 0..1; concepts of Observation.method; empty tuple = present but unmapped; None = absent.
        specimen: 0..1; the same for the specimen's type, once resolved.
        specimen_reference: 0..1; reference still to be resolved on the timeline.
        qualifiers: What the code says of how it was measured (`room-air`, `measured`).
        components: 0..*; mapped components of the same Observation.
        part_of: 0..*; references of the procedures or administrations it was measured during or for.
    """

    source: ResourceVersion
    path: str
    concepts: tuple[ConceptId, ...]
    codings: tuple[Coding, ...]
    status: str
    category: str | None
    effective: Effective | None
    reported: Quantity | CodedValue | bool
    standard: Quantity | None
    lln: Quantity | None = None
    uln: Quantity | None = None
    range_problem: str | None = None
    range_path: str | None = None
    ranges: tuple[ReferenceRange, ...] = ()
    interpretation: tuple[ConceptId, ...] = ()
    method: tuple[ConceptId, ...] | None = None
    specimen: tuple[ConceptId, ...] | None = None
    specimen_reference: str | None = None
    qualifiers: frozenset[str] = frozenset()
    components: tuple[Component, ...] = ()
    contested: bool = False
    part_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecimenKind:
    """What a specimen is (FHIR Specimen.type); joined to findings on the timeline."""

    source: ResourceVersion
    path: str
    concepts: tuple[ConceptId, ...]
    codings: tuple[Coding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A problem on the patient's list (FHIR Condition).

    Attributes:
        clinical_status: 0..1; active, recurrence, relapse, inactive, remission, resolved.
        verification_status: 0..1; unconfirmed, provisional, differential, confirmed, refuted.
        onset: 0..1.
        abatement: 0..1; present means it ended.
        recorded: 0..1; recordedDate.
    """

    source: ResourceVersion
    path: str
    concepts: tuple[ConceptId, ...]
    codings: tuple[Coding, ...]
    clinical_status: str | None
    verification_status: str | None
    onset: Effective | None
    abatement: Effective | None
    recorded: FhirDateTime | None
    abated: bool = False
    contested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """A procedure done to the patient (FHIR Procedure).

    Attributes:
        status: R4 event status (preparation, in-progress, not-done, on-hold, stopped, completed, unknown).
        performed: 0..1.
        body_site: Concepts of bodySite.
        elsewhere: True where sites are stated and the hospital says of every one that it has no counterpart: it is
            known to be none the trial asks for.
        radiation: 0..1; total dose delivered, where the procedure itself states it [Gy].
        radiation_path: 0..1; FHIRPath of that dose.
        identifiers: 0..*; (system, value): two resources that share one are one procedure.
        part_of: 0..*; references of what it is part of: the dose of a course holds that of its parts.
    """

    source: ResourceVersion
    path: str
    concepts: tuple[ConceptId, ...]
    codings: tuple[Coding, ...]
    status: str
    performed: Effective | None
    body_site: tuple[ConceptId, ...] = ()
    contested: bool = False
    radiation: Quantity | None = None
    radiation_path: str | None = None
    elsewhere: bool = False
    identifiers: tuple[tuple[str, str], ...] = ()
    part_of: tuple[str, ...] = ()


Fact = (
    Demographics
    | Finding
    | SpecimenKind
    | Product
    | CellProduct
    | Exposure
    | Diagnosis
    | Intervention
    | ReportedEvent
    | ConsentStatement
    | Attestation
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one received resource gave: facts, rejections, or the rule that excluded it.

    Counting: mapped if it gave a fact; else rejected if it gave a rejection; else excluded by `excluded_by`.
    A mapped reading's rejections are its rejected parts.

    Attributes:
        source: The version read.
        patient: 0..1; logical id of the patient it is about; None for shared resources (Medication).
        facts: 0..*.
        rejections: 0..*.
        excluded_by: 0..1; set only where there is neither fact nor rejection.
        retracts: True for entered-in-error and cancelled: every earlier fact of the resource is void.
        references: References the reader could not resolve by itself (Medication, Specimen, results).
    """

    source: ResourceVersion
    patient: str | None
    facts: tuple[Fact, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    excluded_by: Exclusion | None = None
    retracts: bool = False
    references: tuple[str, ...] = ()
