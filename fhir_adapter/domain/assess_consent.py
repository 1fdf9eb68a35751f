"""Assess `ConsentSigned` and `ConsentProvision`.

Knows: which research consents count, who had to sign at which age. Does not know: what was consented
to beyond mapped provisions; a person looks at the document at sign-off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from fhir_adapter.domain.answers import Cause, decided, unknown
from fhir_adapter.domain.evidence import of_consent
from fhir_adapter.domain.gaps import cause_of, withheld
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.operators import ConsentProvision, ConsentSigned, SignatureRule
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.scene import Place, Scene
from fhir_adapter.domain.spans import Span, age_range, midnight
from fhir_adapter.domain.statements import ConsentStatement, SignerRole

CONSENT = "Consent"

_DECIDED = frozenset({"active", "rejected", "inactive"})
SUBJECT = "research consent"


def research_consents(scene: Scene, policies: tuple[str, ...]) -> tuple[ConsentStatement, ...]:
    """Give the research consents under one of these policies (any, if none is named), drafts left out."""
    return tuple(
        consent
        for consent in scene.timeline.consents
        if consent.is_research
        and consent.status in _DECIDED
        and (not policies or not set(policies).isdisjoint(consent.policies))
    )


def in_force(scene: Scene, policies: tuple[str, ...]) -> tuple[ConsentStatement, ...]:
    """Give the research consents in force at the anchor: active, permitting, confirmed, not run out."""
    return tuple(
        consent
        for consent in research_consents(scene, policies)
        if consent.status == "active"
        and not consent.denies
        and consent.verified is not False
        and _place(consent, scene) is not Place.LATER
        and not _has_run_out(consent, scene)
    )


def assess_consent_signed(node: ConsentSigned, scene: Scene) -> Answer:
    """Say whether everybody signed whom the age at signing asks for.

    Signers of all research consents in force count together; the age is that on the day the signatures became
    complete. Consents signed after the anchor do not count.

    Args:
        node: Who must sign below which age, policies.
        scene: What it is assessed against.

    Returns:
        MET with the consents. UNKNOWN: MISSING without consent or with a signature missing, PARTIAL_DATE
        undated, CONFLICTING contested, STALE run out, NEEDS_ATTESTATION not confirmed, or under policies of
        different studies where none is named. Never NOT_MET: refusal is another statement.

    Source:
        reading A2; clinical review, PUT-13; design contracts, I1.
    """
    consents = in_force(scene, node.policies)
    expires = scene.next_of(_ends(scene, node.policies))
    usable = [consent for consent in consents if not consent.contested]
    dated = [(consent, at) for consent in usable if (at := scene.span_of(consent.signed)) is not None]
    dated = [(consent, at) for consent, at in dated if scene.place(at, None) is Place.INSIDE]
    if not node.policies and are_of_several_studies(usable):
        note = "research consents under different policies: which is the trial's is not declared"
        cause = Cause(reason=UnknownReason.NEEDS_ATTESTATION, note=note)
        return unknown(node, [cause], what=SUBJECT, evidence=map(of_consent, usable), expires=expires)
    open_causes: list[Cause] = []
    for _, at in dated:
        signed = [consent for consent, other in dated if other.first <= at.last]
        outcome = _complete(node.rules, signed, at, scene)
        if outcome is None:
            return decided(node, Truth.MET, evidence=map(of_consent, signed), expires=expires)
        open_causes.append(outcome)
    causes = [*_doubts(scene, node.policies, consents), *open_causes[-1:], *not_read(scene)]
    if not causes:
        causes = [Cause(reason=UnknownReason.MISSING, note="no research consent in force")]
    return unknown(node, causes, what=f"signed {SUBJECT}", evidence=map(of_consent, usable), expires=expires)


def assess_consent_provision(node: ConsentProvision, scene: Scene) -> Answer:
    """Say whether the research consent in force permits something.

    Args:
        node: The provision's concept, policies.
        scene: What it is assessed against.

    Returns:
        MET or NOT_MET by the latest consent that names it; CONFLICTING where that both permits and denies it;
        NEEDS_ATTESTATION where none names it, for a person may know.

    Source:
        reading A36; http://hl7.org/fhir/R4/consent-definitions.html#Consent.provision.
    """
    naming = [each for each in in_force(scene, node.policies) if _rulings(each, node)]
    latest = latest_of(naming, scene)
    rulings = {ruling for consent in latest for ruling in _rulings(consent, node)}
    evidence = [of_consent(consent) for consent in latest]
    expires = scene.next_of(_ends(scene, node.policies))
    if not latest:
        note = "no consent in force names it"
        causes = [*not_read(scene), Cause(reason=UnknownReason.NEEDS_ATTESTATION, note=note)]
        return unknown(node, causes, what=SUBJECT, expires=expires)
    if len(rulings) > 1 or any(consent.contested for consent in latest):
        cause = Cause(reason=UnknownReason.CONFLICTING, note="it is both permitted and denied")
        return unknown(node, [cause], what=SUBJECT, evidence=evidence, expires=expires)
    return decided(node, Truth.MET if "permit" in rulings else Truth.NOT_MET, evidence=evidence, expires=expires)


def documents(consent: ConsentStatement) -> frozenset[str]:
    """Give the policies that are documents; a rule (`system|OPTIN`) is no study's own."""
    return frozenset(policy for policy in consent.policies if "|" not in policy)


