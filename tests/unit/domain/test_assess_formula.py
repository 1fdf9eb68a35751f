from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_adapter.domain.assess_formula import _shown
from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.intervals import Interval
from fhir_adapter.domain.operators import Formula, FormulaId
from fhir_adapter.domain.quantity import Quantity
from fhir_adapter.domain.source import RejectionReason
from tests.builders import finding, patient, refused
from tests.scenes import ask, causes, days, limit, query, verdict

GFR = "mL/min/{1.73_m2}"
CHILD, MAN, WOMAN = patient("2018-05-20", "male"), patient("2003-06-15", "male"), patient("2003-06-15", "female")


def schwartz(**more: Any) -> Formula:
    inputs = {"creatinine": query("creatinine", window=days(14)), "height": query("body-height", window=days(90))}
    kept = {"formula": FormulaId.BEDSIDE_SCHWARTZ, "inputs": inputs, "limit": limit(">= 50", GFR), **more}
    return Formula(**kept)


def clearance(**more: Any) -> Formula:
    inputs = {name: query(f"body-{name}", window=days(90)) for name in ("weight", "height")}
    inputs["clearance"] = query("clearance", window=days(14))
    return schwartz(formula=FormulaId.INDEXED_CLEARANCE, inputs=inputs, **more)


def creatinine(value: str, unit: str = "mg/dL", **more: Any) -> Fact:
    return finding("creatinine", value, unit, **more)


def height(value: str = "100", unit: str = "cm", **more: Any) -> Fact:
    return finding("body-height", value, unit, **more)


def weight(value: str, **more: Any) -> Fact:
    return finding("body-weight", value, "kg", **more)


def outcome(*given: Fact | Reading, node: Formula | None = None, who: Fact = CHILD) -> str:
    return verdict(ask(node or schwartz(), who, *given))


@pytest.mark.parametrize(("value", "expected"), [("0.825", "MET"), ("0.826", "MET"), ("0.827", "NOT_MET")])
def test_schwartz_at_its_limit(value: str, expected: str) -> None:
    assert outcome(creatinine(value), height()) == expected  # 0.413 x 100 / 0.826 = 50


@pytest.mark.parametrize(("value", "expected"), [("73", "MET"), ("73.1", "NOT_MET")])
def test_molar_creatinine_uses_the_molar_factor(value: str, expected: str) -> None:
    standard = Quantity(Decimal(value) / Decimal("88.4"), "mg/dL")
    assert outcome(creatinine(value, "umol/L", standard=standard), height()) == expected  # 36.5 x 100 / 73 = 50


def test_another_molar_unit_is_taken_as_standardised() -> None:
    reported = creatinine("0.073", "mmol/L", standard=Quantity(Decimal("0.8257"), "mg/dL"))
    assert outcome(reported, height()) == "MET"


def test_the_computation_and_every_input_are_shown() -> None:
    answer = ask(schwartz(), CHILD, creatinine("0.4"), height())
    [computation] = answer.computations
    assert (computation.formula, computation.result.value, computation.result.unit) == (
        "bedside-schwartz",
        "103.25",
        GFR,
    )
    assert [(name, amount.value) for name, amount in computation.inputs] == [
        ("creatinine", "0.4"),
        ("height", "100"),
    ]
    assert [each.role for each in answer.evidence] == ["height", "creatinine"]


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("2025-03-10", "NEEDS_ATTESTATION"),  # below 1 year
        ("2025-03-09", "MET"),
        ("2008-03-10", "MET"),
        ("2008-03-09", "NEEDS_ATTESTATION"),  # 18 years
        ("2008", "PARTIAL_DATE"),
        ("2010", "MET"),
        (None, "MISSING"),
    ],
)
def test_schwartz_is_valid_from_one_to_below_eighteen(born: str | None, expected: str) -> None:
    assert outcome(creatinine("0.4"), height(), who=patient(born)) == expected


def test_without_date_of_birth_that_is_what_is_asked_for() -> None:
    assert ask(schwartz(), patient(None), creatinine("0.4"), height()).next_fact == "date of birth"


def test_each_missing_input_is_a_cause_named_in_words() -> None:
    answer = ask(schwartz(), CHILD, creatinine("0.4"))
    assert (verdict(answer), answer.next_fact) == ("MISSING", "body height")
    assert causes(ask(schwartz(), CHILD, creatinine("0.4", at="2025-01-01"))) == {"STALE", "MISSING"}


