"""Results of a kind read before: all that equal bytes give again is taken from the first of the kind.

Knows: which elements make two results one kind. Does not know: what any of them means; the first of a kind is
read in full. Where anything but number, time, specimen, occasion and identity could differ, nothing is taken over.
"""

from __future__ import annotations

from fhir_adapter.domain.codes import CodeMeaning
from fhir_adapter.domain.facts import Finding
from fhir_adapter.domain.moments import Effective
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import Rejection
from fhir_adapter.r4.context import KindKey, KnownKind
from fhir_adapter.r4.finding import make_finding
from fhir_adapter.r4.quantities import make_quantity, read_number, to_standard
from fhir_adapter.r4.read_specimen import SpecimenReading
from fhir_adapter.r4.received import Received
from fhir_adapter.r4.references import read_references
from fhir_adapter.r4.values import has_only_quantity
from fhir_adapter.r4.wire_observation import Observation


def read_again(
    observation: Observation, effective: Effective | None, specimen: SpecimenReading, received: Received
) -> Finding | None:
    """Read a result whose kind was read before.

    Args:
        observation: As received; without components.
        effective: When it was true.
        specimen: What it was measured in.
        received: The resource on its way.

    Returns:
        What reading in full would give; None where only reading in full can tell.
    """
    quantity = observation.value_quantity
    if quantity is None or not has_only_quantity(observation):
        return None
    known = received.context.caches.kinds.get(_kind_of(observation))
    if known is None:
        return None
    first, rule = known
    number = read_number(quantity.value, first.path)
    if isinstance(number, Rejection):
        return None
    reported = make_quantity(number, quantity.code)
    standard = to_standard(reported, rule, first.path)
    if isinstance(standard, Rejection):
        return None
    return make_finding(
        source=received.source,
        path=first.path,
        concepts=first.concepts,
        codings=first.codings,
        status=first.status,
        category=first.category,
        effective=effective,
        reported=reported,
        standard=standard,
        lln=first.lln,
        uln=first.uln,
        range_problem=first.range_problem,
        range_path=first.range_path,
        ranges=first.ranges,
        interpretation=first.interpretation,
        method=first.method,
        specimen=specimen.concepts,
        specimen_reference=specimen.reference,
        qualifiers=first.qualifiers,
        part_of=read_references(observation.part_of, received),
    )


def remember(observation: Observation, finding: Finding, meaning: CodeMeaning | None, received: Received) -> None:
    """Keep the first result of a kind, if its unit is one that others can be read by."""
    context, quantity, reported = received.context, observation.value_quantity, finding.reported
    rule = context.unit_rules.get(meaning.unit_rule or "") if meaning is not None else None
    if quantity is None or rule is None or not has_only_quantity(observation):
        return
    if isinstance(reported, Quantity) and reported.comparator is None and reported.unit == quantity.code:
        context.caches.kinds.keep(_kind_of(observation), KnownKind(finding, rule))


def _kind_of(observation: Observation) -> KindKey:
    """Name everything that decides what a result is, as it was written."""
    quantity = observation.value_quantity
    return (
        bytes(observation.code),
        bytes(observation.category),
        bytes(observation.reference_range),
        bytes(observation.interpretation),
        bytes(observation.method),
        observation.status,
        quantity and (quantity.system, quantity.code, quantity.comparator),
    )
