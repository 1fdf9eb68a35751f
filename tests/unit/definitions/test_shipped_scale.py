"""CTCAE 5.0 as it is shipped: every case of the table, what each term is, and its catalogue."""

from __future__ import annotations

from functools import cache

import pytest

from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load_scale import available_scales, load_catalogue, load_scale
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.toxicity.catalogue import Catalogue
from fhir_adapter.domain.toxicity.scale import Scale
from tests.ctcae_cases import cases, term_of, traits, traits_table


@cache
def scale() -> Scale:
    return load_scale(mapping_roots(), "ctcae-v5")


@cache
def catalogue() -> Catalogue:
    return load_catalogue(mapping_roots(), "ctcae-v5")


def names_of(concept: str) -> set[str]:
    return {term.name for term in scale().terms_of(ConceptId(concept))}


@pytest.mark.parametrize("name", sorted({case.term for case in cases()}))
def test_every_case_of_the_table_has_the_grade_written_by_hand(name: str) -> None:
    own = [case for case in cases() if case.term == name]
    assert [(case.line, case.graded(term_of(scale(), case))) for case in own] == [
        (case.line, case.expected) for case in own
    ]


def test_every_term_that_a_number_grades_has_cases() -> None:
    assert {term.name for term in scale().terms if term.rules} <= {case.term for case in cases()}


def test_every_term_is_what_the_table_of_terms_says() -> None:
    assert tuple(traits(term) for term in scale().terms) == traits_table()


def test_exactly_the_terms_of_the_clinical_review_are_hematologic() -> None:
    """Everything else holds a second infusion back, thrombotic microangiopathy among it."""
    assert {term.name for term in scale().terms if term.hematologic} == {
        "Anemia",
        "Bone marrow hypocellular",
        "CD4 lymphocytes decreased",
        "Eosinophilia",
        "Febrile neutropenia",
        "Hemoglobin increased",
        "Leukocytosis",
        "Lymphocyte count decreased",
        "Lymphocyte count increased",
        "Neutrophil count decreased",
        "Platelet count decreased",
        "White blood cell decreased",
    }


def test_a_result_is_graded_under_both_directions_but_not_under_what_a_person_opens() -> None:
    assert names_of("sodium") == {"Hyponatremia", "Hypernatremia"}
    assert names_of("leukocytes") == {"White blood cell decreased", "Leukocytosis"}
    assert names_of("body-temperature") == {"Fever", "Hypothermia"}
    assert names_of("neutrophils") == {"Neutrophil count decreased"}
    assert names_of("bilirubin-total") == {"Blood bilirubin increased"}
    assert names_of("hemoglobin") == {"Anemia", "Hemoglobin increased"}
    assert names_of("egfr-schwartz") == set()
    assert names_of("nothing") == set()


def test_the_catalogue_has_all_terms_and_the_code_of_cytokine_release_syndrome_is_that_of_the_workbook() -> None:
    assert len(catalogue().terms) == 837
    crs = catalogue().term(" cytokine RELEASE syndrome ")
    assert crs is not None
    assert crs.meddra == "10052015"
    assert catalogue().coded("10052015") is crs


def test_the_catalogue_leaves_out_grades_a_term_does_not_have() -> None:
    growth = catalogue().term("Growth accelerated")
    assert growth is not None
    assert growth.wording == {2: ">= +2 SD (standard deviation) above mid parental height or target height"}
    assert catalogue().term("Graft versus host disease") is None
    assert catalogue().coded("1") is None


def test_the_scale_names_itself() -> None:
    assert (scale().id, scale().title, scale().version) == ("ctcae-v5", "CTCAE 5.0", "5.0")
    assert available_scales(mapping_roots()) == ("ctcae-v5",)
