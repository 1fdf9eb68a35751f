"""Which cell products an administration points to: MedicationAdministration.supportingInformation.

Knows: that a product may be a resource of its own or contained. Does not know: what a product must hold.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from msgspec import Raw

from fhir_adapter.domain.exposure import CellProduct
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.cell_product import BiologicallyDerivedProduct, Place, read_cell_product
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.recognise import UNREADABLE
from fhir_adapter.r4.references import find_contained, read_reference, type_of_contained
from fhir_adapter.r4.wire import Reference, references_decoder

PRODUCT = "BiologicallyDerivedProduct"
_decoder = msgspec.json.Decoder(BiologicallyDerivedProduct)


class SupportingProducts(NamedTuple):
    """What an administration says of the products it was given from.

    Attributes:
        supporting: 0..*; references to products, contained ones as `MedicationAdministration/id#local`.
        contained: 0..*; the products that stand in the administration itself.
        elsewhere: 0..*; references that must be resolved.
        rejections: 0..*; products that could not be read, or not be found.
    """

    supporting: tuple[str, ...] = ()
    contained: tuple[CellProduct, ...] = ()
    elsewhere: tuple[str, ...] = ()
    rejections: tuple[Rejection, ...] = ()


NO_PRODUCTS = SupportingProducts()


def read_supporting_products(raw: Raw, contained: tuple[Raw, ...], received: Received) -> SupportingProducts:
    """Read the references to products; those to anything else (a diagnosis, a laboratory result) are not needed.

    Args:
        raw: supportingInformation; may be absent.
        contained: Resources inside the administration.
        received: The administration on its way.

    Returns:
        The products, and what of them could not be read. A reference that may be to a product and leads nowhere
        is refused: without it nobody could tell that a product is missing.

    Source:
        http://hl7.org/fhir/R4/medicationadministration-definitions.html, supportingInformation.
    """
    if not raw:
        return NO_PRODUCTS
    found = _Found(contained, received)
    for index, reference in enumerate(references_decoder.decode(raw)):
        found.add(reference, f"{received.type}.supportingInformation[{index}]")
    return SupportingProducts(
        tuple(dict.fromkeys((*found.elsewhere, *found.inside))),
        tuple(each for each in found.inside.values() if each is not None),
        tuple(found.elsewhere),
        tuple(found.rejections),
    )


class _Found:
    """The products of one administration."""

    def __init__(self, contained: tuple[Raw, ...], received: Received) -> None:
        self._contained = contained
        self._received = received
        self.elsewhere: dict[str, None] = {}
        self.inside: dict[str, CellProduct | None] = {}
        self.rejections: list[Rejection] = []

    def add(self, reference: Reference, path: str) -> None:
        if reference.reference.startswith("#"):
            self._add_contained(reference.reference, path)
            return
        elsewhere = read_reference(reference, self._received)
        if elsewhere is not None:
            if elsewhere.startswith(f"{PRODUCT}/"):
                self.elsewhere[elsewhere] = None
        elif _may_be_product(reference):
            self._refuse(path, "reference")

    def _add_contained(self, text: str, path: str) -> None:
        raw = find_contained(text, self._contained)
        if raw is None:
            self._refuse(path, "contained")
        elif type_of_contained(raw) == PRODUCT:
            self._read(raw, f"{self._received.source.reference}{text}")

    def _read(self, raw: Raw, reference: str) -> None:
        if reference in self.inside:
            return
        path = f"{self._received.type}.contained[{self._contained.index(raw)}]"
        try:
            product = _decoder.decode(raw)
        except UNREADABLE:
            self.inside[reference] = None
            self._refuse(path, "type")
            return
        found = read_cell_product(product, Place(path, reference), self._received)
        if found.excluded_by is None:
            self.inside[reference] = found.product
            self.rejections.extend(found.rejections)

    def _refuse(self, path: str, detail: str) -> None:
        self.rejections.append(Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail=detail))


def _may_be_product(reference: Reference) -> bool:
    """Say whether a reference that leads nowhere says it is to a product, or does not say to what."""
    if reference.type:
        return reference.type == PRODUCT
    return f"{PRODUCT}/" in reference.reference or reference.reference.startswith("urn:")
