"""What a bag of cells is: its code, its donor, its lot, and what was measured on it.

Knows: BiologicallyDerivedProduct's elements. Does not know: whether it is a resource of its own or contained, who
was given it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from msgspec import Raw

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.exposure import CellProduct
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import Exclusion, Rejection, RejectionReason
from fhir_adapter.r4 import wire
from fhir_adapter.r4.absence import absent_reason_in
from fhir_adapter.r4.bindings import parse_binding
from fhir_adapter.r4.coding import classify, read_code
from fhir_adapter.r4.context import CodeReading, ReadingContext
from fhir_adapter.r4.quantities import read_quantity, to_standard
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import read_reference


class ProductCategory(StrEnum):
    """Source: http://hl7.org/fhir/R4/valueset-product-category.html."""

    ORGAN = "organ"
    TISSUE = "tissue"
    FLUID = "fluid"
    CELLS = "cells"
    BIOLOGICAL_AGENT = "biologicalAgent"


class ProductStatus(StrEnum):
    """Source: http://hl7.org/fhir/R4/valueset-product-status.html."""

    AVAILABLE = "available"
    UNAVAILABLE = "unavailable"


class MeasureExtension(wire.Wire):
    """An extension of a product; most say something else than a measure."""

    url: str = ""
    value_quantity: wire.Quantity | None = None


class Collection(wire.Wire):
    """BiologicallyDerivedProduct.collection, as far as it is used."""

    source: wire.Reference | None = None
    modifier_extension: tuple[Raw, ...] = ()


class BiologicallyDerivedProduct(wire.Resource, tag="BiologicallyDerivedProduct"):
    """BiologicallyDerivedProduct, as far as it is used."""

    identifier: tuple[wire.Identifier, ...] = ()
    product_category: str = ""
    product_code: Raw = wire.ABSENT
    status: str = ""
    collection: Collection | None = None
    extension: tuple[MeasureExtension, ...] = ()


class Place(NamedTuple):
    """Where a product stands: its FHIRPath, and the reference others point to it by."""

    path: str
    reference: str


class ProductReading(NamedTuple):
    """What a product gave: itself with the parts that could not be read, or why there is none.

    Attributes:
        product: 0..1.
        rejections: 0..*; its bad parts, or why it was refused.
        excluded_by: 0..1; the rule that leaves it out.
    """

    product: CellProduct | None = None
    rejections: tuple[Rejection, ...] = ()
    excluded_by: Exclusion | None = None


def read_cell_product(product: BiologicallyDerivedProduct, place: Place, received: Received) -> ProductReading:
    """Read a product that is needed by its code, or by what was measured on its cells.

    Cell products often carry no code, or one of the manufacturer's: measures we need make cells a product we
    need, unless the hospital said that the code has no counterpart.

    Args:
        product: As received.
        place: Where it stands.
        received: The resource it is, or stands in.

    Returns:
        The product with every measure in its concept's standard unit; an exclusion; or the refusal.

    Source:
        http://hl7.org/fhir/R4/biologicallyderivedproduct.html
    """
    refusal = _find_refusal(product, place.path)
    if refusal is not None:
        return ProductReading(rejections=(refusal,))
    code = read_code(product.product_code, received.context)
    measured = _Measured(product.extension, place.path, received.context)
    if not _is_needed(product, code, measured):
        return _leave_out(product, code, place.path)
    donor = _read_donor(product.collection, place.path, received)
    parts = measured.rejections + ([donor] if isinstance(donor, Rejection) else [])
    fact = CellProduct(
        source=received.source,
        path=place.path,
        reference=place.reference,
        concepts=code.meaning.concepts if code.meaning is not None else (),
        codings=code.codings,
        category=product.product_category or None,
        donor=None if isinstance(donor, Rejection) else donor,
        lots=wire.identifiers_of(product.identifier),
        measures=measured.found,
    )
    return ProductReading(fact, tuple(parts))


