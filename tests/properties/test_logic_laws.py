"""Kleene's laws, and what follows for trees of statements."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_adapter.domain.answers import PRECEDENCE, Cause, unknown
from fhir_adapter.domain.logic import Truth, all_of, any_of, negate
from fhir_adapter.domain.operators import Agree, AllOf, AnyOf, Attested, Node, Not, When
from fhir_adapter.domain.queries import UnknownReason
from tests.builders import attestation
from tests.scenes import ask

truths = st.sampled_from(Truth)
several = st.lists(truths, max_size=6)
ORDER = {Truth.NOT_MET: 0, Truth.UNKNOWN: 1, Truth.MET: 2}


@given(several)
def test_all_of_is_the_least_and_any_of_the_greatest(given_truths: list[Truth]) -> None:
    ranks = [ORDER[truth] for truth in given_truths]
    assert ORDER[all_of(given_truths)] == min(ranks, default=2)
    assert ORDER[any_of(given_truths)] == max(ranks, default=0)


@given(several)
def test_de_morgan(given_truths: list[Truth]) -> None:
    assert negate(all_of(given_truths)) is any_of(negate(truth) for truth in given_truths)
    assert negate(any_of(given_truths)) is all_of(negate(truth) for truth in given_truths)


@given(truths)
def test_double_negation(truth: Truth) -> None:
    assert negate(negate(truth)) is truth


@given(several, several)
def test_grouping_does_not_matter(left: list[Truth], right: list[Truth]) -> None:
    assert all_of([all_of(left), all_of(right)]) is all_of(left + right)
    assert any_of([any_of(left), any_of(right)]) is any_of(left + right)


LINKS = [f"leaf-{number}" for number in range(5)]
leaves = st.sampled_from(LINKS).map(lambda link: Attested(link_id=link))


def _branch(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    of = st.lists(children, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        of.map(lambda each: AllOf(of=each)),
        of.map(lambda each: AnyOf(of=each)),
        of.map(lambda each: Agree(of=each)),
        children.map(lambda each: Not(of=each)),
        st.tuples(children, children, children).map(
            lambda each: When(condition=each[0], then=each[1], otherwise=each[2])
        ),
    )


trees: st.SearchStrategy[Node] = st.recursive(leaves, _branch, max_leaves=12)
statements = st.dictionaries(st.sampled_from(LINKS), st.booleans())


@settings(max_examples=50, deadline=None)
@given(trees, statements, st.sampled_from(LINKS))
def test_one_leaf_less_never_gives_the_opposite(tree: Node, said: dict[str, bool], lost: str) -> None:
    known = ask(tree, *(attestation(link, value) for link, value in said.items()))
    less = ask(tree, *(attestation(link, value) for link, value in said.items() if link != lost))
    assert {known.truth, less.truth} != {Truth.MET, Truth.NOT_MET}


@settings(max_examples=50, deadline=None)
@given(trees, statements)
def test_unknown_answers_have_reason_and_next_fact_and_decided_ones_neither(
    tree: Node, said: dict[str, bool]
) -> None:
    answer = ask(tree, *(attestation(link, value) for link, value in said.items()))
    is_unknown = answer.truth is Truth.UNKNOWN
    assert (answer.reason is not None) is (answer.next_fact is not None) is is_unknown


@given(st.lists(st.sampled_from(UnknownReason), min_size=1, max_size=8))
def test_the_weightiest_reason_is_chosen_and_every_other_is_a_part(reasons: list[UnknownReason]) -> None:
    answer = unknown(Node(label="x"), [Cause(reason=reason) for reason in reasons])
    assert answer.reason is min(reasons, key=lambda reason: PRECEDENCE[reason])
    if len(set(reasons)) > 1:
        assert {part.reason for part in answer.parts} == set(reasons)
        assert answer.parts[0].next_fact == answer.next_fact
