"""Why a value is not there: dataAbsentReason, its extension, and null flavours.

Knows: the three ways to say it. Does not know: what follows; `masked` becomes HIDDEN in the domain.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from msgspec import Raw

from fhir_adapter.r4 import wire
from fhir_adapter.r4.bindings import parse_binding

DATA_ABSENT_REASON: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
NULL_FLAVOR: Final = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"
EXTENSION: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
OTHER: Final = "other"
"""Said with a code that is not in HL7's list, or in words."""


class DataAbsentReason(StrEnum):
    """Source: http://hl7.org/fhir/R4/valueset-data-absent-reason.html."""

    UNKNOWN = "unknown"
    ASKED_UNKNOWN = "asked-unknown"
    TEMP_UNKNOWN = "temp-unknown"
    NOT_ASKED = "not-asked"
    ASKED_DECLINED = "asked-declined"
    MASKED = "masked"
    NOT_APPLICABLE = "not-applicable"
    UNSUPPORTED = "unsupported"
    AS_TEXT = "as-text"
    ERROR = "error"
    NOT_A_NUMBER = "not-a-number"
    NEGATIVE_INFINITY = "negative-infinity"
    POSITIVE_INFINITY = "positive-infinity"
    NOT_PERFORMED = "not-performed"
    NOT_PERMITTED = "not-permitted"


# Source: http://hl7.org/fhir/R4/v3/NullFlavor/cs.html and its mapping in the page of data-absent-reason.
_NULL_FLAVORS: Final = {
    "UNK": DataAbsentReason.UNKNOWN,
    "ASKU": DataAbsentReason.ASKED_UNKNOWN,
    "NAV": DataAbsentReason.TEMP_UNKNOWN,
    "NASK": DataAbsentReason.NOT_ASKED,
    "MSK": DataAbsentReason.MASKED,
    "NA": DataAbsentReason.NOT_APPLICABLE,
    "NINF": DataAbsentReason.NEGATIVE_INFINITY,
    "PINF": DataAbsentReason.POSITIVE_INFINITY,
}


def read_absent_reason(raw: Raw) -> str:
    """Read the element dataAbsentReason.

    Args:
        raw: A CodeableConcept that is present.

    Returns:
        HL7's code, `other` for anything else.
    """
    concept = wire.concept_decoder.decode(raw)
    return _first(_word(coding) for coding in concept.coding) or OTHER


def absent_reason_of(extensions: Iterable[wire.Extension]) -> str | None:
    """Give what the data-absent-reason extension says; None where there is none."""
    for extension in extensions:
        if extension.url == EXTENSION:
            return parse_binding(DataAbsentReason, extension.value_code) or OTHER
    return None


def absent_reason_in(concept: wire.CodeableConcept) -> str | None:
    """Give the reason where a value is only the statement that there is none; None for a real value."""
    stated = absent_reason_of(concept.extension)
    if stated is not None:
        return stated
    if any(coding.system not in {DATA_ABSENT_REASON, NULL_FLAVOR} for coding in concept.coding):
        return None
    return _first(_word(coding) or OTHER for coding in concept.coding)


def _word(coding: wire.Coding) -> str | None:
    if coding.system == NULL_FLAVOR:
        return _NULL_FLAVORS.get(coding.code)
    return parse_binding(DataAbsentReason, coding.code)


def _first(words: Iterable[str | None]) -> str | None:
    return next((str(word) for word in words if word is not None), None)
