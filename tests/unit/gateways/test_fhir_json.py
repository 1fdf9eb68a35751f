from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_adapter.gateways.fhir_json import read_body, write_body


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1.50}',
        '{"a":0.123456789012345678901}',
        '{"a":12345678901234567890}',
        '{"a":[1,true,null,"x",{"b":[]}]}',
        '{"a":"\\u00fc\\ud83d\\ude00"}',
        '{"a":"\\ud800"}',
        "{}",
    ],
)
def test_what_was_read_is_written_back_digit_by_digit(text: str) -> None:
    body = read_body(text.encode())
    assert body is not None
    assert write_body(body) == text.encode()


@pytest.mark.parametrize("raw", [b"", b"[]", b"7", b"{", b'{"a":"\xff"}', b"[" * 100_000])
def test_what_is_no_object_reads_as_nothing(raw: bytes) -> None:
    assert read_body(raw) is None


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), b"bytes", object()])
def test_what_json_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        write_body({"a": value})
