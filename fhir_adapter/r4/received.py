"""One resource on its way through a reader, and the four ways it can end.

Knows: identity and version of the resource, how a Reading is made. Does not know: any resource type.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256

import msgspec

from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.source import Exclusion, Rejection, RejectionReason, ResourceVersion
from fhir_adapter.r4.construction import fast_constructor
from fhir_adapter.r4.context import PageContext, ReadingContext
from fhir_adapter.r4.datetimes import read_instant
from fhir_adapter.r4.wire import Meta, Resource

_make_reading = fast_constructor(Reading)
_make_version = fast_constructor(ResourceVersion)


class Received(msgspec.Struct, frozen=True, gc=False):
    """One resource as it arrived.

    Attributes:
        raw: Its JSON.
        type: FHIR resource type.
        source: Which version it is.
        context: What reading depends on.
        page: Where it came from.
    """

    raw: bytes
    type: str
    source: ResourceVersion
    context: ReadingContext
    page: PageContext

    def mapped(
        self,
        patient: str | None,
        facts: tuple[Fact, ...],
        rejections: tuple[Rejection, ...] = (),
        references: tuple[str, ...] = (),
    ) -> Reading:
        """End with facts; `rejections` are the parts that gave none."""
        return _make_reading(
            source=self.source, patient=patient, facts=facts, rejections=rejections, references=references
        )

    def rejected(self, patient: str | None, *rejections: Rejection) -> Reading:
        """End without any fact; at least one rejection says why."""
        return Reading(source=self.source, patient=patient, rejections=rejections)

    def refused(self, patient: str | None, reason: RejectionReason, path: str, detail: str = "") -> Reading:
        """End with one rejection about which nothing more is known."""
        return self.rejected(patient, Rejection(reason=reason, path=path, detail=detail))

    def rule_breach(self, wire: Resource) -> Rejection | None:
        """Refuse what changes the meaning of everything else in a way we do not know."""
        if wire.modifier_extension:
            path = f"{self.type}.modifierExtension"
            return Rejection(reason=RejectionReason.MODIFIER_EXTENSION, path=path)
        if wire.implicit_rules:
            return Rejection(reason=RejectionReason.IMPLICIT_RULES, path=f"{self.type}.implicitRules")
        return None

    def excluded(self, rule: Exclusion, patient: str | None = None, references: tuple[str, ...] = ()) -> Reading:
        """End by a rule that leaves the resource out."""
        return _make_reading(source=self.source, patient=patient, excluded_by=rule, references=references)

    def retracted(self, patient: str | None) -> Reading:
        """End with every earlier fact of this resource void (entered-in-error, cancelled)."""
        return Reading(source=self.source, patient=patient, excluded_by=Exclusion.RETRACTED, retracts=True)


def version_of(
    resource_id: str, meta: Meta | None, raw: bytes, resource_type: str, context: ReadingContext
) -> ResourceVersion:
    """Say which version of which resource these bytes are.

    Args:
        resource_id: Logical id.
        meta: 0..1; Resource.meta.
        raw: Its JSON; layout does not count.
        resource_type: FHIR type.
        context: For the hospital's id.

    Returns:
        versionId, else lastUpdated, else a digest of the content, as the version.

    Source:
        design contracts, Facts, versions, counts.
    """
    content = _digest(raw)
    updated = read_instant(meta.last_updated, context) if meta is not None and meta.last_updated else None
    if meta is not None and meta.version_id:
        version = meta.version_id
    else:
        version = updated.text if updated is not None else f"sha256:{content}"
    return _make_version(context.traits.id, resource_type, resource_id, version, updated, content)


def _digest(raw: bytes) -> str:
    """Digest the content; the same JSON with line breaks is the same content."""
    if b"\n" in raw:
        with suppress(msgspec.MsgspecError, RecursionError):
            raw = msgspec.json.format(raw, indent=-1)
    return sha256(raw).hexdigest()[:32]
