"""FHIR Procedure -> Intervention.

Knows: Procedure's elements. Does not know: which procedures matter to a trial.
"""

from __future__ import annotations

from msgspec import Raw

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.facts import Intervention, Reading
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.admission import admit, end_without_code, leave_out, retract
from fhir_adapter.r4.bindings import parse_binding
from fhir_adapter.r4.coding import coded_value, is_unmatched, read_code
from fhir_adapter.r4.event_time import TimeChoice, about_event, happened_ahead, lies_ahead, read_event_time
from fhir_adapter.r4.radiation import read_radiation
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import read_references
from fhir_adapter.r4.status_codes import EventStatus
from fhir_adapter.r4.wire import ABSENT, CodeableConcept, Identifier, Period, Resource, identifiers_of


class Procedure(Resource, tag="Procedure"):
    """Procedure, as far as it is used."""

    subject: Raw = ABSENT
    identifier: tuple[Identifier, ...] = ()
    extension: Raw = ABSENT
    part_of: Raw = ABSENT
    status: str = ""
    code: Raw = ABSENT
    body_site: tuple[CodeableConcept, ...] = ()
    performed_date_time: str = ""
    performed_period: Period | None = None
    performed_string: str = ""
    performed_age: Raw = ABSENT
    performed_range: Raw = ABSENT


def read_procedure(procedure: Procedure, received: Received) -> Reading:
    """Read a procedure that was done, is under way, or was not done; the fact says which.

    A time or a radiation dose that cannot be used is rejected as a part; the procedure itself stays known. One
    that lies ahead of the reading is refused whole.

    Args:
        procedure: As received.
        received: The resource on its way.

    Returns:
        One Intervention, a retraction (entered-in-error), an exclusion or a rejection.

    Source:
        http://hl7.org/fhir/R4/procedure.html
    """
    status = parse_binding(EventStatus, procedure.status)
    if status is EventStatus.ENTERED_IN_ERROR:
        return retract(procedure.subject, received)
    code = read_code(procedure.code, received.context)
    if code.excluded_by is not None:
        return leave_out(code.excluded_by, procedure.subject, received)
    performed = read_event_time(_choice(procedure), "Procedure.performed", received.context)
    about = about_event(code, performed)
    patient = admit(procedure, procedure.subject, "subject", received, about)
    if isinstance(patient, Reading):
        return patient
    if code.meaning is None:
        return end_without_code(code, procedure.code, "Procedure.code", patient, received, about)
    refusal = performed if lies_ahead(performed) else None
    if status is None or refusal is not None:
        unknown = Rejection(reason=RejectionReason.UNKNOWN_STATUS, path="Procedure.status")
        return received.rejected(patient, about.claim(happened_ahead(refusal, status) if refusal else unknown))
    radiation = read_radiation(procedure.extension, "Procedure", received.context)
    intervention = Intervention(
        source=received.source,
        path="Procedure.code",
        concepts=code.meaning.concepts,
        codings=code.codings,
        status=status.value,
        performed=about.effective,
        body_site=_body_site(procedure, received),
        elsewhere=_is_elsewhere(procedure, received),
        radiation=radiation.dose,
        radiation_path=radiation.path,
        identifiers=identifiers_of(procedure.identifier),
        part_of=read_references(procedure.part_of, received),
    )
    parts = tuple(part for part in (performed, radiation.rejection) if isinstance(part, Rejection))
    return received.mapped(patient, (intervention,), parts)


def _choice(procedure: Procedure) -> TimeChoice:
    return TimeChoice(
        procedure.performed_date_time,
        procedure.performed_period,
        (
            ("string", procedure.performed_string),
            ("Age", procedure.performed_age),
            ("Range", procedure.performed_range),
        ),
    )


def _body_site(procedure: Procedure, received: Received) -> tuple[ConceptId, ...]:
    sites = (coded_value(site, received.context).answers for site in procedure.body_site)
    return tuple(dict.fromkeys(concept for concepts in sites for concept in concepts))


def _is_elsewhere(procedure: Procedure, received: Received) -> bool:
    """Say whether the hospital declares of every site stated that it has no counterpart."""
    sites = procedure.body_site
    return bool(sites) and all(is_unmatched(site, received.context) for site in sites)
