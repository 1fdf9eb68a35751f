"""FHIR BiologicallyDerivedProduct -> CellProduct.

Knows: that a product belongs to no patient. Does not know: who was given it; the timeline joins them.
"""

from __future__ import annotations

from fhir_adapter.domain.facts import Reading
from fhir_adapter.r4.cell_product import BiologicallyDerivedProduct, Place, read_cell_product
from fhir_adapter.r4.received import Received

_TYPE = "BiologicallyDerivedProduct"


def read_biologically_derived_product(product: BiologicallyDerivedProduct, received: Received) -> Reading:
    """Read what a cell product or graft is, whom it comes from and what was measured on it.

    One that is no longer available still says what was given before. Its donor is named and nothing else of the
    donor is read.

    Args:
        product: As received.
        received: The resource on its way.

    Returns:
        One CellProduct of no patient, an exclusion or a rejection.

    Source:
        http://hl7.org/fhir/R4/biologicallyderivedproduct.html
    """
    found = read_cell_product(product, Place(_TYPE, received.source.reference), received)
    if found.excluded_by is not None:
        return received.excluded(found.excluded_by)
    if found.product is None:
        return received.rejected(None, *found.rejections)
    return received.mapped(None, (found.product,), found.rejections)
