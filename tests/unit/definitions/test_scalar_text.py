"""Scalars must look exactly like what they mean."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from fhir_adapter.definitions.scalar_text import (
    DecimalText,
    FileModel,
    IntegerText,
    Name,
    Slug,
    TruthText,
    WindowText,
    Words,
)
from fhir_adapter.domain.queries import Window, WindowUnit


class Row(FileModel):
    integer: IntegerText = 0
    decimal: DecimalText = Decimal(0)
    truth: TruthText = False
    window: WindowText = Window(1, WindowUnit.DAY)
    slug: Slug = "a"
    name: Name = "a"
    words: Words = "a"


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("14", 14), ("-14", -14)])
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert Row.model_validate({"integer": text}).integer == number


@pytest.mark.parametrize("text", ["014", "1.0", "1_000", " 1", "+1", "", "1e3", "٣"])
def test_anything_that_only_resembles_a_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Row.model_validate({"integer": text})


@pytest.mark.parametrize("text", ["1.50", "0.01", "-2", "0"])
def test_a_decimal_keeps_its_digits(text: str) -> None:
    assert str(Row.model_validate({"decimal": text}).decimal) == text


@pytest.mark.parametrize("text", [".5", "1.", "1e-2", "1,5", "NaN", "Infinity", "01.5", ""])
def test_anything_that_only_resembles_a_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Row.model_validate({"decimal": text})


@pytest.mark.parametrize("text", ["yes", "NO", "True", "1", "on", ""])
def test_only_true_and_false_are_truths(text: str) -> None:
    with pytest.raises(ValidationError):
        Row.model_validate({"truth": text})


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("14 d", Window(14, WindowUnit.DAY)),
        ("72 h", Window(72, WindowUnit.HOUR)),
        ("4 mo", Window(4, WindowUnit.MONTH)),
    ],
)
def test_a_window_is_read(text: str, window: Window) -> None:
    assert Row.model_validate({"window": text}).window == window


@pytest.mark.parametrize("text", ["14d", "14 days", "d", "-1 d", "1.5 d", "4 m", "2 wk", ""])
def test_anything_that_only_resembles_a_window_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Row.model_validate({"window": text})


@pytest.mark.parametrize("text", ["../x", "A", "a b", "a--b", "-a", "a_b", ""])
def test_an_id_cannot_lead_anywhere_else(text: str) -> None:
    with pytest.raises(ValidationError):
        Row.model_validate({"slug": text})


def test_a_criterion_id_may_have_capitals() -> None:
    assert Row.model_validate({"name": "I7b"}).name == "I7b"


def test_blanks_around_words_are_not_the_writers() -> None:
    assert Row.model_validate({"words": "  at most 1.5\n"}).words == "at most 1.5"


def test_words_that_say_nothing_are_refused() -> None:
    with pytest.raises(ValidationError):
        Row.model_validate({"words": " \n"})
