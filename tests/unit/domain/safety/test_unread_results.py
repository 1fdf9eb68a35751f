"""What could not be read since the first infusion is no sign that nothing happened.

Infusion 1 began on 13 March at 11:00, the moment asked about is 30 March at 11:00.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.reactions import Reaction
from fhir_adapter.domain.safety.unread_results import list_unread
from fhir_adapter.domain.source import RejectionReason
from fhir_adapter.domain.toxicity.scale import Term
from tests.builders import ZONE, during, refused
from tests.graded import INFUSION_1, INFUSION_2, alt, platelets
from tests.scenes import timeline
from tests.small_scale import ALT, SCALE

SINCE = "2026-03-20T08:00"


def unread(*facts: Fact | Reading, terms: tuple[Term, ...] = SCALE.terms, **given: Any) -> tuple[Reaction, ...]:
    hematologic = {term.name for term in terms if term.hematologic}
    values: dict[str, Any] = {"since": INFUSION_1, "as_of": INFUSION_2, "zone": ZONE, **given}
    return list_unread(timeline(*facts), terms, lambda name: name in hematologic, **values)


def one(*facts: Fact | Reading, **given: Any) -> Reaction:
    (reaction,) = unread(*facts, **given)
    return reaction


def alt_term(**changes: Any) -> Term:
    term = SCALE.term(ALT)
    assert term is not None
    return replace(term, **changes)


def test_what_can_be_graded_is_graded_elsewhere() -> None:
    assert unread(alt("800", SINCE)) == ()
    assert unread() == ()


def test_a_result_without_a_usable_unit_may_be_as_bad_as_its_term_can_be() -> None:
    reaction = one(refused(RejectionReason.MISSING_UNIT, "alt", at=SINCE, id_="x"))
    assert (reaction.lowest, reaction.highest, reaction.reason) == (0, 4, UnknownReason.UNIT_UNUSABLE)
    assert reaction.name == (
        "Observation/x (Alanine aminotransferase increased), which cannot be graded: "
        "Observation not readable: MISSING_UNIT"
    )
    assert reaction.wanted == (
        "Alanine aminotransferase increased: a result that can be read in place of Observation/x"
    )
    assert [each.reference for each in reaction.evidence] == ["Observation/x"]


@pytest.mark.parametrize(
    ("detail", "reason"), [("masked", UnknownReason.HIDDEN), ("unknown", UnknownReason.MISSING)]
)
def test_a_value_that_is_withheld_or_unknown_was_measured(detail: str, reason: UnknownReason) -> None:
    assert one(refused(RejectionReason.VALUE_ABSENT, "alt", at=SINCE, detail=detail)).reason is reason


def test_what_was_not_measured_or_is_of_somebody_else_hides_nothing() -> None:
    assert unread(refused(RejectionReason.VALUE_ABSENT, "alt", at=SINCE, detail="not-performed")) == ()
    assert unread(refused(RejectionReason.WRONG_PATIENT, "alt", at=SINCE)) == ()


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        ("2026-03-13T10:59", False),
        ("2026-03-13T11:00", True),
        ("2026-03-13", True),
        ("2026-03-12", False),
        ("2026-03-30T11:00", True),
        ("2026-03-30T11:01", False),
        ("2026-03", True),
        (None, True),
    ],
)
def test_it_counts_where_it_may_lie_between_the_infusion_and_now(at: str | None, counts: bool) -> None:
    assert bool(unread(refused(RejectionReason.MISSING_UNIT, "alt", at=at))) is counts


def test_before_the_first_infusion_nothing_has_followed_it() -> None:
    assert unread(refused(RejectionReason.MISSING_UNIT, "alt", at=SINCE), since=None) == ()


def test_two_contents_that_contest_each_other_are_one_open_result() -> None:
    severe, mild = alt("800", SINCE, contested=True, id_="x"), alt("30", SINCE, contested=True, id_="x")
    reaction = one(severe, replace(mild, source=replace(mild.source, version="other")))
    assert (reaction.reason, reaction.highest) == (UnknownReason.CONFLICTING, 4)
    assert "two contents contest each other" in reaction.name


@pytest.mark.parametrize("at", [None, "2026-03"])
def test_a_result_without_a_day_may_be_one_of_the_days_since(at: str | None) -> None:
    reaction = one(replace(alt("800", SINCE), effective=during(at)))
    assert reaction.reason is UnknownReason.PARTIAL_DATE
    assert "its day is not known" in reaction.name


def test_a_result_of_a_month_before_the_infusion_is_no_reaction() -> None:
    assert unread(replace(alt("800", SINCE), effective=during("2026-02"))) == ()


def test_what_is_not_final_never_decides_and_leaves_nothing_open() -> None:
    assert unread(alt("800", SINCE, status="preliminary", contested=True)) == ()


def test_hematologic_terms_are_left_out() -> None:
    assert unread(refused(RejectionReason.MISSING_UNIT, "platelets", at=SINCE)) == ()
    assert unread(platelets("5", SINCE, contested=True)) == ()


def test_terms_no_number_opens_are_asked_for_elsewhere() -> None:
    lost = refused(RejectionReason.MISSING_UNIT, "alt", at=SINCE)
    by_age = next((term.age for term in SCALE.terms if term.age is not None), object())
    for changes in ({"rules": ()}, {"by_person": True}, {"age": by_age}):
        assert unread(lost, terms=(alt_term(**changes),)) == ()


def test_of_several_terms_the_worst_counts() -> None:
    low = alt_term(name="Low", rules=alt_term().rules[-1:])
    for terms in ((low, alt_term()), (alt_term(), low)):
        assert one(refused(RejectionReason.MISSING_UNIT, "alt", at=SINCE), terms=terms).highest == 4


def test_they_stand_in_the_order_of_their_references_and_a_panel_by_its_worst_part() -> None:
    first = refused(RejectionReason.MISSING_UNIT, "body-temperature", at=SINCE, id_="a")
    panel = refused(RejectionReason.INVALID_RESOURCE, "body-temperature", "alt", at=SINCE, id_="b")
    found = unread(panel, first)
    assert [each.name.partition(" ")[0] for each in found] == ["Observation/a", "Observation/b"]
    assert [each.highest for each in found] == [3, 4]
