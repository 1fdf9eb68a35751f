"""FHIR DiagnosticReport -> the results it refers to; it carries no fact of its own.

Knows: DiagnosticReport's elements. Does not know: how missing results are fetched.
"""

from __future__ import annotations

from typing import Final

from msgspec import Raw

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.source import Exclusion, RejectionReason
from fhir_adapter.r4.admission import admit
from fhir_adapter.r4.bindings import DiagnosticReportStatus, parse_binding
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import read_reference, read_subject
from fhir_adapter.r4.wire import ABSENT, Reference, Resource

_RETRACTING: Final = frozenset({DiagnosticReportStatus.ENTERED_IN_ERROR, DiagnosticReportStatus.CANCELLED})


class DiagnosticReport(Resource, tag="DiagnosticReport"):
    """DiagnosticReport, as far as it is used."""

    status: str = ""
    subject: Raw = ABSENT
    result: tuple[Reference, ...] = ()


def read_diagnostic_report(report: DiagnosticReport, received: Received) -> Reading:
    """Read which results a report refers to, so that missing ones can be fetched.

    Args:
        report: As received.
        received: The resource on its way.

    Returns:
        Excluded, with the references kept; rejected where it cannot be trusted to be this patient's.

    Source:
        http://hl7.org/fhir/R4/diagnosticreport.html
    """
    status = parse_binding(DiagnosticReportStatus, report.status)
    if status in _RETRACTING:
        return received.retracted(read_subject(report.subject, received).patient or received.page.patient)
    patient = admit(report, report.subject, "subject", received)
    if isinstance(patient, Reading):
        return patient
    if status is None:
        return received.refused(patient, RejectionReason.UNKNOWN_STATUS, "DiagnosticReport.status")
    found = (read_reference(each, received) for each in report.result)
    references = tuple(dict.fromkeys(each for each in found if each is not None))
    return received.excluded(Exclusion.CODE_NOT_NEEDED, patient, references)
