from __future__ import annotations

from fhir_adapter.domain.spoken import standing
from fhir_adapter.domain.statements import Attestation
from tests.builders import ZONE, attestation
from tests.scenes import AS_OF


def values(*made: Attestation) -> list[object]:
    return [each.value for each in standing(made, "I3", until=AS_OF, zone=ZONE)]


def test_only_statements_under_the_link_count() -> None:
    assert values(attestation("I3"), attestation("I4", False)) == [True]


def test_a_later_statement_of_the_same_author_replaces() -> None:
    assert values(attestation("I3", at="2026-03-09T09:00"), attestation("I3", False)) == [False]


def test_statements_of_different_authors_all_stand() -> None:
    assert values(attestation("I3"), attestation("I3", False, by="dr-lang")) == [True, False]


def test_statements_made_after_the_moment_do_not_count() -> None:
    assert values(attestation("I3", at="2026-03-11T12:01")) == []


def test_superseding_replaces_whoever_wrote_it() -> None:
    first = attestation("I3", id_="one")
    for key in ("one", "Attestation/one"):
        assert values(first, attestation("I3", False, by="dr-lang", supersedes=key)) == [False]


def test_a_replaced_statement_does_not_come_back_when_its_successor_is_superseded() -> None:
    one = attestation("I3", "one", at="2026-03-09T09:00", id_="one")
    two = attestation("I3", "two", at="2026-03-10T09:00", id_="two")
    three = attestation("I3", "three", by="dr-lang", supersedes="two")
    assert values(one, two, three) == ["three"]


def test_statements_of_one_author_that_cannot_be_ordered_both_stand() -> None:
    by_day, by_hour = attestation("I3", at="2026-03-10"), attestation("I3", False, at="2026-03-10T10:00")
    assert values(by_day, by_hour) == [True, False]
