"""FHIR QuestionnaireResponse -> attestations, one per answered statement of the trial.

Knows: who may attest and when, the questionnaires and links the trial names. Does not know: what an
attestation decides.
"""

from __future__ import annotations

from typing import Final

from msgspec import Raw

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.moments import Effective, FhirDateTime, Precision
from fhir_adapter.domain.source import Exclusion, Rejection, RejectionReason
from fhir_adapter.domain.statements import Attestation
from fhir_adapter.r4.admission import About, admit, leave_out, retract
from fhir_adapter.r4.bindings import parse_binding
from fhir_adapter.r4.datetimes import is_future, read_time
from fhir_adapter.r4.questionnaire_item import QuestionnaireItem, read_answers
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import read_reference
from fhir_adapter.r4.status_codes import QuestionnaireResponseStatus
from fhir_adapter.r4.wire import ABSENT, Reference, Resource

_FINISHED: Final = frozenset({QuestionnaireResponseStatus.COMPLETED, QuestionnaireResponseStatus.AMENDED})
_AUTHORS: Final = ("Practitioner/", "PractitionerRole/")


class QuestionnaireResponse(Resource, tag="QuestionnaireResponse"):
    """QuestionnaireResponse, as far as it is used."""

    subject: Raw = ABSENT
    questionnaire: str = ""
    status: str = ""
    authored: str = ""
    author: Reference | None = None
    item: tuple[QuestionnaireItem, ...] = ()


def read_questionnaire_response(response: QuestionnaireResponse, received: Received) -> Reading:
    """Read what a named professional of the hospital stated about the trial's criteria.

    Does not read a questionnaire somebody is still filling in, nor one nobody signed.

    Args:
        response: As received.
        received: The resource on its way.

    Returns:
        One Attestation per answered link of the trial, a retraction (entered-in-error), an exclusion (another
        questionnaire, no link of ours) or a rejection.

    Source:
        http://hl7.org/fhir/R4/questionnaireresponse.html; design contracts, Attestations.
    """
    status = parse_binding(QuestionnaireResponseStatus, response.status)
    if status is QuestionnaireResponseStatus.ENTERED_IN_ERROR:
        return retract(response.subject, received)
    canonical = response.questionnaire.partition("|")[0]
    if not canonical or canonical not in received.context.questionnaires:
        return leave_out(Exclusion.CODE_NOT_NEEDED, response.subject, received)
    patient = admit(response, response.subject, "subject", received)
    if isinstance(patient, Reading):
        return patient
    refusal = _unfinished(status)
    authored = refusal or _authored(response, received)
    if isinstance(authored, Rejection):
        return received.rejected(patient, authored)
    author = _author(response, received)
    if isinstance(author, Rejection):
        return received.rejected(patient, author)
    return _read(response, patient, author, authored, received)


def _read(
    response: QuestionnaireResponse, patient: str, author: str, authored: FhirDateTime, received: Received
) -> Reading:
    answers = read_answers(response.item, "QuestionnaireResponse", received.context.links)
    if answers.breach is not None:
        return received.rejected(patient, answers.breach)
    attestations = tuple(
        Attestation(
            source=received.source,
            path=answer.path,
            link_id=answer.link_id,
            value=answer.value,
            author=author,
            authored=authored,
        )
        for answer in answers.given
    )
    parts = tuple(About(part.concepts, effective=Effective(authored)).claim(part) for part in answers.parts)
    if attestations:
        return received.mapped(patient, attestations, parts)
    return received.rejected(patient, *parts) if parts else received.excluded(Exclusion.CODE_NOT_NEEDED, patient)


def _unfinished(status: QuestionnaireResponseStatus | None) -> Rejection | None:
    path = "QuestionnaireResponse.status"
    if status is None:
        return Rejection(reason=RejectionReason.UNKNOWN_STATUS, path=path)
    if status in _FINISHED:
        return None
    return Rejection(reason=RejectionReason.UNSUPPORTED_VALUE, path=path, detail=status.value)


def _authored(response: QuestionnaireResponse, received: Received) -> FhirDateTime | Rejection:
    path = "QuestionnaireResponse.authored"
    if not response.authored:
        return Rejection(reason=RejectionReason.UNSUPPORTED_VALUE, path=path, detail="absent")
    authored = read_time(response.authored, path, received.context)
    if isinstance(authored, Rejection):
        return authored
    if authored.precision is not Precision.TIME:
        return Rejection(reason=RejectionReason.UNSUPPORTED_VALUE, path=path, detail="no-time")
    if is_future(Effective(authored), received.context):
        return Rejection(reason=RejectionReason.FUTURE_TIME, path=path)
    return authored


def _author(response: QuestionnaireResponse, received: Received) -> str | Rejection:
    reference = read_reference(response.author, received) if response.author is not None else None
    if reference is None or not reference.startswith(_AUTHORS):
        detail = "absent" if response.author is None else "not-a-practitioner"
        path = "QuestionnaireResponse.author"
        return Rejection(reason=RejectionReason.UNSUPPORTED_VALUE, path=path, detail=detail)
    return reference
