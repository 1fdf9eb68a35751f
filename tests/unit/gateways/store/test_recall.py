"""What was written lately never changes what is written next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from fhir_adapter.domain.facts import Finding, Reading, ReferenceRange
from fhir_adapter.domain.moments import Effective, FhirDateTime
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.records import Answer, EligibilityRecord
from fhir_adapter.domain.writeback import WriteIntent
from fhir_adapter.gateways.store.codec import Codec
from fhir_adapter.gateways.store.recall import KEPT, Recalled, is_brief


@dataclass
class Open:
    """A dataclass that may change."""

    text: str


class Colour(Enum):
    RED = "red"


BRIEF: list[Any] = [str, Decimal, Colour, Quantity, FhirDateTime, Effective, ReferenceRange]
CHANGING: list[Any] = [Any, dict[str, str], Mapping[str, str], Open, WriteIntent]
LARGE: list[Any] = [Finding, Reading, Answer, EligibilityRecord]


@pytest.mark.parametrize("hint", BRIEF, ids=str)
def test_small_values_that_cannot_change_are_brief_alone_and_in_rows(hint: Any) -> None:
    assert is_brief(hint)
    assert is_brief(tuple[hint, ...])


@pytest.mark.parametrize("hint", [*CHANGING, *LARGE], ids=str)
def test_what_may_change_or_be_large_is_not(hint: Any) -> None:
    assert not is_brief(hint)
    assert not is_brief(tuple[hint, ...])


def test_an_object_written_lately_is_not_written_again() -> None:
    written: list[str] = []

    def write(value: Any) -> str:
        written.append(value.text)
        return str(value.text)

    recalled, one = Recalled(write), Open("a")
    assert [recalled(one), recalled(one), recalled(Open("b"))] == ["a", "a", "b"]
    assert written == ["a", "b"]


def test_equal_objects_and_objects_that_are_gone_are_never_mistaken_for_each_other() -> None:
    recalled = Recalled(lambda value: str(value.value))
    texts = [recalled(Quantity(Decimal(number), "g")) for number in range(5 * KEPT)]
    assert texts == [str(number) for number in range(5 * KEPT)]


def test_facts_that_share_their_parts_are_written_like_facts_that_do_not() -> None:
    codec = Codec[tuple[Quantity, ...]](tuple[Quantity, ...])
    one = Quantity(Decimal("1.50"), "g")
    assert codec.text((one, one)) == codec.text((one, Quantity(Decimal("1.50"), "g")))
    assert codec.text((one,)) == '[{"value":"1.50","unit":"g"}]'
