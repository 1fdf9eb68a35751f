"""How much radiation a procedure delivered, where the procedure itself states it.

Knows: mCODE's extension for it. Does not know: which part of the body was meant; bodySite says so.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec
from msgspec import Raw

from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4 import wire
from fhir_adapter.r4.context import ReadingContext
from fhir_adapter.r4.quantities import read_quantity, to_standard

DELIVERED: Final = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-dose-delivered-to-volume"
"""Source: http://hl7.org/fhir/us/mcode/STU4/StructureDefinition-mcode-radiotherapy-dose-delivered-to-volume.html"""
TOTAL_DOSE: Final = "totalDoseDelivered"
UNIT_RULE: Final = "radiation-dose"
"""Rule of units.yaml; mCODE writes cGy, most departments Gy."""


class _Part(wire.Wire):
    url: str = ""
    value_quantity: wire.Quantity | None = None


class _Extension(wire.Wire):
    url: str = ""
    extension: tuple[_Part, ...] = ()


class Radiation(NamedTuple):
    """A dose delivered [Gy] and where it stands, or why it could not be read; all None where nothing is said."""

    dose: Quantity | None = None
    path: str | None = None
    rejection: Rejection | None = None


NOTHING_SAID = Radiation()
_decoder = msgspec.json.Decoder(tuple[_Extension, ...])


def read_radiation(extensions: Raw, path: str, context: ReadingContext) -> Radiation:
    """Read the total dose a procedure delivered.

    Does not add doses up, and does not choose among them: several volumes of one procedure overlap or not, and
    their names do not say which is the whole body.

    Args:
        extensions: The procedure's extensions; may be absent.
        path: FHIRPath of the procedure.
        context: For the unit rule.

    Returns:
        The dose [Gy]; or the refusal of several doses (UNSUPPORTED_VALUE) or of an unusable one.

    Source:
        mCODE STU 4, Radiotherapy Dose Delivered To Volume.
    """
    if not extensions:
        return NOTHING_SAID
    delivered = [
        (f"{path}.extension[{index}]", each.extension)
        for index, each in enumerate(_decoder.decode(extensions))
        if each.url == DELIVERED
    ]
    doses = [
        (f"{where}.extension[{index}].value", part.value_quantity)
        for where, parts in delivered
        for index, part in enumerate(parts)
        if part.url == TOTAL_DOSE
    ]
    if len(delivered) > 1 or len(doses) > 1:
        where = f"{path}.extension"
        return Radiation(
            rejection=Rejection(reason=RejectionReason.UNSUPPORTED_VALUE, path=where, detail="several")
        )
    return _standardised(*doses[0], context) if doses else NOTHING_SAID


def _standardised(path: str, quantity: wire.Quantity | None, context: ReadingContext) -> Radiation:
    reported = read_quantity(quantity or wire.Quantity(), path)
    if isinstance(reported, Rejection):
        return Radiation(rejection=reported)
    dose = to_standard(reported, context.unit_rules.get(UNIT_RULE), path)
    return Radiation(rejection=dose) if isinstance(dose, Rejection) else Radiation(dose, path)
