"""What hospital reports mean, and what is due of them, is data; what it names must exist and be there once."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_adapter.definitions.compile_reporting import compile_reporting, event_terms
from fhir_adapter.definitions.compile_terminology import compile_vocabulary
from fhir_adapter.definitions.compile_units import compile_units
from fhir_adapter.definitions.file_reporting import ReportingPart
from fhir_adapter.definitions.file_set import load_terminology_files
from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.rule_scope import RuleScope
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.definitions.yaml_text import Block, Document
from fhir_adapter.domain.queries import Window, WindowUnit
from fhir_adapter.domain.safety_model.event_records import SpecialInterest
from fhir_adapter.domain.safety_model.reporting_rule import ReportedKind, ReportWhen, SyndromeKind
from fhir_adapter.domain.safety_model.syndrome_records import Syndrome
from fhir_adapter.domain.toxicity.catalogue import Catalogue, CatalogueTerm
from fhir_adapter.errors import DefinitionError
from tests.scenarios.reading import definitions_for

PART: dict[str, Any] = {
    "system": "https://trial.example/adverse-events",
    "term_systems": ["https://www.meddra.org", "urn:oid:2.16.840.1.113883.6.163"],
    "overlap_days": "2",
    "look_back_days": "14",
    "death": "Death",
    "kinds": [
        {"name": "GVHD", "concepts": ["gvhd"], "scale": "MAGIC", "special": "gvhd", "source": "invented"},
        {"name": "Fever", "terms": ["Pyrexia"], "from_problems": "false", "source": "invented"},
    ],
    "syndromes": [{"syndrome": "CRS", "concepts": ["crs"], "terms": ["CRS"], "source": "invented"}],
    "hematologic": ["Anemia"],
    "related": ["related"],
    "fatal": ["death"],
    "reports": [
        {
            "id": "sae",
            "title": "SAE",
            "when": "serious",
            "within": "24 h",
            "who": ["pi"],
            "source": "invented",
        }
    ],
    "source": "invented",
}


@pytest.fixture(scope="module")
def scope() -> RuleScope:
    files = load_terminology_files(mapping_roots())
    unit_rules = compile_units(files)
    empty = Typed(Document("safety.yaml", Block({}, 1, {})), ReportingPart.model_validate(PART))
    return RuleScope(empty, compile_vocabulary(files, unit_rules), unit_rules, {})


def test_a_section_compiles_to_the_rule(scope: RuleScope) -> None:
    rule = compile_reporting(scope, ReportingPart.model_validate(PART))
    assert rule.kinds == (
        ReportedKind(name="GVHD", concepts=("gvhd",), scale="MAGIC", special=SpecialInterest.GVHD),  # type: ignore[arg-type]
        ReportedKind(name="Fever", terms=frozenset({"Pyrexia"}), from_problems=False),
    )
    assert rule.syndromes == (
        SyndromeKind(syndrome=Syndrome.CRS, concepts=("crs",), terms=frozenset({"CRS"})),  # type: ignore[arg-type]
    )
    assert [(each.id, each.when, each.within, each.who) for each in rule.reports] == [
        ("sae", ReportWhen.SERIOUS, Window(24, WindowUnit.HOUR), ("pi",))
    ]
    assert (rule.overlap_days, rule.look_back_days, rule.death) == (2, 14, "Death")
    assert rule.hematologic == frozenset({"Anemia"})
    assert (rule.related, rule.fatal) == (frozenset({"related"}), frozenset({"death"}))
    assert {"gvhd", "crs"} <= scope.needed
    assert {"AdverseEvent", "Condition", "Patient"} <= set(scope.resource_types)


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("kinds", [PART["kinds"][0], {**PART["kinds"][1], "name": "gvhd"}], "name gvhd is there twice"),
        ("hematologic", ["Anemia", "anemia"], "term anemia is there twice"),
        ("death", "fever", "name fever is there twice"),
        ("reports", [*PART["reports"], *PART["reports"]], "report sae is there twice"),
        ("syndromes", [*PART["syndromes"], *PART["syndromes"]], "syndrome CRS is there twice"),
        ("kinds", [{**PART["kinds"][0], "concepts": ["gout"]}], "no value set gout"),
        ("syndromes", [{**PART["syndromes"][0], "concepts": ["gout"]}], "no value set gout"),
    ],
)
def test_what_is_named_must_exist_and_be_there_once(scope: RuleScope, key: str, value: Any, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        compile_reporting(scope, ReportingPart.model_validate({**PART, key: value}))


def test_every_term_of_the_catalogue_is_known_in_every_system_named(scope: RuleScope) -> None:
    rule = compile_reporting(scope, ReportingPart.model_validate(PART))
    terms = (CatalogueTerm(name="Sepsis", meddra="10040047", soc="Infections", wording={}),)
    assert event_terms(Catalogue(scale="x", terms=terms), rule) == {
        ("https://www.meddra.org", "10040047"): "Sepsis",
        ("urn:oid:2.16.840.1.113883.6.163", "10040047"): "Sepsis",
    }


def test_the_shipped_events_of_special_interest_are_coded_by_nci() -> None:
    rule = definitions_for("nct07256210").trial.safety
    assert rule is not None
    codes = {
        "Sinusoidal obstruction syndrome": "10063675",
        "Hemolytic uremic syndrome": "10019515",
        "Thrombotic thrombocytopenic purpura": "10043648",
        "Infusion related reaction": "10051792",
        "Sepsis": "10040047",
        "Febrile neutropenia": "10016288",
        "Seizure": "10039906",
        "Cytokine release syndrome": "10052015",
    }
    found = {name: rule.catalogue.term(name) for name in codes}
    assert {name: term.meddra for name, term in found.items() if term is not None} == codes
    kinds = {kind.name for kind in rule.reporting.kinds}
    named = {name for kind in rule.reporting.kinds for name in kind.terms}
    assert kinds | named == (set(codes) - {"Cytokine release syndrome"}) | {
        "Graft-versus-host disease",
        "Thrombotic microangiopathy",
    }
    assert rule.reporting.syndrome_of((), ("Cytokine release syndrome",)) is Syndrome.CRS


def test_the_shipped_hematologic_terms_are_those_of_the_scale_and_of_the_catalogue() -> None:
    rule = definitions_for("nct07256210").trial.safety
    assert rule is not None
    graded = {term.name for term in rule.scale.terms if term.hematologic}
    assert graded <= rule.reporting.hematologic
    assert not {term.name for term in rule.scale.terms if not term.hematologic} & rule.reporting.hematologic
    assert all(rule.catalogue.term(name) is not None for name in rule.reporting.hematologic)


def test_the_shipped_times_are_24_hours_7_and_15_days() -> None:
    rule = definitions_for("nct07256210").trial.safety
    assert rule is not None
    assert [(each.id, each.when, each.within) for each in rule.reporting.reports] == [
        ("sae-sponsor", ReportWhen.SERIOUS, Window(24, WindowUnit.HOUR)),
        ("susar-fatal", ReportWhen.UNEXPECTED_RELATED_FATAL, Window(7, WindowUnit.DAY)),
        ("susar", ReportWhen.UNEXPECTED_RELATED, Window(15, WindowUnit.DAY)),
    ]
