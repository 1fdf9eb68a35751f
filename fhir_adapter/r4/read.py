"""From the bytes of one resource to one Reading: the only way in.

Knows: which reader belongs to which resource type, and that nothing may escape as an exception. Does not
know: any resource type's elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Union

import msgspec

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.r4.cell_product import BiologicallyDerivedProduct
from fhir_adapter.r4.context import PageContext, ReadingContext
from fhir_adapter.r4.failure import check_fully, explain_failure
from fhir_adapter.r4.medication_content import Medication
from fhir_adapter.r4.read_adverse_event import AdverseEvent, read_adverse_event
from fhir_adapter.r4.read_biologically_derived_product import read_biologically_derived_product
from fhir_adapter.r4.read_condition import Condition, read_condition
from fhir_adapter.r4.read_consent import Consent, read_consent
from fhir_adapter.r4.read_diagnostic_report import DiagnosticReport, read_diagnostic_report
from fhir_adapter.r4.read_medication import read_medication
from fhir_adapter.r4.read_medication_administration import (
    MedicationAdministration,
    read_medication_administration,
)
from fhir_adapter.r4.read_observation import read_observation
from fhir_adapter.r4.read_patient import Patient, read_patient
from fhir_adapter.r4.read_procedure import Procedure, read_procedure
from fhir_adapter.r4.read_questionnaire_response import QuestionnaireResponse, read_questionnaire_response
from fhir_adapter.r4.read_related_person import RelatedPerson, read_related_person
from fhir_adapter.r4.read_specimen import Specimen, read_specimen
from fhir_adapter.r4.received import Received, version_of
from fhir_adapter.r4.strict import find_problem
from fhir_adapter.r4.wire import Resource
from fhir_adapter.r4.wire_observation import Observation

Reader = Callable[[Any, Received], Reading]
"""Takes the type's own wire struct. May raise msgspec errors: they become INVALID_RESOURCE."""

READERS: Mapping[type[Resource], tuple[str, Reader]] = {
    Patient: ("Patient", read_patient),
    Observation: ("Observation", read_observation),
    Specimen: ("Specimen", read_specimen),
    DiagnosticReport: ("DiagnosticReport", read_diagnostic_report),
    Condition: ("Condition", read_condition),
    AdverseEvent: ("AdverseEvent", read_adverse_event),
    Consent: ("Consent", read_consent),
    Medication: ("Medication", read_medication),
    BiologicallyDerivedProduct: ("BiologicallyDerivedProduct", read_biologically_derived_product),
    MedicationAdministration: ("MedicationAdministration", read_medication_administration),
    Procedure: ("Procedure", read_procedure),
    QuestionnaireResponse: ("QuestionnaireResponse", read_questionnaire_response),
    RelatedPerson: ("RelatedPerson", read_related_person),
}
"""Wire struct -> FHIR resource type (the struct's tag) and reader."""

_decoder: msgspec.json.Decoder[Resource] = msgspec.json.Decoder(Union[tuple(READERS)])  # noqa: UP007 - a computed union
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def read_resource(raw: bytes | memoryview, context: ReadingContext, page: PageContext) -> Reading:
    """Read one resource as the hospital sent it.

    Never raises, whatever the bytes. Does not resolve references to other resources and does not judge
    whether the patient is one of the trial's.

    Args:
        raw: One JSON document, UTF-8.
        context: What reading depends on.
        page: Where it came from and whom it was asked for.

    Returns:
        Facts, rejections, or the rule that excluded it; counted once.

    Source:
        design contracts, Facts, versions, counts.
    """
    data = bytes(raw)
    problem = find_problem(data)
    if problem is not None:
        return explain_failure(data, problem, context, page)
    try:
        wire = _decoder.decode(data)
    except _UNREADABLE as fault:
        return explain_failure(data, fault, context, page)
    try:
        return _read(wire, data, context, page)
    except _UNREADABLE:  # an element decoded later; its place is for the model to name
        return explain_failure(data, None, context, page)


def _read(wire: Resource, data: bytes, context: ReadingContext, page: PageContext) -> Reading:
    resource_type, read = READERS[type(wire)]
    received = Received(
        data, resource_type, version_of(wire.id, wire.meta, data, resource_type, context), context, page
    )
    if resource_type not in context.resource_types:
        return received.excluded(Exclusion.TYPE_NOT_READ)
    if _ID.fullmatch(wire.id) is None:
        return received.refused(page.patient, RejectionReason.INVALID_RESOURCE, f"{resource_type}.id", "id")
    reading = read(wire, received)
    if context.validate_full:
        faults = check_fully(data, received)
        return received.rejected(reading.patient, *faults) if faults else reading
    return reading