def test_an_input_without_query_is_missing() -> None:
    node = schwartz(inputs={"creatinine": query("creatinine")})
    assert outcome(creatinine("0.4"), node=node) == "MISSING"


def test_a_gap_beside_an_input_stands_in_the_way() -> None:
    gap = refused(RejectionReason.UNKNOWN_UNIT, "creatinine")
    assert outcome(creatinine("0.4"), height(), gap) == "UNIT_UNUSABLE"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((creatinine("0.4", "g/L"), height()), "UNIT_UNUSABLE"),
        ((creatinine("0"), height()), "UNMAPPED"),
        ((creatinine("-0.4"), height()), "UNMAPPED"),
        ((creatinine("1E+99"), height()), "UNMAPPED"),
        ((creatinine("0.4"), height("1.00", "m")), "UNIT_UNUSABLE"),
        ((finding("creatinine", answer="high"), height()), "UNIT_UNUSABLE"),
    ],
)
def test_inputs_that_cannot_be_computed_with(given: tuple[Fact, ...], expected: str) -> None:
    assert outcome(*given) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("<0.8", "MET"), ("<=0.826", "MET"), ("<0.9", "CENSORED"), (">0.8", "CENSORED"), (">0.826", "NOT_MET")],
)
def test_a_censored_creatinine_decides_where_every_possible_value_does(value: str, expected: str) -> None:
    assert outcome(creatinine(value), height()) == expected


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ((creatinine("<0.5"), height()), (">", "82.6")),
        ((creatinine("<=0.5"), height()), (">=", "82.6")),
        ((creatinine(">0.5"), height()), ("<", "82.6")),
        ((creatinine(">=0.5"), height()), ("<=", "82.6")),
        ((creatinine("<0.5"), height("<100")), (">", "0")),
    ],
)
def test_a_censored_result_is_shown_with_its_comparator(given: tuple[Fact, ...], shown: tuple[str, str]) -> None:
    result = ask(schwartz(), CHILD, *given).computations[0].result
    assert (result.comparator, result.value.rstrip("0").rstrip(".") or "0") == shown


def test_same_day_inputs_that_give_both_sides_conflict() -> None:
    assert outcome(creatinine("0.4"), creatinine("2.0"), height()) == "CONFLICTING"
    assert outcome(creatinine("0.4"), creatinine("0.5"), creatinine("0.6"), height()) == "MET"
    assert outcome(creatinine("0.4"), creatinine("<2.0"), height()) == "CENSORED"


def test_a_limit_in_another_unit_than_the_formula_gives_is_unusable() -> None:
    assert outcome(creatinine("0.4"), height(), node=schwartz(limit=limit(">= 50", "mL/min"))) == "UNIT_UNUSABLE"


