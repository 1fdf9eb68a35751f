from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.operators import Coded
from fhir_adapter.domain.queries import OnConflict
from tests.builders import finding
from tests.scenes import ask, days, query, verdict

DETECTED, NOT_DETECTED, UNCLEAR = ConceptId("detected"), ConceptId("not-detected"), ConceptId("indeterminate")


def rna(**more: Any) -> Coded:
    """Hepatitis C RNA is detected."""
    sides = {"met": (DETECTED,), "not_met": (NOT_DETECTED,), "unconfirmed": (UNCLEAR,), **more}
    return Coded(query=query("hcv-rna", window=days(30)), label="HCV RNA", **sides)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("detected", "MET"),
        ("not-detected", "NOT_MET"),
        ("indeterminate", "NEEDS_ATTESTATION"),
        ("specimen-lost", "UNMAPPED"),
        ("", "UNMAPPED"),
    ],
)
def test_each_answer_has_its_side(answer: str, expected: str) -> None:
    assert verdict(ask(rna(), finding("hcv-rna", answer=answer))) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", "NOT_MET"),
        ("0.0", "NOT_MET"),
        ("1", "MET"),
        ("<20", "NOT_MET"),
        ("<=20", "NOT_MET"),
        (">0", "MET"),
        (">=0", "CENSORED"),
        (">=1", "MET"),
        (">1000000", "MET"),
        ("-1", "CENSORED"),
        ("1E+99", "UNMAPPED"),
    ],
)
def test_a_quantity_means_detected_or_not(value: str, expected: str) -> None:
    assert verdict(ask(rna(by_limit=True), finding("hcv-rna", value, "[IU]/mL"))) == expected


def test_an_inverted_statement_reads_quantities_the_other_way_round() -> None:
    node = rna(by_limit=True, met=(NOT_DETECTED,), not_met=(DETECTED,))
    assert verdict(ask(node, finding("hcv-rna", "<20", "[IU]/mL"))) == "MET"


def test_a_quantity_that_was_not_asked_for_is_unmapped() -> None:
    assert verdict(ask(rna(), finding("hcv-rna", "0", "[IU]/mL"))) == "UNMAPPED"
    assert verdict(ask(rna(), finding("hcv-rna", answer="detected", reported=True))) == "UNMAPPED"


def test_the_interpretation_speaks_where_the_value_does_not() -> None:
    positive = finding("hcv-rna", "5", "[arb'U]/mL", interpretation=(DETECTED,))
    assert verdict(ask(rna(), positive)) == "MET"


def test_a_value_and_an_interpretation_that_contradict_each_other_conflict() -> None:
    result = finding("hcv-rna", answer="not-detected", interpretation=(DETECTED,))
    answer = ask(rna(), result)
    assert verdict(answer) == "CONFLICTING"
    assert answer.notes == ("the value and its interpretation contradict each other",)


def test_an_answer_to_be_confirmed_outweighs_a_plain_one_beside_it() -> None:
    result = finding("hcv-rna", answer="detected", interpretation=(UNCLEAR,))
    assert verdict(ask(rna(), result)) == "NEEDS_ATTESTATION"


def test_same_day_answers_on_both_sides_conflict() -> None:
    given = finding("hcv-rna", answer="detected"), finding("hcv-rna", answer="not-detected")
    assert verdict(ask(rna(), *given)) == "CONFLICTING"
    assert verdict(ask(rna(on_conflict=OnConflict.WORST), *given)) == "NOT_MET"


def test_an_unmapped_answer_of_the_same_day_leaves_it_open() -> None:
    given = finding("hcv-rna", answer="detected"), finding("hcv-rna", answer="lost")
    assert verdict(ask(rna(), *given)) == "UNMAPPED"


def test_the_mapped_answer_stands_beside_the_one_as_written() -> None:
    [evidence] = ask(rna(), finding("hcv-rna", answer="detected")).evidence
    assert evidence.reported is not None
    assert evidence.standard is not None
    assert (evidence.reported.value, evidence.standard.value) == ("LA-detected", "detected")
