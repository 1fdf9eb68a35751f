from __future__ import annotations

import pytest

from fhir_adapter.gateways.fhir_http import FhirConnection
from fhir_adapter.gateways.fhir_query import LONGEST_URL, Search, encode, token, token_list

BASE = "https://hospital.example/fhir"


@pytest.mark.parametrize(
    ("system", "value", "written"),
    [
        ("http://loinc.org", "718-7", "http://loinc.org|718-7"),
        ("urn:oid:1.2.3", "a,b", "urn:oid:1.2.3|a\\,b"),
        ("s", "a|b", "s|a\\|b"),
        ("s", "a$b", "s|a\\$b"),
        ("s", "a\\b", "s|a\\\\b"),
        ("s", "a\\,b", "s|a\\\\\\,b"),
    ],
)
def test_a_token_escapes_what_means_something_in_a_search(system: str, value: str, written: str) -> None:
    assert token(system, value) == written


def test_a_token_list_is_sorted_and_names_each_once() -> None:
    assert token_list([("s", "b"), ("s", "a"), ("s", "b")]) == "s|a,s|b"


def test_every_reserved_character_is_encoded() -> None:
    assert encode([("code", "http://loinc.org|1/2 ü&=+,")]) == (
        "code=http%3A%2F%2Floinc.org%7C1%2F2%20%C3%BC%26%3D%2B%2C"
    )


def search_of_length(length: int) -> Search:
    """A search whose URL has exactly this many characters."""
    empty = len(f"{BASE}/Observation?patient=&_count=250")
    return Search(resource_type="Observation", parameters=(("patient", "x" * (length - empty)),))


def test_a_search_as_long_as_allowed_goes_by_get() -> None:
    request = search_of_length(LONGEST_URL).request(FhirConnection(BASE))
    assert (request.method, len(request.url)) == ("GET", 1800)
    assert request.headers["Prefer"] == "handling=strict"


def test_a_search_one_character_longer_goes_by_post() -> None:
    request = search_of_length(LONGEST_URL + 1).request(FhirConnection(BASE))
    assert (request.method, request.url) == ("POST", f"{BASE}/Observation/_search")
    assert request.headers == {
        "Prefer": "handling=strict",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    assert request.content.startswith(b"patient=xxx")
    assert request.content.endswith(b"&_count=250")


@pytest.mark.parametrize(
    ("self_link", "dropped"),
    [
        (None, ()),
        (f"{BASE}/Observation?patient=7&combo-code=a", ()),
        (f"{BASE}/Observation?combo-code=a&patient=Patient%2F7&_count=20", ()),
        (f"{BASE}/Observation?patient=7", ("combo-code",)),
        (f"{BASE}/Observation?combo-code=a&_count=20", ("patient",)),
        (f"{BASE}/Observation", ("patient", "combo-code")),
        (f"{BASE}/Observation?_count=20", ("patient", "combo-code")),
        (f"{BASE}/Observation/_search", ()),  # a POST whose parameters the server does not repeat
        ("Observation?patient=7&combo-code=a", ()),
    ],
)
def test_a_parameter_missing_in_the_self_link_was_dropped(self_link: str | None, dropped: tuple[str, ...]) -> None:
    search = Search(resource_type="Observation", parameters=(("patient", "7"), ("combo-code", "s|a")))
    assert search.dropped(self_link) == dropped
