"""Wire shapes of Observation and its parts.

Knows: their element names and JSON types. Does not know: what any of it means.
"""

from __future__ import annotations

from msgspec import Raw

from fhir_adapter.r4.wire import ABSENT, CodeableConcept, Period, Quantity, Range, Resource, Wire


class ReferenceRangeElement(Wire):
    """Observation.referenceRange."""

    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None
    applies_to: tuple[CodeableConcept, ...] = ()
    age: Range | None = None
    text: str = ""
    modifier_extension: tuple[Raw, ...] = ()


class ComponentElement(Wire):
    """Observation.component. Its value elements are those of Observation."""

    code: Raw = ABSENT
    value_quantity: Quantity | None = None
    value_codeable_concept: Raw = ABSENT
    value_string: Raw = ABSENT
    value_boolean: Raw = ABSENT
    value_integer: Raw = ABSENT
    value_range: Raw = ABSENT
    value_ratio: Raw = ABSENT
    value_sampled_data: Raw = ABSENT
    value_time: Raw = ABSENT
    value_date_time: Raw = ABSENT
    value_period: Raw = ABSENT
    data_absent_reason: Raw = ABSENT
    interpretation: Raw = ABSENT
    reference_range: Raw = ABSENT
    modifier_extension: tuple[Raw, ...] = ()


class Observation(Resource, tag="Observation"):
    """Observation, as far as it is used."""

    status: str = ""
    category: Raw = ABSENT
    code: Raw = ABSENT
    subject: Raw = ABSENT
    effective_date_time: str = ""
    effective_instant: str = ""
    effective_period: Period | None = None
    effective_timing: Raw = ABSENT
    value_quantity: Quantity | None = None
    value_codeable_concept: Raw = ABSENT
    value_string: Raw = ABSENT
    value_boolean: Raw = ABSENT
    value_integer: Raw = ABSENT
    value_range: Raw = ABSENT
    value_ratio: Raw = ABSENT
    value_sampled_data: Raw = ABSENT
    value_time: Raw = ABSENT
    value_date_time: Raw = ABSENT
    value_period: Raw = ABSENT
    data_absent_reason: Raw = ABSENT
    interpretation: Raw = ABSENT
    method: Raw = ABSENT
    specimen: Raw = ABSENT
    reference_range: Raw = ABSENT
    has_member: Raw = ABSENT
    derived_from: Raw = ABSENT
    focus: Raw = ABSENT
    part_of: Raw = ABSENT
    component: Raw = ABSENT
    contained: tuple[Raw, ...] = ()


Valued = Observation | ComponentElement
"""What carries a value: the Observation itself or one of its components."""
