from __future__ import annotations

from fhir_adapter.domain.digests import digest_of


def test_equal_content_has_an_equal_digest_whatever_the_order_of_keys() -> None:
    assert digest_of("x", {"a": [1, 2], "b": "ä"}) == digest_of("x", {"b": "ä", "a": [1, 2]})


def test_the_borders_between_parts_count() -> None:
    assert digest_of("ab", "c") != digest_of("a", "bc")
    assert digest_of(["a"], "b") != digest_of(["a", "b"])
