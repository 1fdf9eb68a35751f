"""The donor: facts that rank and never gate; cells and graft from one person. Day 0 is 25 March 2026."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.dosing.course import Course, DayZero
from fhir_adapter.domain.dosing.donor import (
    derive_donor,
    find_donor_reference,
    find_same_donor,
    is_same_donor,
)
from fhir_adapter.domain.dosing.records import DonorFact
from fhir_adapter.domain.exposure import CellProduct, Exposure
from fhir_adapter.domain.facts import Fact
from fhir_adapter.domain.queries import UnknownReason
from fhir_adapter.domain.regimen import DonorFactRule, DonorRule, Regimen
from tests.builders import ZONE, attestation, exposure, finding, patient, reading, source
from tests.courses import CELLS, DAY_ZERO, GRAFT, a_course, a_regimen, stated
from tests.scenes import timeline

LATER = datetime(2026, 4, 2, 12, 0, tzinfo=ZONE)

SHOWN = DonorRule(
    type_link="donor-type",
    same_donor_link="nk-donor-is-graft-donor",
    shown=(
        DonorFactRule(
            id="cmv-serology", title="CMV serology", link_id="donor-cmv", concepts=(ConceptId("cmv-igg"),)
        ),
        DonorFactRule(id="sex", title="Sex", link_id="donor-sex", is_gender=True),
        DonorFactRule(id="blood-group", title="Blood group", concepts=(ConceptId("blood-group"),)),
        DonorFactRule(id="kir-ligand-mismatch", title="KIR-ligand mismatch", link_id="kir-ligand-mismatch"),
    ),
)
PLAN: Regimen = a_regimen(donor=SHOWN)


def bag(name: str, donor: str | None, **more: Any) -> CellProduct:
    """A product collected from somebody."""
    return CellProduct(**{
        "source": source("BiologicallyDerivedProduct", name),
        "path": "BiologicallyDerivedProduct.collection",
        "reference": f"BiologicallyDerivedProduct/{name}",
        "concepts": (),
        "codings": (),
        "donor": donor,
        **more,
    })


def out_of(concept: str, at: str | None, *names: str, **more: Any) -> Exposure:
    """Something given out of these products."""
    supporting = tuple(f"BiologicallyDerivedProduct/{name}" for name in names)
    return exposure(concept, at, **{"supporting": supporting, "id_": f"given-{'-'.join(names)}-{at}", **more})


def treated(*facts: Fact, said: tuple[Any, ...] = (), day_zero: date | None = DAY_ZERO) -> Course:
    """A course after the graft."""
    return a_course(
        *(reading(fact, at=fact.source) for fact in facts),
        as_of=LATER,
        regimen=PLAN,
        said=(*stated(), *said),
        day_zero=day_zero,
    )


NK = out_of(CELLS, "2026-03-13T10:00", "nk")
STEM = out_of(GRAFT, "2026-03-25T10:00", "stem")
OF_MOTHER = bag("nk", "Patient/mother")
GRAFT_OF_MOTHER = bag("stem", "Patient/mother")


def facts_of(course: Course, *donors: Fact) -> dict[str, DonorFact]:
    own = timeline(*donors) if donors else None
    return {each.id: each for each in derive_donor(course, own)}


def words(fact: DonorFact) -> str | None:
    return fact.reason.value if fact.reason is not None else fact.value


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((NK, OF_MOTHER, STEM, GRAFT_OF_MOTHER), True),
        ((NK, OF_MOTHER, STEM, bag("stem", "Patient/father")), False),
        ((NK, OF_MOTHER), None),
        ((STEM, GRAFT_OF_MOTHER), None),
        ((NK, bag("nk", None), STEM, GRAFT_OF_MOTHER), None),
        ((NK, bag("nk", "Patient/father", contested=True), STEM, GRAFT_OF_MOTHER), None),
        ((NK, STEM, GRAFT_OF_MOTHER), None),
        (
            (NK, OF_MOTHER, out_of(CELLS, "2026-03-30T10:00", "nk-2"), bag("nk-2", "Patient/father")),
            False,  # the cells themselves are of two donors
        ),
        ((NK, OF_MOTHER, STEM, GRAFT_OF_MOTHER, out_of(CELLS, "2026-03-30T10:00", "nk")), True),
        # an earlier transplant from another donor, a boost later
        ((NK, OF_MOTHER, out_of(GRAFT, "2025-01-10T10:00", "stem"), bag("stem", "Patient/father")), None),
        ((NK, OF_MOTHER, out_of(GRAFT, "2026-03-26T10:00", "stem"), bag("stem", "Patient/father")), None),
        # cells of an earlier therapy
        ((out_of(CELLS, "2025-01-10T10:00", "nk"), bag("nk", "Patient/father"), STEM, GRAFT_OF_MOTHER), None),
        ((out_of(CELLS, "2026-03-10T23:59", "nk"), bag("nk", "Patient/father"), STEM, GRAFT_OF_MOTHER), None),
        ((out_of(CELLS, "2026-03-11T00:00", "nk"), bag("nk", "Patient/father"), STEM, GRAFT_OF_MOTHER), False),
        # two grafts of two donors, no cells yet
        ((STEM, GRAFT_OF_MOTHER, out_of(GRAFT, "2026-03-25T12:00", "b"), bag("b", "Patient/father")), None),
        ((out_of(CELLS, None, "nk"), bag("nk", "Patient/father"), STEM, GRAFT_OF_MOTHER), False),
        ((out_of(CELLS, "2026-03-13", "nk", status="not-done"), OF_MOTHER, STEM, GRAFT_OF_MOTHER), None),
        ((out_of(CELLS, "2026-03-13", "nk", contested=True), OF_MOTHER, STEM, GRAFT_OF_MOTHER), None),
    ],
)
def test_products_say_whether_cells_and_graft_are_of_one_donor(
    facts: tuple[Fact, ...], expected: bool | None
) -> None:
    assert is_same_donor(treated(*facts)) is expected


def says(value: bool, by: str = "dr-weber") -> Any:
    return attestation("nk-donor-is-graft-donor", value, by=by)


@pytest.mark.parametrize(
    ("facts", "said", "expected"),
    [
        ((), (), "NEEDS_ATTESTATION"),
        ((), (says(True),), "yes"),
        ((), (says(False),), "no"),
        ((), (says(True), says(False, "dr-lang")), "CONFLICTING"),
        ((NK, OF_MOTHER, STEM, GRAFT_OF_MOTHER), (says(False),), "no"),
        ((NK, OF_MOTHER, STEM, bag("stem", "Patient/father")), (says(True),), "no"),
        ((NK, OF_MOTHER, STEM, GRAFT_OF_MOTHER), (says(True), says(False, "dr-lang")), "yes"),
        ((NK, OF_MOTHER), (says(True),), "yes"),
    ],
)
def test_whoever_says_another_donor_flags_it(
    facts: tuple[Fact, ...], said: tuple[Any, ...], expected: str
) -> None:
    assert words(facts_of(treated(*facts, said=said))["nk-donor-is-graft-donor"]) == expected


def test_a_statement_that_is_no_yes_or_no_says_nothing() -> None:
    odd = attestation("nk-donor-is-graft-donor", "perhaps")
    assert find_same_donor(treated(said=(odd,))).reason is UnknownReason.NEEDS_ATTESTATION


def test_the_products_are_the_evidence() -> None:
    same = find_same_donor(treated(NK, OF_MOTHER, STEM, GRAFT_OF_MOTHER))
    assert [(each.reference, each.note) for each in same.evidence] == [
        ("BiologicallyDerivedProduct/nk", "collected from Patient/mother"),
        ("BiologicallyDerivedProduct/stem", "collected from Patient/mother"),
    ]
    assert find_same_donor(treated(NK, OF_MOTHER)).evidence == ()
    unstamped = bag("nk", "Patient/mother", source=source("BiologicallyDerivedProduct", "nk", updated=None))
    assert find_same_donor(treated(NK, unstamped, STEM, GRAFT_OF_MOTHER)).evidence[0].last_updated is None


def test_before_day_zero_is_known_nothing_is_a_graft_of_this_treatment() -> None:
    course = treated(NK, OF_MOTHER, STEM, GRAFT_OF_MOTHER, day_zero=None)
    assert course.day_zero == DayZero(day=None)
    assert is_same_donor(course) is None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((NK, OF_MOTHER), "Patient/mother"),
        ((NK, bag("nk", None)), None),
        ((STEM, GRAFT_OF_MOTHER), None),
        ((NK, OF_MOTHER, out_of(CELLS, "2026-03-30T10:00", "b"), bag("b", "Patient/father")), None),
        ((), None),
    ],
)
def test_the_donor_is_whom_the_cells_were_collected_from(facts: tuple[Fact, ...], expected: str | None) -> None:
    assert find_donor_reference(treated(*facts).timeline, PLAN) == expected


def test_every_fact_is_listed_although_nothing_is_known() -> None:
    found = facts_of(treated())
    assert {name: words(fact) for name, fact in found.items()} == {
        "donor-type": "haploidentical",
        "cmv-serology": "NEEDS_ATTESTATION",
        "sex": "NEEDS_ATTESTATION",
        "blood-group": "MISSING",
        "kir-ligand-mismatch": "NEEDS_ATTESTATION",
        "nk-donor-is-graft-donor": "NEEDS_ATTESTATION",
    }


@pytest.mark.parametrize(("value", "expected"), [(True, "yes"), (False, "no")])
def test_a_mismatch_is_stated(value: bool, expected: str) -> None:
    found = facts_of(treated(said=(attestation("kir-ligand-mismatch", value),)))
    assert words(found["kir-ligand-mismatch"]) == expected


CMV_POSITIVE = attestation("donor-cmv", "positive")


@pytest.mark.parametrize(
    ("said", "own", "expected"),
    [
        ((CMV_POSITIVE,), (), "positive"),
        ((CMV_POSITIVE,), (finding("cmv-igg", answer="detected"),), "positive"),
        ((CMV_POSITIVE,), (finding("cmv-igg", answer="not-detected"),), "CONFLICTING"),
        ((CMV_POSITIVE,), (finding("cmv-igg", answer=""),), "positive"),  # not to be compared
        ((CMV_POSITIVE, attestation("donor-cmv", "negative", by="dr-lang")), (), "CONFLICTING"),
        ((), (finding("cmv-igg", answer="detected"),), "positive"),
        ((), (finding("cmv-igg", answer="not-detected"),), "negative"),
        ((), (finding("cmv-igg", answer="indeterminate"),), "indeterminate"),
        ((), (finding("cmv-igg", "12", "[IU]/mL", interpretation=(ConceptId("detected"),)),), "positive"),
        ((), (finding("cmv-igg", answer="detected", status="preliminary"),), "NEEDS_ATTESTATION"),
        ((), (finding("cmv-igg", answer="detected", at="2026-04-02T12:00"),), "positive"),
        ((), (finding("cmv-igg", answer="detected", at="2026-04-02T12:01"),), "NEEDS_ATTESTATION"),
        ((), (finding("cmv-igg", answer="detected", contested=True),), "CONFLICTING"),
        (
            (),
            (finding("cmv-igg", answer="detected", at="2025-01-01"), finding("cmv-igg", answer="not-detected")),
            "negative",  # the latest
        ),
        ((), (finding("cmv-igg", answer="detected"), finding("cmv-igg", answer="not-detected")), "CONFLICTING"),
        (
            (),
            (finding("cmv-igg", answer="detected", at=None), finding("cmv-igg", answer="not-detected")),
            "negative",
        ),
        ((), (finding("cmv-igg", answer="detected", at=None),), "positive"),
    ],
)
def test_a_statement_comes_before_the_record_and_a_contradiction_is_shown(
    said: tuple[Any, ...], own: tuple[Fact, ...], expected: str
) -> None:
    assert words(facts_of(treated(said=said), *own)["cmv-serology"]) == expected


@pytest.mark.parametrize(
    ("said", "own", "expected"),
    [
        ((), patient(sex="female"), "female"),
        ((), patient(sex="other"), "NEEDS_ATTESTATION"),
        ((attestation("donor-sex", "male"),), patient(sex="female"), "CONFLICTING"),
        ((attestation("donor-sex", "female"),), patient(sex="female"), "female"),
        ((), finding("height", "170", "cm"), "NEEDS_ATTESTATION"),  # no Patient was read
    ],
)
def test_the_sex_is_stated_or_the_donors_own(said: tuple[Any, ...], own: Fact, expected: str) -> None:
    assert words(facts_of(treated(said=said), own)["sex"]) == expected


def test_a_record_in_its_own_words_is_shown_as_written() -> None:
    assert words(facts_of(treated(), finding("blood-group", answer=""))["blood-group"]) == "LA-"


def test_evidence_on_the_donor_is_marked_as_the_donors() -> None:
    found = facts_of(treated(said=(CMV_POSITIVE,)), finding("cmv-igg", answer="detected"))["cmv-serology"]
    assert [each.role for each in found.evidence] == ["attestation", "donor"]
