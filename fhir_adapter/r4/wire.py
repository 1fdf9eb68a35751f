"""The wire shapes all readers share: only the elements the adapter uses.

Knows: FHIR R4 element names and JSON types. Does not know: what any of it means.

Conventions: an absent string is "" and an absent `Raw` is empty; JSON null is refused where it could hide
something. `Raw` stands for an element that is decoded later (numbers keep their digits, repeated codings are
decoded once). Every struct whose FHIR type has `modifierExtension` declares it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

ABSENT = Raw(b"")
"""Default of a `Raw` element: not in the JSON."""

S = TypeVar("S")


class Wire(Struct, gc=False, rename="camel"):
    """Base of every element: camelCase on the wire, unknown elements skipped."""


class Meta(Wire):
    """Resource.meta."""

    version_id: str = ""
    last_updated: str = ""


class Resource(Wire, tag_field="resourceType"):
    """Base of every resource; subclasses name their type by `tag=`."""

    id: str = ""
    meta: Meta | None = None
    implicit_rules: str = ""
    modifier_extension: tuple[Raw, ...] = ()


class Extension(Wire):
    """An extension, as far as data-absent-reason needs it."""

    url: str = ""
    value_code: str = ""


class Coding(Wire):
    """One code of one system."""

    system: str = ""
    code: str = ""
    display: str = ""


class CodeableConcept(Wire):
    """Codings that say the same thing, and their text."""

    coding: tuple[Coding, ...] = ()
    text: str = ""
    extension: tuple[Extension, ...] = ()


class Identifier(Wire):
    """A business identifier."""

    system: str = ""
    value: str = ""
    use: str = ""


def identifiers_of(identifiers: Iterable[Identifier]) -> tuple[tuple[str, str], ...]:
    """Give the identifiers by which two resources can be told to be one: those with a system and a value."""
    return tuple(dict.fromkeys((each.system, each.value) for each in identifiers if each.system and each.value))


class Reference(Wire):
    """A pointer to another resource: literal, logical, or words only."""

    reference: str = ""
    type: str = ""
    identifier: Identifier | None = None


class Period(Wire):
    """A time span; either side may be open."""

    start: str = ""
    end: str = ""


class PrimitiveExtension(Wire):
    """What stands beside a primitive under `_name`: the reason for its absence, say."""

    extension: tuple[Extension, ...] = ()


class Quantity(Wire):
    """A number with a unit; the number stays as it was written."""

    value: Raw = ABSENT
    comparator: str | UnsetType = UNSET
    unit: str = ""
    system: str = ""
    code: str = ""
    extension: tuple[Extension, ...] = ()
    absent_value: PrimitiveExtension | None = msgspec.field(default=None, name="_value")


class Ratio(Wire):
    """A quantity per another."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Range(Wire):
    """A quantity between two others."""

    low: Quantity | None = None
    high: Quantity | None = None


concept_decoder = msgspec.json.Decoder(CodeableConcept)
concepts_decoder = msgspec.json.Decoder(tuple[CodeableConcept, ...])
reference_decoder = msgspec.json.Decoder(Reference)
references_decoder = msgspec.json.Decoder(tuple[Reference, ...])
quantity_decoder = msgspec.json.Decoder(Quantity)


def is_present(raw: Raw) -> bool:
    """Say whether an element decoded later is in the JSON at all."""
    return bool(raw)
