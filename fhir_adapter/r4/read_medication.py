"""FHIR Medication -> Product.

Knows: that a medication belongs to no patient. Does not know: who was given it; the timeline joins them.
"""

from __future__ import annotations

from fhir_adapter.domain.exposure import Product
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.r4.admission import About
from fhir_adapter.r4.bindings import parse_binding
from fhir_adapter.r4.medication_content import Medication, find_modifier, read_content, read_strengths
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.status_codes import MedicationStatus


def read_medication(medication: Medication, received: Received) -> Reading:
    """Read what a medication is and how much of each needed ingredient it holds.

    An inactive one still says what was given before.

    Args:
        medication: As received.
        received: The resource on its way.

    Returns:
        One Product of no patient, a retraction (entered-in-error), an exclusion or a rejection.

    Source:
        http://hl7.org/fhir/R4/medication.html
    """
    status = parse_binding(MedicationStatus, medication.status)
    if status is MedicationStatus.ENTERED_IN_ERROR:
        return received.retracted(None)
    content = read_content(medication, received.context)
    if content.excluded_by is not None:
        return received.excluded(content.excluded_by)
    about = About(concepts=content.meaning.concepts if content.meaning is not None else ())
    breach = find_modifier(medication, "Medication")
    if breach is not None:
        return received.rejected(None, about.claim(breach))
    if content.meaning is None:
        problem = content.problem or "no-code"
        return received.refused(None, RejectionReason.UNMAPPED_CODE, "Medication.code", problem)
    if medication.status and status is None:
        return received.rejected(None, about.refuse(RejectionReason.UNKNOWN_STATUS, "Medication.status"))
    strengths, parts = read_strengths(medication, "Medication", received.context)
    product = Product(
        source=received.source,
        path="Medication.code",
        concepts=content.meaning.concepts,
        codings=content.codings,
        strengths=strengths,
    )
    return received.mapped(None, (product,), parts)