class TestClearance:
    def test_a_measured_clearance_is_indexed(self) -> None:
        # BSA of 60 cm and 15 kg by Mosteller is 0.5 m2: 14.45 x 1.73 / 0.5 = 49.997; 14.46 gives 50.03
        body = (weight("15"), height("60"))
        assert outcome(finding("clearance", "14.46", "mL/min"), *body, node=clearance()) == "MET"
        assert outcome(finding("clearance", "14.45", "mL/min"), *body, node=clearance()) == "NOT_MET"

    def test_the_limit_is_exact_where_the_root_is(self) -> None:
        # BSA of 100 cm and 62.2816 kg is sqrt(1.7300444...); chosen so that 100 x 36 kg gives exactly 1 m2
        measured = Quantity(Decimal(50) / Decimal("1.73"), "mL/min")
        given = finding("clearance", "28.9", "mL/min", standard=measured, reported=measured)
        assert outcome(given, weight("36"), height("100"), node=clearance()) == "MET"

    def test_an_indexed_clearance_needs_no_body(self) -> None:
        assert outcome(finding("clearance", "50", GFR), node=clearance()) == "MET"
        assert outcome(finding("clearance", "49.9", GFR), node=clearance()) == "NOT_MET"
        assert outcome(finding("clearance", "49.9", "mL/min"), node=clearance()) == "MISSING"

    def test_the_body_surface_is_a_computation_of_its_own(self) -> None:
        answer = ask(clearance(), finding("clearance", "20", "mL/min"), weight("15"), height("60"))
        assert [(each.formula, each.result.value, each.result.unit) for each in answer.computations] == [
            ("bsa-mosteller", "0.5", "m2"),
            ("indexed-clearance", "69.2", GFR),
        ]

    def test_indexed_and_not_indexed_results_of_one_day_are_both_judged(self) -> None:
        both = finding("clearance", "60", GFR), finding("clearance", "10", "mL/min")
        assert outcome(*both, weight("15"), height("60"), node=clearance()) == "CONFLICTING"

    def test_a_word_is_no_clearance(self) -> None:
        given = finding("clearance", answer="high"), weight("15"), height("60")
        assert outcome(*given, node=clearance()) == "UNIT_UNUSABLE"

    def test_a_censored_range_is_shown_from_end_to_end(self) -> None:
        given = finding("clearance", "<20", "mL/min"), weight(">=15"), height("60")
        result = ask(clearance(), *given).computations[-1].result
        assert (result.comparator, result.value) == ("<", "69.2")
        given = finding("clearance", ">=20", "mL/min"), weight("<=15"), height("60")
        assert ask(clearance(), *given).computations[-1].result.comparator == ">="

    def test_a_result_between_two_ends_is_shown_with_both(self) -> None:
        bounds = Interval(Decimal("69.2"), Decimal(80))
        assert _shown(bounds, GFR).value == "69.2 to 80"


class TestSupportive:
    ckd = schwartz(formula=FormulaId.CKD_EPI_2021, inputs={"creatinine": query("creatinine")}, limit=None)
    u25 = schwartz(formula=FormulaId.CKID_U25, limit=None)

    def test_a_supportive_value_never_decides(self) -> None:
        answer = ask(self.ckd, MAN, creatinine("0.9"))
        assert verdict(answer) == "NEEDS_ATTESTATION"
        assert answer.computations[0].result.value == "123.84149"  # 142 x 0.9938^22

    def test_sex_changes_it(self) -> None:
        values = [
            ask(self.u25, who, creatinine("0.8"), height("170")).computations[0].result for who in (MAN, WOMAN)
        ]
        assert [each.value.rstrip("0") for each in values] == ["107.95", "87.975"]

    def test_molar_creatinine_is_converted_for_formulas_printed_in_mass_only(self) -> None:
        molar = creatinine("88.4", "umol/L", standard=Quantity(Decimal(1), "mg/dL"))
        [mass, converted] = [
            ask(self.u25, MAN, each, height("170")).computations for each in (creatinine("1"), molar)
        ]
        assert mass[0].result == converted[0].result

    def test_without_inputs_it_says_what_lacks_and_still_needs_a_person(self) -> None:
        answer = ask(self.ckd, MAN)
        assert verdict(answer) == "NEEDS_ATTESTATION"
        assert answer.notes[0].endswith("it does not decide; creatinine is missing")

    @pytest.mark.parametrize("who", [patient("2003-06-15", "other"), patient("2003-06-15", None)])
    def test_without_sex_it_cannot_be_computed(self, who: Fact) -> None:
        assert ask(self.ckd, who, creatinine("0.9")).computations == ()
        deciding = schwartz(formula=FormulaId.CKD_EPI_2021, inputs={"creatinine": query("creatinine")})
        answer = ask(deciding, who, creatinine("0.9"))
        assert (verdict(answer), answer.next_fact) == ("MISSING", "sex")

    def test_below_eighteen_it_is_not_valid(self) -> None:
        assert ask(self.ckd, CHILD, creatinine("0.9")).computations == ()


def test_a_body_surface_can_be_asked_for_by_itself() -> None:
    inputs = {"weight": query("body-weight"), "height": query("body-height")}
    node = schwartz(formula=FormulaId.BSA_MOSTELLER, inputs=inputs, limit=limit(">= 0.5", "m2"))
    assert outcome(weight("15"), height("60"), node=node) == "MET"


def test_an_undated_input_is_partial() -> None:
    node = schwartz(inputs={"creatinine": query("creatinine"), "height": query("body-height")})
    assert outcome(creatinine("0.4", at=None), height(), node=node) == "PARTIAL_DATE"
