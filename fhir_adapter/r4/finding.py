"""One element that carries a value -> one Finding.

Knows: which parts of a value, its limits and its interpretation make a finding. Does not know: how an
Observation's parts belong together.
"""

from __future__ import annotations

from typing import NamedTuple

from fhir_adapter.domain.codes import CodeMeaning, ConceptId
from fhir_adapter.domain.facts import Component, Finding
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import Rejection, RejectionReason
from fhir_adapter.r4.admission import About
from fhir_adapter.r4.construction import fast_constructor
from fhir_adapter.r4.context import CodeReading, Limits
from fhir_adapter.r4.ranges import read_limits
from fhir_adapter.r4.read_specimen import SpecimenReading
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.values import Value, ask, read_interpretation, read_value
from fhir_adapter.r4.wire_observation import ComponentElement, Valued

_NO_LIMITS = Limits()
make_finding = fast_constructor(Finding)


class Occasion(NamedTuple):
    """What all values of one Observation share."""

    received: Received
    status: str
    category: str | None
    effective: Effective | None
    method: tuple[ConceptId, ...] | None
    specimen: SpecimenReading
    part_of: tuple[str, ...] = ()

    def about(self, meaning: CodeMeaning | None) -> About:
        """Say what a refused value would have been about."""
        return About(meaning.concepts if meaning is not None else (), self.category, self.effective)


class Part(NamedTuple):
    """One component and what its code says."""

    path: str
    element: ComponentElement
    code: CodeReading


def read_finding(
    element: Valued, code: CodeReading, path: str, occasion: Occasion, components: tuple[Component, ...] = ()
) -> Finding | Rejection | None:
    """Read the value of an element whose code is needed.

    Args:
        element: Observation or component as received.
        code: Its code; must have a meaning.
        path: FHIRPath of the element.
        occasion: What the Observation says of all its values.
        components: 0..*; components that belong to this value.

    Returns:
        The finding; the rejection of its value; None where it says nothing of a value.
    """
    meaning = code.meaning
    if meaning is None:
        return None
    context = occasion.received.context
    question = ask(meaning, path, context)
    value = read_value(element, question)
    if value is None:
        return None
    if isinstance(value, Rejection):
        return occasion.about(meaning).claim(value)
    limits = read_limits(element, value.reported, question) if isinstance(value.reported, Quantity) else _NO_LIMITS
    said = read_interpretation(element, context) if element.interpretation else None
    return make_finding(
        source=occasion.received.source,
        path=value.path,
        concepts=meaning.concepts,
        codings=code.codings,
        status=occasion.status,
        category=occasion.category,
        effective=occasion.effective,
        reported=value.reported,
        standard=value.standard,
        lln=limits.lln,
        uln=limits.uln,
        range_problem=limits.problem,
        range_path=limits.path,
        ranges=limits.ranges,
        interpretation=() if said is None else said.answers,
        method=occasion.method,
        specimen=occasion.specimen.concepts,
        specimen_reference=occasion.specimen.reference,
        qualifiers=meaning.qualifiers,
        components=components,
        part_of=occasion.part_of,
    )


def read_component(part: Part, known: CodeMeaning, occasion: Occasion) -> Component | Rejection:
    """Read a component as part of the Observation's own value, whether anybody needs it alone or not.

    Args:
        part: The component.
        known: What its code means.
        occasion: What the Observation says of all its values.

    Returns:
        The component, or why it could not be read: then the value beside it stands less certain.
    """
    about = occasion.about(known)
    if part.element.modifier_extension:
        return about.refuse(RejectionReason.MODIFIER_EXTENSION, f"{part.path}.modifierExtension")
    value = read_value(part.element, ask(known, part.path, occasion.received.context))
    if isinstance(value, Value):
        return Component(value.path, known.concepts, part.code.codings, value.reported, value.standard)
    missing = about.refuse(RejectionReason.VALUE_ABSENT, f"{part.path}.value", "none")
    return missing if value is None else about.claim(value)
