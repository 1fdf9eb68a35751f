"""What every resource about a patient must show before its content is read.

Knows: patient reference, modifier extensions, implicit rules, what a refused part is said to be about. Does not
know: any resource type's elements.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Raw

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.source import Exclusion, Rejection, RejectionReason
from fhir_adapter.r4 import wire
from fhir_adapter.r4.absence import absent_reason_in
from fhir_adapter.r4.context import CodeReading
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import read_subject


@dataclass(frozen=True, slots=True)
class About:
    """What a rejection says the refused part would have been about."""

    concepts: tuple[ConceptId, ...] = ()
    category: str | None = None
    effective: Effective | None = None

    def refuse(self, reason: RejectionReason, path: str, detail: str = "") -> Rejection:
        """Refuse a part, with what is known of it."""
        return Rejection(
            reason=reason,
            path=path,
            detail=detail,
            concepts=self.concepts,
            category=self.category,
            effective=self.effective,
        )

    def claim(self, rejection: Rejection) -> Rejection:
        """Add what is known to a rejection made elsewhere."""
        return self.refuse(rejection.reason, rejection.path, rejection.detail)


NOTHING = About()


def retract(reference: Raw, received: Received) -> Reading:
    """End with every earlier fact of the resource void, whatever else of it cannot be understood."""
    return received.retracted(read_subject(reference, received).patient or received.page.patient)


def leave_out(rule: Exclusion, reference: Raw, received: Received) -> Reading:
    """End by a rule; what is not needed need not be understood further."""
    return received.excluded(rule, read_subject(reference, received).patient)


def admit(
    resource: wire.Resource,
    reference: Raw,
    element: str,
    received: Received,
    about: About = NOTHING,
) -> str | Reading:
    """Refuse a resource that names no patient of ours, or whose meaning is changed in a way we do not know.

    Args:
        resource: As received.
        reference: The element that names the patient.
        element: Its name (`subject`, `patient`).
        received: The resource on its way.
        about: What is already known of it, for the refusal.

    Returns:
        The patient's logical id, or the reading that ends here.
    """
    subject = read_subject(reference, received)
    if subject.excluded is not None:
        return received.excluded(subject.excluded)
    if subject.patient is None:
        reason = subject.problem or RejectionReason.INVALID_RESOURCE
        path = f"{received.type}.{element}"
        return received.rejected(received.page.patient, about.refuse(reason, path, subject.detail))
    breach = received.rule_breach(resource)
    return received.rejected(subject.patient, about.claim(breach)) if breach is not None else subject.patient


def end_without_code(
    code: CodeReading, raw: Raw, path: str, patient: str | None, received: Received, about: About
) -> Reading:
    """End a resource whose code names no needed concept: by the rule that leaves it out, or as unmapped.

    Args:
        code: What the code element says.
        raw: The element itself; an absent code may carry the reason for its absence.
        path: FHIRPath of the element.
        patient: 0..1; logical id.
        received: The resource on its way.
        about: Category and time, so that a rule can tell what is missing.

    Returns:
        Excluded, or rejected as UNMAPPED_CODE, VALUE_ABSENT where the source withholds the code.
    """
    if code.excluded_by is not None:
        return received.excluded(code.excluded_by, patient)
    absent = absent_reason_in(wire.concept_decoder.decode(raw)) if wire.is_present(raw) else None
    if absent is not None:
        return received.rejected(patient, about.refuse(RejectionReason.VALUE_ABSENT, path, absent))
    return received.rejected(patient, about.refuse(RejectionReason.UNMAPPED_CODE, path, code.problem or "no-code"))
