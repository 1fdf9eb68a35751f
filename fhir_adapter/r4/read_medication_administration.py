"""FHIR MedicationAdministration -> Exposure.

Knows: MedicationAdministration's elements. Does not know: Medications elsewhere (the timeline joins them),
which drugs matter to a trial.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from msgspec import Raw

from fhir_adapter.domain.exposure import Exposure, Strength
from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.admission import admit, end_without_code, leave_out, retract
from fhir_adapter.r4.bindings import parse_binding
from fhir_adapter.r4.coding import to_codings
from fhir_adapter.r4.context import CodeReading
from fhir_adapter.r4.dosage import Dosage, read_dosage
from fhir_adapter.r4.event_time import TimeChoice, about_event, happened_ahead, lies_ahead, read_event_time
from fhir_adapter.r4.medication_content import (
    Medication,
    find_modifier,
    read_content,
    read_strengths,
    read_substance,
)
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import find_contained, read_reference
from fhir_adapter.r4.status_codes import MedicationAdministrationStatus
from fhir_adapter.r4.supporting_product import read_supporting_products
from fhir_adapter.r4.wire import (
    ABSENT,
    CodeableConcept,
    Identifier,
    Period,
    Reference,
    Resource,
    identifiers_of,
    is_present,
)


class MedicationAdministration(Resource, tag="MedicationAdministration"):
    """MedicationAdministration, as far as it is used."""

    subject: Raw = ABSENT
    contained: tuple[Raw, ...] = ()
    identifier: tuple[Identifier, ...] = ()
    status: str = ""
    status_reason: tuple[CodeableConcept, ...] = ()
    medication_codeable_concept: Raw = ABSENT
    medication_reference: Reference | None = None
    effective_date_time: str = ""
    effective_period: Period | None = None
    dosage: Dosage | None = None
    supporting_information: Raw = ABSENT


class _Given(NamedTuple):
    """What was given: a code reading, or a reference still to be resolved; and where it stood."""

    path: str
    code: CodeReading
    raw: Raw = ABSENT
    reference: str | None = None
    strengths: tuple[Strength, ...] = ()
    parts: tuple[Rejection, ...] = ()


_PATH = "MedicationAdministration.medication"
_NAMELESS = CodeReading(codings=(), text=None)
_medication_decoder = msgspec.json.Decoder(Medication)


def read_medication_administration(administration: MedicationAdministration, received: Received) -> Reading:
    """Read a drug or cell product that was given, is being given, or was not given; the fact says which.

    References to a Medication or cell product elsewhere are kept unresolved, so that the order of arrival does
    not matter. A dose, rate, time, strength or product that cannot be used is rejected as a part; the exposure
    itself stays known. One that lies ahead of the reading is refused whole.

    Args:
        administration: As received.
        received: The resource on its way.

    Returns:
        One Exposure with the cell products it contains, a retraction (entered-in-error), an exclusion or a
        rejection.

    Source:
        http://hl7.org/fhir/R4/medicationadministration.html
    """
    if administration.status == MedicationAdministrationStatus.ENTERED_IN_ERROR:
        return retract(administration.subject, received)
    given = _given(administration, received)
    code = given.code if isinstance(given, _Given) else _NAMELESS
    if code.excluded_by is not None:
        return leave_out(code.excluded_by, administration.subject, received)
    choice = TimeChoice(administration.effective_date_time, administration.effective_period)
    effective = read_event_time(choice, "MedicationAdministration.effective", received.context)
    about = about_event(code, effective)
    patient = admit(administration, administration.subject, "subject", received, about)
    if isinstance(patient, Reading):
        return patient
    if isinstance(given, Rejection):
        return received.rejected(patient, about.claim(given))
    if lies_ahead(effective):
        return received.rejected(patient, about.claim(happened_ahead(effective, administration.status)))
    return _read(administration, given, patient, effective, received)


def _read(
    administration: MedicationAdministration,
    given: _Given,
    patient: str,
    effective: Effective | Rejection | None,
    received: Received,
) -> Reading:
    about = about_event(given.code, effective)
    if given.reference is None and given.code.meaning is None:
        return end_without_code(given.code, given.raw, given.path, patient, received, about)
    status = parse_binding(MedicationAdministrationStatus, administration.status)
    if status is None:
        path = "MedicationAdministration.status"
        return received.rejected(patient, about.refuse(RejectionReason.UNKNOWN_STATUS, path))
    dosage = read_dosage(administration.dosage, "MedicationAdministration.dosage", received.context)
    if dosage.breach is not None:
        return received.rejected(patient, about.claim(dosage.breach))
    products = read_supporting_products(administration.supporting_information, administration.contained, received)
    exposure = Exposure(
        source=received.source,
        path=given.path,
        concepts=about.concepts,
        codings=given.code.codings,
        status=status.value,
        medication_reference=given.reference,
        effective=about.effective,
        dose=dosage.dose,
        rate=dosage.rate,
        route=dosage.route,
        reasons=tuple(c for reason in administration.status_reason for c in to_codings(reason.coding)),
        identifiers=identifiers_of(administration.identifier),
        strengths=given.strengths,
        supporting=products.supporting,
    )
    undated = (effective,) if isinstance(effective, Rejection) else ()
    parts = (*dosage.parts, *undated, *given.parts, *products.rejections)
    references = (given.reference,) if given.reference is not None else ()
    return received.mapped(patient, (exposure, *products.contained), parts, (*references, *products.elsewhere))


def _given(administration: MedicationAdministration, received: Received) -> _Given | Rejection:
    reference = administration.medication_reference
    raw = administration.medication_codeable_concept
    if reference is None:
        return _Given(_PATH, read_substance(raw, received.context), raw)
    if is_present(raw):
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=_PATH, detail="several")
    if reference.reference.startswith("#"):
        return _contained(reference.reference, administration, received)
    return _elsewhere(reference, received)


def _elsewhere(reference: Reference, received: Received) -> _Given | Rejection:
    elsewhere = read_reference(reference, received)
    if elsewhere is None:
        detail = "reference" if reference.reference else "no-reference"
        return Rejection(reason=RejectionReason.UNMAPPED_CODE, path=_PATH, detail=detail)
    if not elsewhere.startswith("Medication/"):
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=_PATH, detail="reference")
    return _Given(_PATH, _NAMELESS, reference=elsewhere)


def _contained(reference: str, administration: MedicationAdministration, received: Received) -> _Given | Rejection:
    raw = find_contained(reference, administration.contained)
    if raw is None:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=_PATH, detail="contained")
    path = f"MedicationAdministration.contained[{administration.contained.index(raw)}]"
    medication = _medication_decoder.decode(raw)
    breach = find_modifier(medication, path)
    if breach is not None:
        return breach
    strengths, parts = read_strengths(medication, path, received.context)
    content = read_content(medication, received.context)
    return _Given(f"{path}.code", content, medication.code, strengths=strengths, parts=parts)
