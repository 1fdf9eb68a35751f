"""Every change of a number, operator, branch, unit or input of CTCAE 5.0 changes the grade of some case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError

from fhir_adapter.definitions.compile_scale import compile_scale
from fhir_adapter.definitions.file_scale import FamilyRow, ScaleFile, TermRow
from fhir_adapter.definitions.folder import TERMINOLOGY, mapping_roots
from fhir_adapter.definitions.load_scale import load_scale_file
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.definitions.yaml_text import plain
from fhir_adapter.domain.toxicity.scale import Term
from fhir_adapter.errors import DefinitionError
from tests.ctcae_cases import Case, cases, traits, traits_table
from tests.mutation.scale_mutants import condition_mutants, family_mutants, term_mutants

EXPLAINED = {
    "* 1.1.1.at_least.* x baseline>reference": "beside an abnormal baseline the reference is the baseline",
    "Hypoxia spo2 2.0.1:dropped": "at rest the same saturation is grade 3",
    "Urine output decreased urine-output 3.0.1.below.mL/d:240-1": "a day's volume below 240 mL is grade 4",
}
"""Mutant (with `*`) -> why no case can notice it."""


@cache
def scale_file() -> Typed[ScaleFile]:
    return load_scale_file(mapping_roots().folder(TERMINOLOGY), "ctcae-v5")


@cache
def rows() -> dict[str, Any]:
    written: dict[str, Any] = plain(scale_file().document.root)
    return written


def compiled(term: TermRow, families: list[FamilyRow]) -> Term:
    file = scale_file()
    model = file.model.model_copy(update={"terms": [term], "families": families})
    return compile_scale(Typed(file.document, model)).terms[0]


def cases_of(place: int) -> list[Case]:
    row = scale_file().model.terms[place]
    first = next(each for each in scale_file().model.terms if each.name == row.name)
    return [
        case
        for case in cases()
        if case.term == row.name and (case.concept in row.concepts or (case.concept is None and row is first))
    ]


def is_noticed(term: Term, own: Sequence[Case], expected_traits: str) -> bool:
    return traits(term) != expected_traits or any(case.graded(term) != case.expected for case in own)


def survivors_of_term(place: int) -> Iterator[str]:
    own, expected = cases_of(place), traits_table()[place]
    for name, changed in term_mutants(rows()["terms"][place]):
        try:
            term = compiled(TermRow.model_validate(changed), scale_file().model.families)
        except (DefinitionError, ValidationError):
            continue
        if not is_noticed(term, own, expected):
            yield f"{changed['name']} {'+'.join(changed.get('concepts', []))} {name}"


def survivors_of_family(place: int) -> Iterator[str]:
    model = scale_file().model
    users = [number for number, row in enumerate(model.terms) if model.families[place].id in row.families]
    for name, changed in family_mutants(rows()["families"][place]):
        try:
            families = [*model.families]
            families[place] = FamilyRow.model_validate(changed)
            terms = [(number, compiled(model.terms[number], families)) for number in users]
        except (DefinitionError, ValidationError):
            continue
        if not any(is_noticed(term, cases_of(number), traits_table()[number]) for number, term in terms):
            yield f"family {changed['id']} {name}"


@pytest.mark.slow
def test_no_change_of_the_scale_goes_unnoticed() -> None:
    model = scale_file().model
    survivors = [name for place in range(len(model.terms)) for name in survivors_of_term(place)]
    survivors += [name for place in range(len(model.families)) for name in survivors_of_family(place)]
    unexplained = [one for one in survivors if not any(fnmatchcase(one, pattern) for pattern in EXPLAINED)]
    stale = [pattern for pattern in EXPLAINED if not any(fnmatchcase(one, pattern) for one in survivors)]
    assert (unexplained, stale) == ([], [])


def test_a_condition_is_changed_in_every_part() -> None:
    assert [name for name, _ in condition_mutants({"above": "3.0 x uln"})] == [
        "above>at_least",
        "above.3.0 x uln-1",
        "above.3.0 x uln+1",
        "above.3.0 x uln>baseline",
    ]
    assert [name for name, _ in condition_mutants({"below": {"g/dL": "8.0"}})] == [
        "below>at_most",
        "below.g/dL:dropped",
        "below.g/dL:8.0-1",
        "below.g/dL:8.0+1",
    ]
    assert [name for name, _ in condition_mutants({"input": "symptoms", "is": "false"})] == [
        "is:flipped",
    ]


def test_a_family_loses_each_unit_and_each_factor_is_stepped() -> None:
    family = {"printed": "g/dL", "units": {"g/dL": "1", "g/L": "1/10"}}
    changed = {name: row["units"].get("g/L") for name, row in family_mutants(family)}
    assert changed == {"g/L:dropped": None, "g/L:1/10-1": "1/9", "g/L:1/10+1": "1/11"}
