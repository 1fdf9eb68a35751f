"""FHIR Consent -> ConsentStatement.

Knows: Consent's elements, HL7's consent scopes. Does not know: who must sign at which age, what a trial asks.
"""

from __future__ import annotations

from typing import Final

from msgspec import Raw

from fhir_adapter.domain.facts import Reading
from fhir_adapter.domain.moments import Effective, FhirDateTime
from fhir_adapter.domain.source import Exclusion, Rejection, RejectionReason
from fhir_adapter.domain.statements import ConsentStatement
from fhir_adapter.r4.admission import About, admit, leave_out, retract
from fhir_adapter.r4.bindings import parse_binding
from fhir_adapter.r4.coding import classify
from fhir_adapter.r4.consent_provision import ConsentProvision, read_provisions
from fhir_adapter.r4.consent_signer import read_signers
from fhir_adapter.r4.context import ReadingContext
from fhir_adapter.r4.datetimes import is_future, read_time
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.status_codes import ConsentProvisionType, ConsentState
from fhir_adapter.r4.wire import ABSENT, CodeableConcept, Coding, Reference, Resource, Wire

SCOPE_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/consentscope"
CATEGORY_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/consentcategorycodes"
RESEARCH: Final = "research"
_OTHER_SCOPES = frozenset({"adr", "treatment", "patient-privacy"})


class ConsentPolicy(Wire):
    """Consent.policy."""

    uri: str = ""
    modifier_extension: tuple[Raw, ...] = ()


class ConsentVerification(Wire):
    """Consent.verification."""

    verified: bool
    modifier_extension: tuple[Raw, ...] = ()


class Consent(Resource, tag="Consent"):
    """Consent, as far as it is used."""

    patient: Raw = ABSENT
    contained: tuple[Raw, ...] = ()
    status: str = ""
    scope: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    date_time: str = ""
    performer: tuple[Reference, ...] = ()
    policy: tuple[ConsentPolicy, ...] = ()
    policy_rule: CodeableConcept | None = None
    verification: tuple[ConsentVerification, ...] = ()
    provision: ConsentProvision | None = None


def read_consent(consent: Consent, received: Received) -> Reading:
    """Read a consent to research, in whatever state: a refused or withdrawn one decides as much as an active one.

    Does not say whether it is valid: who had to sign is the trial's to say. Consents to something else, and
    those to another study by the policies the hospital lists, are left out; a scope nobody declared is a gap.

    Args:
        consent: As received.
        received: The resource on its way.

    Returns:
        One ConsentStatement, a retraction (entered-in-error), an exclusion or a rejection.

    Source:
        http://hl7.org/fhir/R4/consent.html; http://terminology.hl7.org/CodeSystem/consentscope
    """
    status = parse_binding(ConsentState, consent.status)
    if status is ConsentState.ENTERED_IN_ERROR:
        return retract(consent.patient, received)
    is_research = _is_research(consent, received.context)
    if is_research is False or _is_of_another_study(consent, received.context):
        return leave_out(Exclusion.CODE_NOT_NEEDED, consent.patient, received)
    signed = _signed(consent, received)
    about = About(effective=Effective(signed) if isinstance(signed, FhirDateTime) else None)
    patient = admit(consent, consent.patient, "patient", received, about)
    if isinstance(patient, Reading):
        return patient
    if is_research is None:
        return received.rejected(patient, about.refuse(RejectionReason.UNMAPPED_CODE, "Consent.scope"))
    if status is None:
        return received.rejected(patient, about.refuse(RejectionReason.UNKNOWN_STATUS, "Consent.status"))
    return _research(consent, patient, status, signed, received)


