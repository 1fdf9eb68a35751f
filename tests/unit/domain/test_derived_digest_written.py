"""The digest of a derived record is that of what it says, written as JSON by hand here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from fhir_adapter.domain.derived_digest import digest_derived
from fhir_adapter.domain.digests import digest_of
from fhir_adapter.domain.evidence import RECEIPT
from fhir_adapter.domain.records import Amount, Evidence

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Word(StrEnum):
    YES = "yes"


class Rank(IntEnum):
    FIRST = 1


class Pair(NamedTuple):
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Empty:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something of every kind; `as_of` and `evidence_digest` are no part of what it says."""

    word: Word = Word.YES
    amount: Decimal = Decimal("1.50")
    share: Fraction = Fraction(2, 3)
    day: date = date(2026, 3, 10)
    at: datetime = NOON
    text: str = 'ä"'
    number: int = 3
    is_known: bool | None = True
    parts: tuple[Any, ...] = ()
    as_of: datetime = NOON
    evidence_digest: str = ""


BARE = {
    "word": "yes",
    "amount": "1.50",
    "share": "2/3",
    "day": "2026-03-10",
    "at": "2026-03-10 12:00:00+00:00",
    "text": 'ä"',
    "number": "3",
    "is_known": True,
    "parts": [],
}
ALT = Evidence(
    reference="Observation/alt",
    version="2",
    last_updated="2026-03-10",
    path="Observation.value",
    reported=Amount("260", "U/L"),
)
ALT_SAID = {
    "reference": "Observation/alt",
    "version": "2",
    "last_updated": "2026-03-10",
    "path": "Observation.value",
    "role": "value",
    "reported": {"value": "260", "unit": "U/L", "comparator": None},
    "standard": None,
    "effective": None,
    "note": None,
}


def said(*parts: Any) -> str:
    return digest_of(BARE | {"parts": list(parts)})


def test_every_kind_of_value_is_said_exactly() -> None:
    assert digest_derived(Said()) == said()
    assert digest_derived(Said(is_known=None)) == digest_of(BARE | {"is_known": None})
    assert digest_derived(Said(parts=(Pair("a", 2), (), Rank.FIRST, Empty()))) == said(["a", "2"], [], 1, {})


def test_a_record_inside_a_record_is_said_too() -> None:
    assert digest_derived(Said(parts=(Said(number=4),))) == said(BARE | {"number": "4"})


def test_when_it_was_derived_is_not_said() -> None:
    later = Said(as_of=datetime(2027, 1, 1, tzinfo=UTC), evidence_digest="x")
    assert digest_derived(later) == digest_derived(Said())


def test_evidence_is_said_in_every_place_it_stands() -> None:
    assert digest_derived(Said(parts=(ALT, (ALT, replace(ALT))))) == said(ALT_SAID, [ALT_SAID, ALT_SAID])


def test_of_a_receipt_the_time_of_reading_is_not_said() -> None:
    receipt = replace(ALT, role=RECEIPT)
    without = {key: value for key, value in ALT_SAID.items() if key != "last_updated"} | {"role": RECEIPT}
    assert digest_derived(Said(parts=(receipt,))) == said(without)
    assert digest_derived(Said(parts=(ALT,))) != digest_derived(Said(parts=(replace(ALT, last_updated=None),)))