def _find_refusal(product: BiologicallyDerivedProduct, path: str) -> Rejection | None:
    if product.modifier_extension:
        return Rejection(reason=RejectionReason.MODIFIER_EXTENSION, path=f"{path}.modifierExtension")
    if product.implicit_rules:
        return Rejection(reason=RejectionReason.IMPLICIT_RULES, path=f"{path}.implicitRules")
    if product.collection is not None and product.collection.modifier_extension:
        return Rejection(reason=RejectionReason.MODIFIER_EXTENSION, path=f"{path}.collection.modifierExtension")
    if product.product_category and parse_binding(ProductCategory, product.product_category) is None:
        return Rejection(reason=RejectionReason.UNKNOWN_STATUS, path=f"{path}.productCategory")
    if product.status and parse_binding(ProductStatus, product.status) is None:
        return Rejection(reason=RejectionReason.UNKNOWN_STATUS, path=f"{path}.status")
    return None


def _is_needed(product: BiologicallyDerivedProduct, code: CodeReading, measured: _Measured) -> bool:
    if code.meaning is not None:
        return True
    is_measured = product.product_category == ProductCategory.CELLS and measured.is_about_needed
    return is_measured and code.excluded_by is not Exclusion.CODE_UNMATCHED


def _leave_out(product: BiologicallyDerivedProduct, code: CodeReading, path: str) -> ProductReading:
    if code.excluded_by is not None:
        return ProductReading(excluded_by=code.excluded_by)
    raw, where = product.product_code, f"{path}.productCode"
    absent = absent_reason_in(wire.concept_decoder.decode(raw)) if wire.is_present(raw) else None
    if absent is not None:
        return ProductReading(
            rejections=(Rejection(reason=RejectionReason.VALUE_ABSENT, path=where, detail=absent),)
        )
    problem = code.problem or "no-code"
    return ProductReading(
        rejections=(Rejection(reason=RejectionReason.UNMAPPED_CODE, path=where, detail=problem),)
    )


def _read_donor(collection: Collection | None, path: str, received: Received) -> str | Rejection | None:
    """Name the person the product was collected from; a bank or a physician is no donor."""
    if collection is None or collection.source is None:
        return None
    donor, where = read_reference(collection.source, received), f"{path}.collection.source"
    if donor is None:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=where, detail="reference")
    if not donor.startswith("Patient/"):
        return Rejection(reason=RejectionReason.UNSUPPORTED_VALUE, path=where, detail="no-patient")
    return donor


class _Measured:
    """What the extensions of one product say in numbers."""

    def __init__(self, extensions: Iterable[MeasureExtension], path: str, context: ReadingContext) -> None:
        """Read every extension whose URL is a code we know."""
        self.context = context
        self.rejections: list[Rejection] = []
        self.is_about_needed = False
        self._values: dict[ConceptId, list[tuple[Quantity, str]]] = {}
        for index, extension in enumerate(extensions):
            self._add(extension, f"{path}.extension[{index}]")
        self.found = tuple(self._agreed())

    def _add(self, extension: MeasureExtension, path: str) -> None:
        system, _, name = extension.url.rpartition("/")
        code = classify(wire.CodeableConcept(coding=(wire.Coding(system, name),)), self.context)
        if code.problem == "not-in-map":
            self._refuse(RejectionReason.UNMAPPED_CODE, f"{path}.url", code.problem)
        if code.meaning is None:  # extensions that nobody knows may be ignored, by FHIR's own rule
            return
        self.is_about_needed = True
        if extension.value_quantity is None:
            self._refuse(RejectionReason.UNSUPPORTED_VALUE, f"{path}.value", "no-quantity")
            return
        reported = read_quantity(extension.value_quantity, f"{path}.value")
        rule = self.context.unit_rules.get(code.meaning.unit_rule or "")
        value = reported if isinstance(reported, Rejection) else to_standard(reported, rule, f"{path}.value")
        if isinstance(value, Rejection):
            self.rejections.append(value)
            return
        for concept in code.meaning.concepts:
            self._values.setdefault(concept, []).append((value, path))

    def _agreed(self) -> Iterator[tuple[ConceptId, Quantity]]:
        """Give each measure once; one that is stated twice and differently is none."""
        for concept, values in self._values.items():
            if len({value for value, _ in values}) == 1:
                yield concept, values[0][0]
            else:
                self._refuse(RejectionReason.INVALID_RESOURCE, f"{values[-1][1]}.value", "several")

    def _refuse(self, reason: RejectionReason, path: str, detail: str) -> None:
        self.rejections.append(Rejection(reason=reason, path=path, detail=detail))