def _research(
    consent: Consent,
    patient: str,
    status: ConsentState,
    signed: FhirDateTime | Rejection | None,
    received: Received,
) -> Reading:
    provisions = read_provisions(consent.provision, received.context)
    breach = _breach(consent) or provisions.breach
    if breach is None and isinstance(signed, Rejection):
        breach = signed
    if breach is not None:
        return received.rejected(patient, breach)
    statement = ConsentStatement(
        source=received.source,
        path="Consent.status",
        status=status.value,
        is_research=True,
        signed=signed if isinstance(signed, FhirDateTime) else None,
        signers=read_signers(consent.performer, consent.contained, patient, received),
        provisions=provisions.coded,
        denies=consent.provision is not None and consent.provision.type == ConsentProvisionType.DENY,
        ends=provisions.ends,
        policies=_of_the_trial(_policies(consent), received.context),
        verified=any(v.verified for v in consent.verification) if consent.verification else None,
    )
    return received.mapped(patient, (statement,), provisions.parts)


def _is_research(consent: Consent, context: ReadingContext) -> bool | None:
    """Say whether it is consent to research; None where the scope says nothing we know."""
    scope = consent.scope.coding if consent.scope is not None else ()
    if _names_research(scope, SCOPE_SYSTEM, context):
        return True
    if any(coding.system == SCOPE_SYSTEM and coding.code in _OTHER_SCOPES for coding in scope):
        return False  # a category `research` beside it is access to records, not participation in a trial
    categories = tuple(coding for category in consent.category for coding in category.coding)
    if _names_research(categories, CATEGORY_SYSTEM, context):
        return True
    known = consent.scope is not None and classify(consent.scope, context).excluded_by is not None
    return False if known else None


def _is_of_another_study(consent: Consent, context: ReadingContext) -> bool:
    """Say whether a consent names documents, and no policy of those the hospital lists for this trial."""
    listed = context.traits.consent_policies
    is_named = any(policy.uri for policy in consent.policy)  # a policy rule (OPTIN) is no study's own
    return bool(listed) and is_named and set(listed).isdisjoint(_policies(consent))


def _of_the_trial(policies: tuple[str, ...], context: ReadingContext) -> tuple[str, ...]:
    """Add the hospital's other policies of this trial: versions of one consent are no different studies."""
    listed = context.traits.consent_policies
    return policies if set(listed).isdisjoint(policies) else tuple(dict.fromkeys((*policies, *listed)))


def _names_research(codings: tuple[Coding, ...], system: str, context: ReadingContext) -> bool:
    """Say whether a coding is HL7's `research`, or mapped to a concept that HL7's `research` is a code of."""
    meanings = context.terminology.meanings
    research = meanings.get((system, RESEARCH))
    for coding in codings:
        if (coding.system, coding.code) == (system, RESEARCH):
            return True
        meaning = meanings.get((coding.system, coding.code))
        if meaning is not None and research is not None and set(meaning.concepts) & set(research.concepts):
            return True
    return False


def _signed(consent: Consent, received: Received) -> FhirDateTime | Rejection | None:
    if not consent.date_time:
        return None
    path = "Consent.dateTime"
    signed = read_time(consent.date_time, path, received.context)
    if isinstance(signed, FhirDateTime) and is_future(Effective(signed), received.context):
        return Rejection(reason=RejectionReason.FUTURE_TIME, path=path)
    return signed


def _breach(consent: Consent) -> Rejection | None:
    changed = [f"policy[{i}]" for i, part in enumerate(consent.policy) if part.modifier_extension]
    changed += [f"verification[{i}]" for i, part in enumerate(consent.verification) if part.modifier_extension]
    if not changed:
        return None
    path = f"Consent.{changed[0]}.modifierExtension"
    return Rejection(reason=RejectionReason.MODIFIER_EXTENSION, path=path)


def _policies(consent: Consent) -> tuple[str, ...]:
    rule = consent.policy_rule.coding if consent.policy_rule is not None else ()
    uris = [policy.uri for policy in consent.policy if policy.uri]
    return (*uris, *(f"{coding.system}|{coding.code}" for coding in rule if coding.code))
