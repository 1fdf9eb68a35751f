"""How much of a drug was given, how fast and by which route: MedicationAdministration.dosage.

Knows: dosage's elements. Does not know: what a dose should have been.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Raw

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4 import wire
from fhir_adapter.r4.coding import read_concepts
from fhir_adapter.r4.context import ReadingContext
from fhir_adapter.r4.medication_content import read_ratio
from fhir_adapter.r4.quantities import read_quantity

Rate = tuple[Quantity, Quantity | None]


class Dosage(wire.Wire):
    """MedicationAdministration.dosage, as far as it is used."""

    route: Raw = wire.ABSENT
    dose: wire.Quantity | None = None
    rate_ratio: wire.Ratio | None = None
    rate_quantity: wire.Quantity | None = None
    modifier_extension: tuple[Raw, ...] = ()


@dataclass(frozen=True, slots=True)
class DosageReading:
    """What the dosage says; `parts` could not be used, `breach` refuses the whole administration.

    `route` is empty where it is present but unmapped, None where it is absent.
    """

    dose: Quantity | None = None
    rate: Rate | None = None
    route: tuple[ConceptId, ...] | None = None
    parts: tuple[Rejection, ...] = ()
    breach: Rejection | None = None


def read_dosage(dosage: Dosage | None, path: str, context: ReadingContext) -> DosageReading:
    """Read dose, rate and route as written.

    Never takes a number out of dosage.text.

    Args:
        dosage: 0..1; as received.
        path: FHIRPath of it.
        context: For terminology.

    Returns:
        What could be read [UCUM], and what not.

    Source:
        http://hl7.org/fhir/R4/medicationadministration-definitions.html#MedicationAdministration.dosage
    """
    if dosage is None:
        return DosageReading()
    if dosage.modifier_extension:
        where = f"{path}.modifierExtension"
        return DosageReading(breach=Rejection(reason=RejectionReason.MODIFIER_EXTENSION, path=where))
    dose = read_quantity(dosage.dose, f"{path}.dose") if dosage.dose is not None else None
    rate = _rate(dosage, f"{path}.rate")
    route = read_concepts(dosage.route, context).answers if wire.is_present(dosage.route) else None
    return DosageReading(
        None if isinstance(dose, Rejection) else dose,
        None if isinstance(rate, Rejection) else rate,
        route,
        tuple(part for part in (dose, rate) if isinstance(part, Rejection)),
    )


def _rate(dosage: Dosage, path: str) -> Rate | Rejection | None:
    if dosage.rate_ratio is not None and dosage.rate_quantity is not None:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail="several")
    if dosage.rate_ratio is not None:
        return read_ratio(dosage.rate_ratio, path)
    if dosage.rate_quantity is None:
        return None
    rate = read_quantity(dosage.rate_quantity, path)
    return rate if isinstance(rate, Rejection) else (rate, None)
