"""Assess `ConsentWithdrawn`.

Knows: which consent is the latest, who took back what. Does not know: what follows from a withdrawal.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

from fhir_adapter.domain.answers import Cause, decided, unknown
from fhir_adapter.domain.assess_consent import (
    CONSENT,
    SUBJECT,
    documents,
    latest_of,
    not_read,
    research_consents,
)
from fhir_adapter.domain.evidence import of_consent
from fhir_adapter.domain.gaps import cause_of, is_unmapped_code, withheld
from fhir_adapter.domain.logic import Truth
from fhir_adapter.domain.operators import ConsentWithdrawn
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.records import Answer
from fhir_adapter.domain.scene import Scene
from fhir_adapter.domain.statements import ConsentStatement, SignerRole

T = TypeVar("T")


def assess_consent_withdrawn(node: ConsentWithdrawn, scene: Scene) -> Answer:
    """Say whether the latest research consent was refused or withdrawn.

    Args:
        node: Policies.
        scene: What it is assessed against; consents count up to as_of, not only up to the anchor.

    Returns:
        MET where the latest is inactive, rejected or denies; NOT_MET where it is active and every Consent was
        read; UNKNOWN where none is known, the latest ones cannot be ordered and disagree, a withdrawn one was
        signed by somebody who signed no later one, or a later one could not be read.

    Source:
        design contracts, E1; readings A35 and A2.
    """
    consents = [
        consent
        for consent in research_consents(scene, node.policies)
        if (at := scene.span_of(consent.signed)) is None or at.first <= scene.as_of
    ]
    latest = latest_of(consents, scene)
    refused = {_is_refused(consent) for consent in latest}
    evidence = [of_consent(consent) for consent in latest]
    unread = _may_be_later(latest, scene)
    if unread:
        return unknown(node, unread, what=SUBJECT, evidence=evidence)
    if any(consent.contested for consent in latest) or len(refused) > 1:
        undated = any(consent.signed is None for consent in latest)
        reason = UnknownReason.PARTIAL_DATE if undated else UnknownReason.CONFLICTING
        cause = Cause(reason=reason, note="research consents disagree and cannot be ordered")
        return unknown(node, [cause], what=SUBJECT, evidence=evidence)
    if not latest:
        causes = [*not_read(scene), Cause(reason=UnknownReason.MISSING, note="no research consent")]
        return unknown(node, causes, what=SUBJECT)
    if True in refused:
        return decided(node, Truth.MET, evidence=evidence)
    causes = [*_unrenewed(consents, scene), *withheld(scene.timeline, (CONSENT,)), *_unread(scene)]
    if causes:
        return unknown(node, causes, what=SUBJECT, evidence=evidence)
    return decided(node, Truth.NOT_MET, evidence=evidence)


def _is_refused(consent: ConsentStatement) -> bool:
    return consent.status != "active" or consent.denies


def _unrenewed(consents: Sequence[ConsentStatement], scene: Scene) -> list[Cause]:
    """Give the refusals that no later consent of the same people under the same policy has taken back."""
    standing = [each for each in consents if not _is_refused(each)]
    note = "somebody withdrew a consent and signed no later one"
    return [
        Cause(reason=UnknownReason.CONFLICTING, note=note, evidence=(of_consent(refused),))
        for refused in consents
        if _is_refused(refused) and not any(_renews(each, refused, scene) for each in standing)
    ]


def _renews(later: ConsentStatement, refused: ConsentStatement, scene: Scene) -> bool:
    """Say whether a consent takes back an earlier refusal; what is not stated on either is no difference."""
    first, second = scene.span_of(refused.signed), scene.span_of(later.signed)
    is_later = first is None or second is None or second.last >= first.first
    known = {SignerRole.PATIENT, SignerRole.REPRESENTATIVE}
    return (
        is_later
        and _share(known & set(later.signers), known & set(refused.signers))
        and _share(documents(later), documents(refused))
    )


def _share(some: AbstractSet[T], others: AbstractSet[T]) -> bool:
    return not some or not others or not some.isdisjoint(others)


def _unread(scene: Scene) -> list[Cause]:
    """Say that a withdrawal may stand among the consents that were not read."""
    receipt = scene.timeline.completeness.get(CONSENT)
    if receipt is None or (receipt.complete and not receipt.truncated):
        return []
    wanted = f"a complete reading of {CONSENT}"
    return [Cause(reason=UnknownReason.MISSING, note=f"{CONSENT} was not read completely", wanted=wanted)]


def _may_be_later(latest: Sequence[ConsentStatement], scene: Scene) -> list[Cause]:
    """Give what could not be read and may be later than the latest consent known."""
    newest = max((at.first for each in latest if (at := scene.span_of(each.signed)) is not None), default=None)
    found: list[Cause] = []
    for gap in scene.timeline.gaps:
        at = scene.start_of(gap.rejection.effective)
        cause = cause_of(gap) if gap.source.type == CONSENT and not gap.is_part else None
        is_later = newest is not None and (at is None or at.last >= newest)
        if cause is not None and is_later and not is_unmapped_code(gap):
            found.append(cause)
    return found
