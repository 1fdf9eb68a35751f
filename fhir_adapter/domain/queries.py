"""Which facts may carry a statement: windows, limits, finding queries, reasons for UNKNOWN.

Knows: the words criteria are written in. Does not know: how they are combined or assessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from fhir_adapter.domain.codes import ConceptId


class UnknownReason(StrEnum):
    """Why a statement is UNKNOWN, in falling precedence: the first present one is the criterion's reason."""

    HIDDEN = "HIDDEN"
    CONFLICTING = "CONFLICTING"
    UNIT_UNUSABLE = "UNIT_UNUSABLE"
    NO_REFERENCE_RANGE = "NO_REFERENCE_RANGE"
    CENSORED = "CENSORED"
    PARTIAL_DATE = "PARTIAL_DATE"
    UNMAPPED = "UNMAPPED"
    STALE = "STALE"
    NOT_YET_DUE = "NOT_YET_DUE"
    NEEDS_ATTESTATION = "NEEDS_ATTESTATION"
    MISSING = "MISSING"


class OnConflict(StrEnum):
    """What happens when current usable values lie on both sides of a limit.

    unknown: UNKNOWN(CONFLICTING). worst: the side that keeps the patient out. either: the side that lets in.
    """

    UNKNOWN = "unknown"
    WORST = "worst"
    EITHER = "either"


class Operator(StrEnum):
    """How a value is compared with a limit."""

    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER_OR_EQUAL = ">="
    GREATER = ">"


class WindowUnit(StrEnum):
    """UCUM units a window may be written in: hours, days, calendar months."""

    HOUR = "h"
    DAY = "d"
    MONTH = "mo"


@dataclass(frozen=True, slots=True)
class Window:
    """How long before the anchor a fact still counts.

    Days are calendar days in the hospital's zone, both ends included; hours are exact; months are calendar
    months clamped to the month's end.
    """

    amount: int
    unit: WindowUnit


@dataclass(frozen=True, slots=True)
class AgeWindow:
    """A window for patients below an age [a]; None = every age not covered before."""

    below_years: int | None
    window: Window


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: operator, exact number, UCUM unit (`1` for ratios to ULN)."""

    operator: Operator
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingQuery:
    """Which findings may carry a statement.

    Attributes:
        concepts: 1..*; any of them.
        windows: 0..*; by age; empty = any time up to the anchor.
        methods: 0..*; if given, Observation.method must map to one of them; unmapped = UNMAPPED.
        specimens: 0..*; the same for the specimen.
        room_air: True where the reading must be proven to be without supplemental oxygen.
        after_last: 0..*; a value taken before the last exposure to these no longer counts (STALE).
        unaccepted: 0..*; concepts that measure the same by a method not accepted: seen alone = UNMAPPED.
        preferred_qualifier: 0..1; on one day, findings with this qualifier are taken over those without.
        category: 0..1; Observation category the concepts are filed under: an unmapped code of another category
            is no excuse for a missing result; None = any category.
        latest: True where the latest moment alone decides (oxygen, which is changed within the hour), not every
            result of its day.
    """

    concepts: tuple[ConceptId, ...]
    windows: tuple[AgeWindow, ...] = ()
    methods: tuple[ConceptId, ...] = ()
    specimens: tuple[ConceptId, ...] = ()
    room_air: bool = False
    after_last: tuple[ConceptId, ...] = ()
    unaccepted: tuple[ConceptId, ...] = ()
    preferred_qualifier: str | None = None
    category: str | None = None
    latest: bool = False
