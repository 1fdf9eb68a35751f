"""A person judges safety: what is refused, what is kept, and how a judgement is corrected."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import pytest

from fhir_adapter.domain.review import ItemKind, ItemState, ReviewItem
from fhir_adapter.errors import DecisionRefusedError
from fhir_adapter.sync.decide import DecideRequest, decide_many, short_answer, show_item
from tests.guarded_ward import P1, administered, alt, copied, decide, guard, sick
from tests.study import patient
from tests.ward import Ward

GRADE_3 = {"grade": "3", "associated": "yes"}
EVENT = {"serious": "no", "relatedness": "unlikely"}
COUNTS = {"replaced": "no"}
DIED = {"cause": "infection", "relatedness": "not-related"}


def ended() -> Ward:
    """The child died; the syndrome was judged, everything else waits."""
    return copied(_ended())


@cache
def _ended() -> Ward:
    ward = sick()
    decide(ward, ward.item(ItemKind.SYNDROME), grade="3", associated="no")
    ward.give(patient("p1", version="2", deceasedDateTime="2026-03-15"))
    ward.sync()
    return ward


ASKED = {
    ItemKind.SYNDROME: (sick, GRADE_3),
    ItemKind.ADVERSE_EVENT: (sick, EVENT),
    ItemKind.CAUSE_OF_DEATH: (ended, DIED),
    ItemKind.EVALUABILITY: (ended, COUNTS),
}


def waiting(kind: ItemKind) -> tuple[Ward, ReviewItem, dict[str, str]]:
    """A ward with an open item of a kind, and an answer that fits."""
    make, answer = ASKED[kind]
    ward = make()
    return ward, ward.item(kind), answer


def refused(ward: Ward, item: ReviewItem, match: str, *, by: str = "weber", **values: str) -> None:
    before = repr(ward.memory_store.memory)
    with pytest.raises(DecisionRefusedError, match=match):
        decide(ward, item, by=by, **values)
    assert repr(ward.memory_store.memory) == before, "a refused judgement leaves no trace"


@pytest.mark.parametrize("kind", ASKED)
class TestEveryKind:
    def test_an_answer_is_kept_with_name_time_and_what_was_seen(self, kind: ItemKind) -> None:
        ward, item, answer = waiting(kind)
        decide(ward, item, **answer)
        decision = ward.store.records.decisions(P1)[-1]
        assert (decision.item, decision.values, decision.by, decision.seen) == (
            item.id,
            answer,
            "weber",
            item.digest,
        )
        assert show_item(ward.desk, item.id).item.state is ItemState.DECIDED
        assert ward.store.records.audit_entries(P1)[-1].action == f"decide-{kind.value}"

    def test_another_answer_later_corrects_it_and_both_stay_on_record(self, kind: ItemKind) -> None:
        ward, item, answer = waiting(kind)
        decide(ward, item, **answer)
        ward.wait(hours=1)
        decide(ward, item, by="lang", **answer)
        assert [each.by for each in ward.store.records.decisions(P1) if each.item == item.id] == ["weber", "lang"]
        assert ward.items(kind) == []
        assert show_item(ward.desk, item.id).item.state is ItemState.DECIDED

    def test_only_investigators_judge(self, kind: ItemKind) -> None:
        ward, item, answer = waiting(kind)
        for by in ("kurz", "guest"):
            refused(ward, item, "it takes one of: investigator, pi", by=by, **answer)

    def test_a_field_it_does_not_have_is_refused_by_naming_those_it_has(self, kind: ItemKind) -> None:
        ward, item, answer = waiting(kind)
        refused(ward, item, "unknown field verdict; allowed: .*=", **answer, verdict="accepted")
        refused(ward, item, "unknown field date", **answer, date="2026-03-15")


@pytest.mark.parametrize("kind", [ItemKind.SYNDROME, ItemKind.ADVERSE_EVENT, ItemKind.CAUSE_OF_DEATH])
@pytest.mark.parametrize("accept", [True, False])
def test_accept_and_reject_say_too_little_and_the_refusal_says_how_to_answer(kind: ItemKind, accept: bool) -> None:
    ward, item, _ = waiting(kind)
    with pytest.raises(DecisionRefusedError, match="review decide ITEM --set FIELD=VALUE") as refusal:
        short_answer(ward.desk, item.id, accept=accept)
    for field in ASKED[kind][1]:
        assert f"{field}=" in str(refusal.value)


def test_who_counts_may_be_answered_by_accept_and_reject() -> None:
    ward, item, _ = waiting(ItemKind.EVALUABILITY)
    assert short_answer(ward.desk, item.id, accept=True) == {"replaced": "yes"}
    assert short_answer(ward.desk, item.id, accept=False) == {"replaced": "no"}


def test_a_judgement_without_its_grade_is_refused() -> None:
    ward = sick()
    refused(ward, ward.item(ItemKind.SYNDROME), "grade is needed", associated="yes")


class TestCorrection:
    def test_the_later_judgement_of_a_syndrome_holds(self) -> None:
        ward = sick()
        item = ward.item(ItemKind.SYNDROME)
        decide(ward, item, grade="3", associated="yes")
        assert guard(ward).dose_limiting.dose_limiting is True
        decide(ward, item, grade="2", associated="yes")
        assert guard(ward).dose_limiting.dose_limiting is False
        decide(ward, item, grade="3", associated="yes")
        assert guard(ward).dose_limiting.dose_limiting is True

    def test_it_holds_over_a_later_run_and_another_derivation(self) -> None:
        ward = sick()
        item = ward.item(ItemKind.SYNDROME)
        decide(ward, item, grade="3", associated="yes")
        decide(ward, item, grade="3", associated="no")
        ward.sync()
        ward.derive(everyone=True)
        assert guard(ward).dose_limiting.dose_limiting is False
        assert ward.items(ItemKind.SYNDROME) == []

    def test_looked_at_between_the_two_the_first_one_held(self) -> None:
        ward = sick()
        item = ward.item(ItemKind.SYNDROME)
        decide(ward, item, grade="3", associated="yes")
        between = ward.clock.now() + timedelta(minutes=30)
        ward.wait(hours=1)
        decide(ward, item, grade="3", associated="no")
        ward.derive(everyone=True, as_of=between)
        assert guard(ward).dose_limiting.dose_limiting is True

    def test_the_later_judgement_of_an_event_holds(self) -> None:
        ward = sick()
        item = ward.item(ItemKind.ADVERSE_EVENT)
        decide(ward, item, **EVENT)
        decide(ward, item, serious="yes", relatedness="related", criteria="important")
        (event,) = (each for each in guard(ward).events if each.judgement is not None)
        assert (event.judgement and event.judgement.serious) is True

    def test_a_question_that_was_replaced_is_not_corrected(self) -> None:
        ward = sick()
        item = ward.item(ItemKind.SYNDROME)
        ward.give(administered("epinephrine", "03-14T10", "03-14T11"))
        ward.sync()
        refused(ward, item, "the item is replaced", **GRADE_3)

    def test_a_verdict_on_eligibility_is_not_corrected_so(self) -> None:
        ward = sick()
        (item,) = ward.items(ItemKind.ELIGIBILITY, open_only=False)
        refused(ward, item, "the item is decided", verdict="rejected")


def test_many_judgements_at_once_are_all_checked_before_the_first_is_saved() -> None:
    ward = sick()
    good = DecideRequest(item=ward.item(ItemKind.SYNDROME).id, values=GRADE_3, by="weber", reason="seen")
    bad = DecideRequest(
        item=ward.item(ItemKind.ADVERSE_EVENT).id, values={"serious": "no"}, by="weber", reason="x"
    )
    before = repr(ward.memory_store.memory)
    with pytest.raises(DecisionRefusedError, match="row 2: relatedness is needed"):
        decide_many(ward.desk, [good, bad])
    assert repr(ward.memory_store.memory) == before


def test_a_judgement_on_an_event_a_correction_took_away_is_kept_with_its_history() -> None:
    ward = sick()
    decide(ward, ward.item(ItemKind.ADVERSE_EVENT), **EVENT)
    ward.give(alt("30", "03-15T08", version="2"))
    ward.sync()
    (event,) = (each for each in guard(ward).events if each.judgement is not None)
    assert event.state == "DISSOLVED"
