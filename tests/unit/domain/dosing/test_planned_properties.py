"""What holds of planned doses for any facts whatever."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fhir_adapter.domain.dosing.planned import plan_doses
from fhir_adapter.domain.dosing.records import PlannedDose
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.regimen import Basis
from tests.builders import ZONE, attestation, patient, quantity
from tests.courses import a_course, height, stated, the_items, weight

PER_KG = {item.id for item in the_items() if item.basis in {Basis.KG, Basis.LEVEL}}
BY_WEIGHT = {item.id for item in the_items() if item.basis in {Basis.KG, Basis.LEVEL, Basis.M2}}
PER_AREA = {item.id for item in the_items() if item.basis is Basis.M2}

HOURS = st.integers(min_value=-40 * 24, max_value=40 * 24)
NUMBERS = st.sampled_from(["12", "12.0", "13.2", "13.21", "0", "-3", "NaN", "1E+40", "70", "Infinity"])
SIGNS = st.sampled_from(["", "<", ">="])
STATUSES = st.sampled_from(["final", "final", "preliminary", "amended"])


def _hour(hours: int) -> datetime:
    return datetime(2026, 3, 25, 12, 0, tzinfo=ZONE) + timedelta(hours=hours)


@st.composite
def when(draw: st.DrawFn) -> str | None:
    text = _hour(draw(HOURS)).isoformat()
    return draw(st.sampled_from([text, text, text[:10], text[:7], None]))


@st.composite
def measurement(draw: st.DrawFn) -> Fact:
    is_weight, unit = draw(st.sampled_from([(True, "kg"), (False, "cm"), (True, "[lb_av]")]))
    value = quantity(draw(SIGNS) + "1", unit)
    number = type(value)(Decimal(draw(NUMBERS)), unit, value.comparator)
    return (weight if is_weight else height)(
        "1",
        draw(when()),
        id_=f"m-{draw(st.integers(0, 10**9))}",
        reported=number,
        standard=number,
        status=draw(STATUSES),
        contested=draw(st.sampled_from([False, False, False, True])),
    )


@st.composite
def statement(draw: st.DrawFn) -> Fact:
    said: list[tuple[str, date | Decimal | str]] = [
        ("dose-level", Decimal(2)),
        ("dose-level", Decimal(7)),
        ("dose-level", Decimal("NaN")),
        ("dose-level", "one"),
        ("donor-type", "matched-related"),
        ("conditioning-choice", "tbi"),
        ("conditioning-choice", date(2026, 3, 1)),
    ]
    link, value = draw(st.sampled_from(said))
    author = draw(st.sampled_from(["dr-weber", "dr-lang"]))
    return attestation(link, value, by=author, id_=f"s-{draw(st.integers(0, 10**9))}")


FACTS = st.lists(
    st.one_of(measurement(), measurement(), statement()), max_size=8, unique_by=lambda each: each.source
)
GIVEN = st.dictionaries(
    st.sampled_from([("fludarabine", -14), ("busulfan", -4), ("tocilizumab", -1), ("abatacept", 7)]),
    HOURS.map(_hour),
)


def _planned(facts: list[Fact], hours: int, started: dict[tuple[str, int], datetime]) -> tuple[PlannedDose, ...]:
    return plan_doses(a_course(patient("2024-04-01"), *facts, as_of=_hour(hours)), started)


@given(FACTS, HOURS, GIVEN, st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(
    facts: list[Fact], hours: int, started: dict[tuple[str, int], datetime], shuffler: random.Random
) -> None:
    mixed = list(facts)
    shuffler.shuffle(mixed)
    assert _planned(mixed, hours, started) == _planned(facts, hours, started)


@given(FACTS, HOURS, GIVEN)
def test_no_path_gives_a_dose_without_its_basis(
    facts: list[Fact], hours: int, started: dict[tuple[str, int], datetime]
) -> None:
    for dose in _planned(facts, hours, started):
        roles = {each.role for each in dose.evidence}
        assert (dose.reason is None) == (dose.next_fact is None)
        if dose.item in BY_WEIGHT:
            assert (dose.dose is None) == (dose.reason is not None)
        if dose.dose is not None and dose.item in BY_WEIGHT:
            assert "weight" in roles
            assert dose.weight is not None
            assert dose.weight > 0
            assert dose.calculation
            assert dose.computations
        if dose.dose is not None and dose.item in PER_AREA:
            assert {"weight", "height"} <= roles
            assert dose.area is not None


@given(FACTS, HOURS)
def test_no_fact_of_the_future_changes_a_dose(facts: list[Fact], hours: int) -> None:
    later = _hour(hours) + timedelta(minutes=1)
    more = [
        *facts,
        weight("99", later.isoformat(), id_="later"),
        height("199", later.isoformat(), id_="later-too"),
    ]
    assert _planned(more, hours, {}) == _planned(facts, hours, {})


@given(
    st.decimals(min_value=3, max_value=120, places=3),
    st.integers(min_value=2, max_value=9),
    st.sampled_from([0, 1, 2, 3]),
)
def test_doses_per_kilogram_scale_with_the_weight_exactly(kilograms: Decimal, times: int, level: int) -> None:
    one, many = (
        plan_doses(a_course(weight(str(each)), height("86"), said=stated(level=level, choice="busulfan")), {})
        for each in (kilograms, kilograms * times)
    )
    compared = 0
    for light, heavy in zip(one, many, strict=True):
        if light.item in PER_KG:
            assert light.dose is not None
            assert heavy.dose is not None
            assert heavy.dose.value == light.dose.value * times
            compared += 1
    assert compared == 12


@given(st.decimals(min_value=3, max_value=120, places=2))
def test_both_infusions_together_are_the_level(kilograms: Decimal) -> None:
    doses = plan_doses(a_course(weight(str(kilograms)), said=stated(level=2)), {})
    total = sum((each.dose.value for each in doses if each.item.startswith("nk") and each.dose), Fraction(0))
    assert total == 20 * Fraction(kilograms)