def are_of_several_studies(consents: Sequence[ConsentStatement]) -> bool:
    """Say whether two consents name documents and share none: then one of them is not the trial's."""
    named = [found for consent in consents if (found := documents(consent))]
    return any(one.isdisjoint(other) for one in named for other in named)


def _complete(
    rules: Sequence[SignatureRule], signed: Sequence[ConsentStatement], at: Span, scene: Scene
) -> Cause | None:
    """Say what is missing from the signatures on a day; None where they are complete."""
    signers = {role for consent in signed for role in consent.signers}
    ages = age_range(scene.birth, at.first_day, at.last_day) if scene.birth is not None else (None, None)
    possible = list(_possible(rules, *ages))
    missing = [_absent(rule, signers) for rule in possible]
    if possible and not any(missing):
        return None
    evidence = tuple(map(of_consent, signed))
    if not all(missing) and scene.birth is None:
        note = "who had to sign depends on the age"
        return Cause(reason=UnknownReason.MISSING, note=note, wanted="date of birth", evidence=evidence)
    if not all(missing):
        return Cause(reason=UnknownReason.PARTIAL_DATE, note="age at signing is open", evidence=evidence)
    roles = " and ".join(missing[0]) if missing else "somebody entitled"
    note = f"the signature of {roles} is missing"
    wanted = f"{SUBJECT} signed by {roles}"
    return Cause(reason=UnknownReason.MISSING, note=note, wanted=wanted, evidence=evidence)


def _possible(rules: Sequence[SignatureRule], youngest: int | None, oldest: int | None) -> Iterator[SignatureRule]:
    """Give the rules that can apply between two ages; all of them where the age is unknown."""
    for rule in rules:
        if rule.below_years is None or youngest is None or youngest < rule.below_years:
            yield rule
        if rule.below_years is None or (oldest is not None and oldest < rule.below_years):
            return


def _absent(rule: SignatureRule, signers: set[SignerRole]) -> tuple[str, ...]:
    return tuple(role.value for role in rule.roles if role not in signers)


def _place(consent: ConsentStatement, scene: Scene) -> Place:
    at = scene.span_of(consent.signed)
    return scene.place(at, None) if at is not None else Place.UNCERTAIN


def _has_run_out(consent: ConsentStatement, scene: Scene) -> bool:
    end = scene.span_of(consent.ends)
    return end is not None and end.last < scene.anchor.start


def _ends(scene: Scene, policies: tuple[str, ...]) -> Iterator[datetime]:
    """Give the moments at which a consent runs out, or an undated month of signing is over."""
    if not scene.is_moving:
        return
    for consent in research_consents(scene, policies):
        end, at = scene.span_of(consent.ends), scene.span_of(consent.signed)
        if end is not None:
            yield end.last + timedelta(microseconds=1)
        if at is not None and at.first != at.last:
            yield midnight(at.last_day, scene.zone)


def latest_of(consents: Sequence[ConsentStatement], scene: Scene) -> list[ConsentStatement]:
    """Give the consents no other is certainly later than; an undated one may be the latest."""
    spans = [scene.span_of(consent.signed) for consent in consents]
    firsts = [at.first for at in spans if at is not None]
    newest = max(firsts, default=None)
    return [
        consent
        for consent, at in zip(consents, spans, strict=True)
        if at is None or newest is None or at.last >= newest
    ]


def _rulings(consent: ConsentStatement, node: ConsentProvision) -> set[str]:
    return {ruling for ruling, concepts in consent.provisions if node.concept in concepts}


def _doubts(scene: Scene, policies: tuple[str, ...], consents: Sequence[ConsentStatement]) -> Iterator[Cause]:
    """Give what keeps each consent from counting that would otherwise do."""
    for consent in consents:
        evidence = (of_consent(consent),)
        if consent.contested:
            yield Cause(reason=UnknownReason.CONFLICTING, note="two contents of one consent", evidence=evidence)
        elif _place(consent, scene) is Place.UNCERTAIN:
            yield Cause(reason=UnknownReason.PARTIAL_DATE, note="the day of signing is open", evidence=evidence)
    for consent in research_consents(scene, policies):
        evidence = (of_consent(consent),)
        if consent.status != "active" or consent.denies:
            continue
        if consent.verified is False:
            note = "the consent was not confirmed with the patient or family"
            yield Cause(reason=UnknownReason.NEEDS_ATTESTATION, note=note, evidence=evidence)
        elif _has_run_out(consent, scene):
            yield Cause(reason=UnknownReason.STALE, note="the consent has run out", evidence=evidence)


def not_read(scene: Scene) -> Iterator[Cause]:
    """Give what could hide a consent: refused and withheld ones."""
    for gap in scene.timeline.gaps:
        cause = cause_of(gap) if gap.source.type == CONSENT and not gap.is_part else None
        if cause is not None:
            yield cause
    yield from withheld(scene.timeline, (CONSENT,))
