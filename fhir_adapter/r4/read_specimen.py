"""FHIR Specimen -> what it is, as a resource of its own or contained in a result.

Knows: Specimen's elements. Does not know: which specimen a criterion accepts; the timeline joins them.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from msgspec import Raw

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Reading, SpecimenKind
from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.domain.vocabulary import OTHER_SPECIMEN
from fhir_adapter.r4 import wire
from fhir_adapter.r4.admission import About, end_without_code
from fhir_adapter.r4.bindings import SpecimenStatus, parse_binding
from fhir_adapter.r4.coding import read_code
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import find_contained, normalise, read_subject
from fhir_adapter.r4.wire import ABSENT, Resource


class Specimen(Resource, tag="Specimen"):
    """Specimen, as far as it is used."""

    status: str = ""
    type: Raw = ABSENT
    subject: Raw = ABSENT


class SpecimenReading(NamedTuple):
    """What a result says of its specimen: concepts (empty = present but unmapped), or where it is described."""

    concepts: tuple[ConceptId, ...] | None = None
    reference: str | None = None


class _ContainedSpecimen(wire.Wire):
    type: Raw = ABSENT


_contained_decoder = msgspec.json.Decoder(_ContainedSpecimen)
NO_SPECIMEN = SpecimenReading()


def read_specimen(specimen: Specimen, received: Received) -> Reading:
    """Read what a specimen is.

    Args:
        specimen: As received.
        received: The resource on its way.

    Returns:
        One SpecimenKind; excluded where its type is known and nobody asks for it; rejected where its type
        cannot be read.

    Source:
        http://hl7.org/fhir/R4/specimen.html
    """
    subject = read_subject(specimen.subject, received)
    patient = subject.patient or received.page.patient
    if specimen.status == SpecimenStatus.ENTERED_IN_ERROR:
        return received.retracted(patient)
    if subject.problem is RejectionReason.WRONG_PATIENT:
        return received.refused(patient, RejectionReason.WRONG_PATIENT, "Specimen.subject")
    breach = received.rule_breach(specimen)
    if breach is not None:
        return received.rejected(patient, breach)
    if specimen.status and parse_binding(SpecimenStatus, specimen.status) is None:
        return received.refused(patient, RejectionReason.UNKNOWN_STATUS, "Specimen.status")
    code = read_code(specimen.type, received.context)
    if code.meaning is None:
        return end_without_code(code, specimen.type, "Specimen.type", patient, received, About())
    kind = SpecimenKind(
        source=received.source, path="Specimen.type", concepts=code.meaning.concepts, codings=code.codings
    )
    return received.mapped(patient, (kind,))


def read_specimen_reference(raw: Raw, contained: tuple[Raw, ...], received: Received) -> SpecimenReading:
    """Read Observation.specimen.

    Args:
        raw: The Reference element.
        contained: Resources inside the Observation.
        received: For the page of the reference.

    Returns:
        The concepts of a contained specimen, else the reference to resolve later; a specimen that is only
        named in words, or lies elsewhere, is present but unmapped.
    """
    text = wire.reference_decoder.decode(raw).reference
    inside = find_contained(text, contained)
    if inside is not None:
        return SpecimenReading(_concepts(_contained_decoder.decode(inside).type, received))
    reference = normalise(text, received)
    return SpecimenReading((), None) if reference is None else SpecimenReading(None, reference)


def _concepts(type_: Raw, received: Received) -> tuple[ConceptId, ...]:
    code = read_code(type_, received.context)
    if code.known is not None:
        return code.known.concepts
    return (OTHER_SPECIMEN,) if code.excluded_by is not None else ()
