"""Observation.focus: whom or what a result is about, where that is not simply its subject.

Knows: which types of focus leave the result the subject's own. Does not know: the result.
"""

from __future__ import annotations

from typing import Final

from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import find_contained, find_patient, read_reference, type_of_contained
from fhir_adapter.r4.wire import Reference, references_decoder
from fhir_adapter.r4.wire_observation import Observation

_OF_THE_SUBJECT: Final = frozenset({
    "BodyStructure",
    "CarePlan",
    "Condition",
    "Device",
    "DeviceMetric",
    "DeviceRequest",
    "DeviceUseStatement",
    "DiagnosticReport",
    "Encounter",
    "EpisodeOfCare",
    "Immunization",
    "MedicationAdministration",
    "MedicationRequest",
    "MedicationStatement",
    "NutritionOrder",
    "Observation",
    "Procedure",
    "ServiceRequest",
    "Specimen",
})
"""What the subject has, uses or undergoes.

A bag of a donor's cells is none of it: its counts are not the patient's.
"""


def is_about_another(observation: Observation, received: Received) -> bool:
    """Say whether a result is about somebody or something else than its subject.

    Does not guess: a focus that cannot be resolved, or of a type not known to leave the result the subject's own,
    is somebody else.

    Args:
        observation: As received; with a focus.
        received: The resource on its way.

    Returns:
        True where any focus is another patient, a relative, a group, a practitioner, or unknown.

    Source:
        http://hl7.org/fhir/R4/observation-definitions.html#Observation.focus: spouse, parent, fetus or donor.
    """
    focuses = references_decoder.decode(observation.focus)
    return not all(_is_the_subjects(focus, observation, received) for focus in focuses)


def _is_the_subjects(focus: Reference, observation: Observation, received: Received) -> bool:
    inside = find_contained(focus.reference, observation.contained)
    if inside is not None:
        return type_of_contained(inside) in _OF_THE_SUBJECT
    reference = read_reference(focus, received)
    if reference is None:
        return not focus.reference and focus.type in _OF_THE_SUBJECT
    kind, _, own_id = reference.partition("/")
    if kind == "Patient":
        return own_id == find_patient(observation.subject, received)
    return kind in _OF_THE_SUBJECT
