"""FHIR RelatedPerson: read as far as whom it belongs to, and left out.

Knows: that a relative's own data are never wanted. Does not know: who signs a consent; Consent.performer names
the RelatedPerson, and that reference alone says in which capacity somebody signed.
"""

from __future__ import annotations

from msgspec import Raw

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import Exclusion
from fhir_adapter.r4.admission import admit
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.wire import ABSENT, Resource


class RelatedPerson(Resource, tag="RelatedPerson"):
    """RelatedPerson, as far as it is used."""

    patient: Raw = ABSENT


def read_related_person(related: RelatedPerson, received: Received) -> Reading:
    """Leave a relative out: no criterion rests on one, and a caregiver's data are not ours to keep.

    Args:
        related: As received.
        received: The resource on its way.

    Returns:
        Excluded as not needed, or the rejection of a resource that cannot be understood.

    Source:
        http://hl7.org/fhir/R4/relatedperson.html
    """
    patient = admit(related, related.patient, "patient", received)
    return patient if isinstance(patient, Reading) else received.excluded(Exclusion.CODE_NOT_NEEDED, patient)
