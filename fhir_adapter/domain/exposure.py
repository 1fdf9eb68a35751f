"""What a patient was given: drugs and cell products, and what those products contain.

Knows: what was administered, how much, how fast, by which route, out of which product. Does not know: FHIR JSON,
the trial, what should have been given.
"""

from __future__ import annotations

from dataclasses import dataclass

from fhir_adapter.domain.codes import Coding, ConceptId
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import ResourceVersion

Strength = tuple[tuple[ConceptId, ...], Quantity, Quantity]
"""Concepts of an ingredient, and how much of it is in how much of the product (500 mg in 1 mL) [UCUM]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a medication contains (FHIR Medication); joined to exposures on the timeline."""

    source: ResourceVersion
    path: str
    concepts: tuple[ConceptId, ...]
    codings: tuple[Coding, ...]
    strengths: tuple[Strength, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CellProduct:
    """A bag of cells or a graft (FHIR BiologicallyDerivedProduct); joined to exposures by reference.

    Attributes:
        reference: `BiologicallyDerivedProduct/id`, or `MedicationAdministration/id#local` for a contained one.
        concepts: 0..*; of productCode.
        category: 0..1; productCategory (`cells`).
        donor: 0..1; reference of who it was collected from, for example `Patient/77`.
        lots: 0..*; (system, value) of its identifiers.
        measures: 0..*; what was measured on it, each in its concept's standard unit: viability [%], CD3+ and
            CD3-CD56+ content [10*6].
    """

    source: ResourceVersion
    path: str
    reference: str
    concepts: tuple[ConceptId, ...]
    codings: tuple[Coding, ...]
    category: str | None = None
    donor: str | None = None
    lots: tuple[tuple[str, str], ...] = ()
    measures: tuple[tuple[ConceptId, Quantity], ...] = ()
    contested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A drug or cell product given (FHIR MedicationAdministration).

    Attributes:
        status: R4 status (in-progress, not-done, on-hold, completed, stopped, unknown).
        concepts: What was given; empty until `medication_reference` is resolved.
        medication_reference: 0..1; reference to a Medication still to be resolved.
        effective: 0..1.
        dose: 0..1; as written [UCUM].
        rate: 0..1; numerator and denominator as written [UCUM]; a plain rate (mL/h) has no denominator.
        route: 0..1; concepts of dosage.route; empty tuple = present but unmapped.
        reasons: Codings of statusReason.
        identifiers: 0..*; (system, value): two resources that share one are one administration.
        strengths: 0..*; of the product, contained or resolved on the timeline.
        supporting: 0..*; references of supportingInformation to products (`BiologicallyDerivedProduct/1`).
    """

    source: ResourceVersion
    path: str
    concepts: tuple[ConceptId, ...]
    codings: tuple[Coding, ...]
    status: str
    medication_reference: str | None
    effective: Effective | None
    dose: Quantity | None = None
    rate: tuple[Quantity, Quantity | None] | None = None
    route: tuple[ConceptId, ...] | None = None
    reasons: tuple[Coding, ...] = ()
    contested: bool = False
    identifiers: tuple[tuple[str, str], ...] = ()
    strengths: tuple[Strength, ...] = ()
    supporting: tuple[str, ...] = ()
