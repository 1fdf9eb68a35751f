"""FHIR Patient -> Demographics.

Knows: Patient's elements. Does not know: where demographics are kept, who is on the roster.
"""

from __future__ import annotations

from msgspec import UNSET, Raw, UnsetType

from fhir_adapter.domain.facts import Demographics, Reading
from fhir_adapter.domain.moments import Effective, FhirDateTime
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.bindings import AdministrativeGender, PatientLinkType, parse_binding
from fhir_adapter.r4.datetimes import is_future, read_date, read_time
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import read_reference
from fhir_adapter.r4.wire import Identifier, Reference, Resource, Wire


class PatientLink(Wire):
    """Patient.link."""

    other: Reference
    type: str
    modifier_extension: tuple[Raw, ...] = ()


class Patient(Resource, tag="Patient"):
    """Patient, as far as it is used."""

    identifier: tuple[Identifier, ...] = ()
    active: bool | UnsetType = UNSET
    gender: str = ""
    birth_date: str = ""
    deceased_boolean: bool | UnsetType = UNSET
    deceased_date_time: str = ""
    link: tuple[PatientLink, ...] = ()


def read_patient(patient: Patient, received: Received) -> Reading:
    """Read who the patient is.

    A birth date, gender or time of death that cannot be read is left out and rejected as a part; a time of
    death that cannot be read still says that the patient died.

    Args:
        patient: As received.
        received: The resource on its way.

    Returns:
        One Demographics, or the rejection of the whole.

    Source:
        http://hl7.org/fhir/R4/patient.html
    """
    refusal = _refusal(patient, received)
    if refusal is not None:
        return received.rejected(received.page.patient, refusal)
    rejections: list[Rejection] = []
    demographics = Demographics(
        source=received.source,
        path="Patient",
        birth_date=_birth_date(patient, received, rejections),
        gender=_gender(patient, rejections),
        deceased=_deceased(patient, received, rejections),
        identifiers=tuple((i.system, i.value) for i in patient.identifier if i.value and i.use != "old"),
        links=_links(patient, received, rejections),
        active=None if patient.active is UNSET else patient.active,
    )
    return received.mapped(patient.id, (demographics,), tuple(rejections))


def _refusal(patient: Patient, received: Received) -> Rejection | None:
    asked = received.page.patient
    if asked is not None and asked != patient.id:
        return Rejection(reason=RejectionReason.WRONG_PATIENT, path="Patient.id")
    if patient.deceased_boolean is not UNSET and patient.deceased_date_time:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path="Patient.deceased", detail="several")
    return received.rule_breach(patient)


def _birth_date(patient: Patient, received: Received, rejections: list[Rejection]) -> FhirDateTime | None:
    if not patient.birth_date:
        return None
    path = "Patient.birthDate"
    born = read_date(patient.birth_date, path, received.context)
    if isinstance(born, Rejection):
        rejections.append(born)
        return None
    if is_future(Effective(born), received.context):
        rejections.append(Rejection(reason=RejectionReason.FUTURE_TIME, path=path))
        return None
    return born


def _gender(patient: Patient, rejections: list[Rejection]) -> str | None:
    if not patient.gender:
        return None
    gender = parse_binding(AdministrativeGender, patient.gender)
    if gender is None:
        rejections.append(Rejection(reason=RejectionReason.UNKNOWN_STATUS, path="Patient.gender"))
        return None
    return gender.value


def _deceased(patient: Patient, received: Received, rejections: list[Rejection]) -> bool | FhirDateTime | None:
    if not patient.deceased_date_time:
        return None if patient.deceased_boolean is UNSET else patient.deceased_boolean
    path = "Patient.deceased"
    died = read_time(patient.deceased_date_time, path, received.context)
    if isinstance(died, Rejection):
        rejections.append(died)
        return True
    if is_future(Effective(died), received.context):
        rejections.append(Rejection(reason=RejectionReason.FUTURE_TIME, path=path))
        return True
    return died


def _links(patient: Patient, received: Received, rejections: list[Rejection]) -> tuple[tuple[str, str], ...]:
    links: list[tuple[str, str]] = []
    for index, link in enumerate(patient.link):
        path = f"Patient.link[{index}]"
        kind = parse_binding(PatientLinkType, link.type)
        other = read_reference(link.other, received)
        if link.modifier_extension:
            rejections.append(
                Rejection(reason=RejectionReason.MODIFIER_EXTENSION, path=f"{path}.modifierExtension")
            )
        elif kind is None:
            rejections.append(Rejection(reason=RejectionReason.UNKNOWN_STATUS, path=f"{path}.type"))
        elif other is None:
            rejections.append(
                Rejection(reason=RejectionReason.INVALID_RESOURCE, path=f"{path}.other", detail="reference")
            )
        else:
            links.append((kind.value, other))
    return tuple(links)
