"""Who signed a consent, and in which capacity: Consent.performer.

Knows: the kinds of performer. Does not know: who had to sign, or whether a relative is a legal representative.
"""

from __future__ import annotations

import msgspec
from msgspec import Raw

from fhir_adapter.domain.statements import SignerRole
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import find_contained, read_reference
from fhir_adapter.r4.wire import Reference, Wire


class _Kind(Wire):
    """A contained resource, as far as its type."""

    resource_type: str = ""


_kind_decoder = msgspec.json.Decoder(_Kind)


def read_signers(
    performers: tuple[Reference, ...], contained: tuple[Raw, ...], patient: str, received: Received
) -> tuple[SignerRole, ...]:
    """Say in which capacity each performer signed.

    Another patient of the same hospital (a parent, say) is `other`: only a RelatedPerson says that somebody
    acts for the patient.

    Args:
        performers: 0..*; Consent.performer.
        contained: 0..*; contained resources.
        patient: Logical id of the patient the consent is about.
        received: The resource on its way.

    Returns:
        One role per performer, in their order.

    Source:
        http://hl7.org/fhir/R4/consent-definitions.html#Consent.performer; clinical rules I1.
    """
    return tuple(_role(performer, contained, patient, received) for performer in performers)


def _role(performer: Reference, contained: tuple[Raw, ...], patient: str, received: Received) -> SignerRole:
    inside = find_contained(performer.reference, contained)
    reference = read_reference(performer, received)
    if reference == f"Patient/{patient}":
        return SignerRole.PATIENT
    if inside is not None:
        kind = _kind_decoder.decode(inside).resource_type
    elif reference is not None:
        kind = reference.partition("/")[0]
    else:
        kind = "" if performer.reference else performer.type
    return SignerRole.REPRESENTATIVE if kind == "RelatedPerson" else SignerRole.OTHER
