"""Required code lists of what we write: ResearchSubject, ResearchStudy, Provenance, Bundle.

Knows: the codes FHIR R4 allows. Does not know: which of them a trial uses. The lists are copied from the R4
pages because the model library accepts any string.
"""

from __future__ import annotations

from enum import StrEnum


class ResearchSubjectStatus(StrEnum):
    """Where a subject stands.

    Source: http://hl7.org/fhir/R4/valueset-research-subject-status.html
    """

    CANDIDATE = "candidate"
    ELIGIBLE = "eligible"
    FOLLOW_UP = "follow-up"
    INELIGIBLE = "ineligible"
    NOT_REGISTERED = "not-registered"
    OFF_STUDY = "off-study"
    ON_STUDY = "on-study"
    ON_STUDY_INTERVENTION = "on-study-intervention"
    ON_STUDY_OBSERVATION = "on-study-observation"
    PENDING_ON_STUDY = "pending-on-study"
    POTENTIAL_CANDIDATE = "potential-candidate"
    SCREENING = "screening"
    WITHDRAWN = "withdrawn"


class ResearchStudyStatus(StrEnum):
    """Where a study stands.

    Source: http://hl7.org/fhir/R4/valueset-research-study-status.html
    """

    ACTIVE = "active"
    ADMINISTRATIVELY_COMPLETED = "administratively-completed"
    APPROVED = "approved"
    CLOSED_TO_ACCRUAL = "closed-to-accrual"
    CLOSED_TO_ACCRUAL_AND_INTERVENTION = "closed-to-accrual-and-intervention"
    COMPLETED = "completed"
    DISAPPROVED = "disapproved"
    IN_REVIEW = "in-review"
    TEMPORARILY_CLOSED_TO_ACCRUAL = "temporarily-closed-to-accrual"
    TEMPORARILY_CLOSED_TO_ACCRUAL_AND_INTERVENTION = "temporarily-closed-to-accrual-and-intervention"
    WITHDRAWN = "withdrawn"


class ResearchStudyPhase(StrEnum):
    """Phase of a study; an example binding in R4, closed here because we write only what we can name.

    Source: http://terminology.hl7.org/CodeSystem/research-study-phase
    """

    NOT_APPLICABLE = "n-a"
    EARLY_PHASE_1 = "early-phase-1"
    PHASE_1 = "phase-1"
    PHASE_1_PHASE_2 = "phase-1-phase-2"
    PHASE_2 = "phase-2"
    PHASE_2_PHASE_3 = "phase-2-phase-3"
    PHASE_3 = "phase-3"
    PHASE_4 = "phase-4"


class ProvenanceEntityRole(StrEnum):
    """How a source was used.

    Source: http://hl7.org/fhir/R4/valueset-provenance-entity-role.html
    """

    DERIVATION = "derivation"
    REVISION = "revision"
    QUOTATION = "quotation"
    SOURCE = "source"
    REMOVAL = "removal"


class IdentifierUse(StrEnum):
    """Purpose of an identifier.

    Source: http://hl7.org/fhir/R4/valueset-identifier-use.html
    """

    USUAL = "usual"
    OFFICIAL = "official"
    TEMP = "temp"
    SECONDARY = "secondary"
    OLD = "old"


class BundleType(StrEnum):
    """Purpose of a Bundle.

    Source: http://hl7.org/fhir/R4/valueset-bundle-type.html
    """

    DOCUMENT = "document"
    MESSAGE = "message"
    TRANSACTION = "transaction"
    TRANSACTION_RESPONSE = "transaction-response"
    BATCH = "batch"
    BATCH_RESPONSE = "batch-response"
    HISTORY = "history"
    SEARCHSET = "searchset"
    COLLECTION = "collection"


class HttpVerb(StrEnum):
    """Verb of a Bundle entry's request.

    Source: http://hl7.org/fhir/R4/valueset-http-verb.html
    """

    GET = "GET"
    HEAD = "HEAD"
    POST = "POST"
    PUT = "PUT"
    DELETE = "DELETE"
    PATCH = "PATCH"
