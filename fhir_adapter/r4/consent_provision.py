"""What a consent permits and denies: Consent.provision, to any depth.

Knows: provisions, their types and codes. Does not know: the rest of the consent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec import Raw

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.moments import FhirDateTime
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.bindings import parse_binding
from fhir_adapter.r4.coding import classify
from fhir_adapter.r4.context import ReadingContext
from fhir_adapter.r4.datetimes import read_period
from fhir_adapter.r4.status_codes import ConsentProvisionType
from fhir_adapter.r4.wire import CodeableConcept, Period, Wire

TOP = "Consent.provision"


class ConsentProvision(Wire):
    """Consent.provision, as far as it is used."""

    type: str = ""
    period: Period | None = None
    code: tuple[CodeableConcept, ...] = ()
    provision: tuple[ConsentProvision, ...] = ()
    modifier_extension: tuple[Raw, ...] = ()


@dataclass(slots=True)
class Provisions:
    """What was found.

    Attributes:
        coded: (permit or deny, concepts) of the provisions that carry a needed code.
        ends: 0..1; end of the top provision's period.
        parts: Provisions that were not understood.
        breach: 0..1; why the whole consent cannot be understood.
    """

    coded: tuple[tuple[str, tuple[ConceptId, ...]], ...] = ()
    ends: FhirDateTime | None = None
    parts: tuple[Rejection, ...] = ()
    breach: Rejection | None = None


@dataclass(slots=True)
class _Found:
    """Gathered on the walk."""

    coded: list[tuple[str, tuple[ConceptId, ...]]] = field(default_factory=list)
    parts: list[Rejection] = field(default_factory=list)


def read_provisions(top: ConsentProvision | None, context: ReadingContext) -> Provisions:
    """Read the top provision and all below it, each by its own type and codes.

    A period or a type that cannot be read could turn a consent into its opposite: it refuses the whole.

    Args:
        top: 0..1; as received.
        context: For terminology and the hospital's declared zone.

    Returns:
        Provisions in the order of a walk from the top.

    Source:
        http://hl7.org/fhir/R4/consent-definitions.html#Consent.provision
    """
    if top is None:
        return Provisions()
    found = _Found()
    for path, provision in _walk(top, TOP):
        breach = _breach(provision, path)
        if breach is not None:
            return Provisions(breach=breach)
        _read_codes(provision, path, context, found)
    period = read_period(top.period, f"{TOP}.period", context) if top.period is not None else None
    if isinstance(period, Rejection):
        return Provisions(breach=period)
    return Provisions(tuple(found.coded), period.end if period is not None else None, tuple(found.parts))


def _walk(provision: ConsentProvision, path: str) -> Iterator[tuple[str, ConsentProvision]]:
    yield path, provision
    for index, nested in enumerate(provision.provision):
        yield from _walk(nested, f"{path}.provision[{index}]")


def _breach(provision: ConsentProvision, path: str) -> Rejection | None:
    if provision.modifier_extension:
        return Rejection(reason=RejectionReason.MODIFIER_EXTENSION, path=f"{path}.modifierExtension")
    if provision.type and parse_binding(ConsentProvisionType, provision.type) is None:
        return Rejection(reason=RejectionReason.UNKNOWN_STATUS, path=f"{path}.type")
    return None


def _read_codes(provision: ConsentProvision, path: str, context: ReadingContext, found: _Found) -> None:
    concepts: list[ConceptId] = []
    for index, concept in enumerate(provision.code):
        code = classify(concept, context)
        if code.meaning is not None:
            concepts += code.meaning.concepts
        elif code.problem is not None:
            part = f"{path}.code[{index}]"
            found.parts.append(Rejection(reason=RejectionReason.UNMAPPED_CODE, path=part, detail=code.problem))
    named = tuple(dict.fromkeys(concepts))
    if named and provision.type:
        found.coded.append((provision.type, named))
    elif named:
        refusal = Rejection(
            reason=RejectionReason.UNSUPPORTED_VALUE, path=f"{path}.type", detail="absent", concepts=named
        )
        found.parts.append(refusal)
