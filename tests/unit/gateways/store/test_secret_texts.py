"""A text that shows something secret is never taken for one that does not."""

from __future__ import annotations

import json

import pytest

from fhir_adapter.gateways.store.secret_texts import NOBODYS, make_secrets

SECRETS = make_secrets(whole={"12", 'a"b'}, inside={"2012-07-03", "Zoë 💊 Ñ", "x\\y\n1"})


@pytest.mark.parametrize(
    "leaf",
    [
        "Patient/1",
        "see Patient/1",
        "~12ab~",
        "12",
        'a"b',
        "born 2012-07-03 at noon",
        "said Zoë 💊 Ñ again",
        "x\\y\n12",
    ],
)
def test_what_shows_a_secret_is_found_in_the_json_it_is_written_in(leaf: str) -> None:
    assert SECRETS.holds(leaf)
    for document in (leaf, [leaf], {"a": {"b": [1, leaf]}}):
        assert SECRETS.may_stand_in(json.dumps(document))


@pytest.mark.parametrize("leaf", ["112", "12 ", "2012-07", "Zoe", "Practitioner/1", "~x~"])
def test_what_only_looks_alike_is_none(leaf: str) -> None:
    assert not SECRETS.holds(leaf)


def test_a_text_without_any_need_not_be_read() -> None:
    assert not SECRETS.may_stand_in(json.dumps({"reference": "Observation/112", "effective": "2012-08-01"}))


def test_of_nobody_in_particular_references_and_numbers_of_ours_are_secret() -> None:
    assert NOBODYS.holds("Patient/1")
    assert NOBODYS.holds("~1f~")
    assert not NOBODYS.holds("2012-07-03")
    assert not NOBODYS.may_stand_in('{"a":"2012-07-03"}')
