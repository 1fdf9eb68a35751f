"""Two thousand mutants: the same facts, a change of a hand-written table, a rejection, or an exclusion."""

from __future__ import annotations

import pytest

from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.r4.context import PageContext, ReadingContext
from fhir_adapter.r4.read import read_resource
from tests.robustness.influence import EXCLUDING, is_named, touches, unexplained_changes
from tests.robustness.mutants import Mutant, Workshop, write
from tests.scenarios.reading import definitions_for, reading_context

SEED = 20260311
COUNT = 2000
LEAST_VALID = 0.7
PAGE = PageContext()


@pytest.fixture(scope="module")
def mutants() -> list[Mutant]:
    return list(Workshop(SEED).mutants(COUNT))


@pytest.fixture(scope="module")
def context() -> ReadingContext:
    return reading_context(definitions_for("nct07256210"))


def test_most_mutants_are_still_json(mutants: list[Mutant]) -> None:
    valid = sum(mutant.touched is not None for mutant in mutants)
    assert len(mutants) == COUNT
    assert valid >= LEAST_VALID * COUNT


def test_every_mutant_ends_in_exactly_one_way(mutants: list[Mutant], context: ReadingContext) -> None:
    wrong = [mutant.name for mutant in mutants if not is_accounted_for(read_resource(mutant.raw, context, PAGE))]
    assert wrong == []


def is_accounted_for(reading: Reading) -> bool:
    """Mapped, rejected with reason and path, or excluded by a rule; never two of them, never none."""
    if reading.excluded_by is not None:
        return reading.facts == () and reading.rejections == ()
    return bool(reading.facts or reading.rejections) and all(each.path for each in reading.rejections)


def test_what_is_no_json_gives_no_fact(mutants: list[Mutant], context: ReadingContext) -> None:
    broken = [mutant for mutant in mutants if mutant.touched is None]
    assert [mutant.name for mutant in broken if read_resource(mutant.raw, context, PAGE).facts] == []


def test_no_fact_changes_unless_an_element_it_rests_on_was_touched(
    mutants: list[Mutant], context: ReadingContext
) -> None:
    """Above all: no mutant gives another value unless value, unit, comparator or code were touched."""
    found = []
    for mutant, before, after in pairs(mutants, context):
        facts = {fact.path: fact for fact in after.facts}
        for fact in before.facts:
            if fact.path in facts:
                changes = unexplained_changes(fact, facts[fact.path], mutant.touched or ())
                found += [(mutant.name, change) for change in changes]
    assert found == []


def pairs(mutants: list[Mutant], context: ReadingContext) -> list[tuple[Mutant, Reading, Reading]]:
    """Mutants that are still resources of their type, with the readings before and after."""
    return [
        (mutant, read_resource(write(mutant.base), context, PAGE), read_resource(mutant.raw, context, PAGE))
        for mutant in mutants
        if mutant.touched is not None and not touches(mutant.touched, "resourceType")
    ]


def test_no_fact_appears_unless_what_stood_against_it_was_touched(
    mutants: list[Mutant], context: ReadingContext
) -> None:
    found = []
    for mutant, before, after in pairs(mutants, context):
        known = {fact.path for fact in before.facts}
        new = [fact for fact in after.facts if fact.path not in known]
        if new and not any(touches(mutant.touched or (), name) for name in barriers(before, new)):
            found.append((mutant.name, [fact.path for fact in new]))
    assert found == []


def barriers(before: Reading, new: list[Fact]) -> list[str]:
    """Name the elements that stood against facts: of the rejections, of the rule, and their own."""
    named = [each.path.split(".")[1].partition("[")[0] for each in before.rejections if "." in each.path]
    named += [f"{name}[x]" for name in named]
    if before.excluded_by is not None:
        named += EXCLUDING[before.excluded_by]
    return named + [each.path.split(".")[1].partition("[")[0] for each in new if "." in each.path] + ["value[x]"]


def test_nothing_is_left_out_unless_the_rules_element_was_touched(
    mutants: list[Mutant], context: ReadingContext
) -> None:
    found = []
    for mutant, before, after in pairs(mutants, context):
        rule = after.excluded_by
        if rule not in {None, before.excluded_by} and not any(
            touches(mutant.touched or (), name) for name in EXCLUDING[rule]
        ):
            found.append((mutant.name, rule))
    assert found == []


def test_a_rejection_names_the_element_that_was_touched(mutants: list[Mutant], context: ReadingContext) -> None:
    found = []
    for mutant, before, after in pairs(mutants, context):
        known = {each.path for each in before.rejections}
        new = [each for each in after.rejections if each.path not in known]
        found += [(mutant.name, each.path, each.detail) for each in new if not is_about(each.path, mutant)]
    assert found == []


def is_about(path: str, mutant: Mutant) -> bool:
    """Say whether a FHIRPath leads to something that was touched.

    The resource itself leads to everything; a value is also refused where another code asks for another unit.
    """
    resource_type, _, rest = path.partition(".")
    if not rest:
        return resource_type in {"Resource", mutant.base["resourceType"]}
    name = rest.split(".")[0].partition("[")[0]
    named = {name, f"{name}[x]", *({"code"} if name == "value" else ())}
    return any(is_named(str(touched[0]), each) for touched in mutant.touched or () for each in named)


def test_no_rejection_repeats_what_the_hospital_wrote(mutants: list[Mutant], context: ReadingContext) -> None:
    """Details are a closed list of words: whatever is garbled into a resource never comes out again."""
    words = {each.detail for mutant in mutants for each in read_resource(mutant.raw, context, PAGE).rejections}
    assert [word for word in words if len(word) > 40 or not word.isascii()] == []


def test_reading_does_not_depend_on_what_was_read_before(mutants: list[Mutant], context: ReadingContext) -> None:
    """The reader remembers elements it has seen; a reader that has seen nothing must say the same."""
    definitions = definitions_for("nct07256210")
    found = [
        mutant.name
        for mutant in mutants
        if read_resource(mutant.raw, context, PAGE)
        != read_resource(mutant.raw, reading_context(definitions), PAGE)
    ]
    assert found == []
