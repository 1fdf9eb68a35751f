"""What an AdverseEvent suspects to be its cause.

Knows: suspectEntity and its causality. Does not know: whether the suspicion is right.
"""

from __future__ import annotations

from msgspec import Raw

from fhir_adapter.domain.reported_event import Suspect
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.adverse_event_codes import RELATEDNESS_OF
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import read_reference
from fhir_adapter.r4.wire import CodeableConcept, Reference, Wire


class Causality(Wire):
    """AdverseEvent.suspectEntity.causality, as far as it is used."""

    assessment: CodeableConcept | None = None
    modifier_extension: tuple[Raw, ...] = ()


class SuspectEntity(Wire):
    """AdverseEvent.suspectEntity."""

    instance: Reference | None = None
    causality: tuple[Causality, ...] = ()
    modifier_extension: tuple[Raw, ...] = ()


def read_suspects(
    entities: tuple[SuspectEntity, ...], received: Received
) -> tuple[tuple[Suspect, ...], tuple[Rejection, ...]]:
    """Read what is suspected and how sure somebody is.

    Args:
        entities: 0..*; as received.
        received: The resource on its way.

    Returns:
        The suspects whose reference names something at this hospital, and the parts that were refused: an entity
        under a modifier (MODIFIER_EXTENSION), a causality in unknown codes (UNMAPPED_CODE) or several that differ
        (INVALID_RESOURCE). A suspect whose causality was refused stays, without one.

    Source:
        http://hl7.org/fhir/R4/adverseevent.html
    """
    suspects: list[Suspect] = []
    refused: list[Rejection] = []
    for place, entity in enumerate(entities):
        path = f"AdverseEvent.suspectEntity[{place}]"
        if entity.modifier_extension or any(each.modifier_extension for each in entity.causality):
            refused.append(Rejection(reason=RejectionReason.MODIFIER_EXTENSION, path=path))
            continue
        reference = read_reference(entity.instance, received) if entity.instance is not None else None
        if reference is None:
            continue
        relatedness = _relatedness(entity, f"{path}.causality")
        if isinstance(relatedness, Rejection):
            refused.append(relatedness)
            relatedness = None
        suspects.append(Suspect(reference=reference, relatedness=relatedness))
    return tuple(suspects), tuple(refused)


def _relatedness(entity: SuspectEntity, path: str) -> str | Rejection | None:
    assessed = [each.assessment for each in entity.causality if each.assessment is not None]
    codings = [coding for assessment in assessed for coding in assessment.coding]
    words = {RELATEDNESS_OF.get((coding.system, coding.code)) for coding in codings} - {None}
    if len(words) > 1:
        return Rejection(reason=RejectionReason.INVALID_RESOURCE, path=path, detail="several")
    if words:
        return words.pop()
    return Rejection(reason=RejectionReason.UNMAPPED_CODE, path=path, detail="causality") if assessed else None
