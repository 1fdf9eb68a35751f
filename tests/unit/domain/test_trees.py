from __future__ import annotations

from fhir_adapter.domain.operators import (
    Age,
    Agree,
    AllOf,
    AnyOf,
    Attestable,
    Attested,
    FirstAvailable,
    Not,
    Sex,
    When,
)
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.trees import walk


def test_every_statement_of_a_tree_is_visited_once_outermost_first() -> None:
    age, sex, attested = Age(at_least=1), Sex(is_="female"), Attested(link_id="I4")
    rule = Attestable(rule=age, by=attested, on=(UnknownReason.MISSING,))
    when = When(condition=sex, then=Not(of=age), otherwise=AnyOf(of=(age,)))
    tree = AllOf(of=(when, Agree(of=(rule,)), FirstAvailable(of=(sex,))))
    assert [type(node).__name__ for node in walk(tree)] == [
        "AllOf", "When", "Sex", "Not", "Age", "AnyOf", "Age", "Agree", "Attestable", "Age", "Attested",
        "FirstAvailable", "Sex",
    ]  # fmt: skip
