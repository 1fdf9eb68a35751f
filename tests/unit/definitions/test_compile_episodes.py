"""How results become adverse events is data; what it names must exist, once, and fit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_adapter.definitions.compile_episodes import compile_episodes
from fhir_adapter.definitions.compile_terminology import compile_vocabulary
from fhir_adapter.definitions.compile_units import compile_units
from fhir_adapter.definitions.file_episodes import EpisodesPart
from fhir_adapter.definitions.file_set import load_terminology_files
from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load_scale import load_scale
from fhir_adapter.definitions.rule_scope import RuleScope
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.definitions.yaml_text import Block, Document
from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.safety_model.episode_rule import (
    ActionRule,
    CombinationRule,
    CorrectionRule,
    ExpectedRule,
    InputRule,
    RecoveryRule,
    Resolution,
)
from fhir_adapter.domain.toxicity.scale import ClinicalInput, Scale
from fhir_adapter.errors import DefinitionError

PART: dict[str, Any] = {
    "baseline_days": "14",
    "resolution": "grade-0",
    "gap_days": "7",
    "dose_days": "28",
    "action_hours": "6",
    "recoveries": [
        {
            "term": "Platelet count decreased",
            "title": "platelet recovery",
            "limit": "20",
            "unit": "10*9/L",
            "days": "7",
            "every_day": "false",
            "without": ["platelet-transfusion"],
            "source": "invented",
        }
    ],
    "expected": [{"terms": ["Anemia"], "text": "aplasia", "last_day": "28", "source": "invented"}],
    "actions": [
        {
            "title": "red cells",
            "role": "transfusion",
            "concepts": ["red-cell-transfusion"],
            "terms": ["Anemia"],
            "source": "invented",
        }
    ],
    "inputs": [
        {
            "input": "transfusion",
            "concepts": ["red-cell-transfusion"],
            "terms": ["Anemia"],
            "hours": "24",
            "source": "invented",
        }
    ],
    "corrections": [
        {
            "concepts": ["calcium-total"],
            "graded_as": "calcium-corrected",
            "albumin": ["albumin"],
            "hours": "24",
            "lowest": "1",
            "highest": "6",
            "source": "invented",
        }
    ],
    "combinations": [
        {
            "term": "Febrile neutropenia",
            "leading": "body-temperature",
            "beside": "neutrophils",
            "hours": "48",
            "lasting_from": "38.0",
            "lasting_minutes": "60",
            "source": "invented",
        }
    ],
    "source": "invented",
}


@pytest.fixture(scope="module")
def scale() -> Scale:
    return load_scale(mapping_roots(), "ctcae-v5")


@pytest.fixture(scope="module")
def scope() -> RuleScope:
    files = load_terminology_files(mapping_roots())
    unit_rules = compile_units(files)
    empty = Typed(Document("safety.yaml", Block({}, 1, {})), EpisodesPart.model_validate(PART))
    return RuleScope(empty, compile_vocabulary(files, unit_rules), unit_rules, {})


def test_a_section_compiles_to_the_rule(scope: RuleScope, scale: Scale) -> None:
    rule = compile_episodes(scope, EpisodesPart.model_validate(PART), scale)
    assert (rule.baseline_days, rule.gap_days, rule.dose_days, rule.action_hours) == (14, 7, 28, 6)
    assert rule.resolution is Resolution.GRADE_0
    assert rule.recoveries == (
        RecoveryRule(
            term="Platelet count decreased",
            title="platelet recovery",
            limit=Decimal(20),
            unit="10*9/L",
            days=7,
            every_day=False,
            without=(ConceptId("platelet-transfusion"),),
        ),
    )
    assert rule.expected == (ExpectedRule(terms=frozenset({"Anemia"}), text="aplasia", last_day=28),)
    red_cells, anemia = (ConceptId("red-cell-transfusion"),), frozenset({"Anemia"})
    assert rule.actions == (ActionRule(title="red cells", role="transfusion", concepts=red_cells, terms=anemia),)
    assert rule.inputs == (InputRule(input=ClinicalInput.TRANSFUSION, concepts=red_cells, terms=anemia, hours=24),)
    assert rule.corrections == (
        CorrectionRule(
            concepts=(ConceptId("calcium-total"),),
            graded_as=ConceptId("calcium-corrected"),
            albumin=(ConceptId("albumin"),),
            hours=24,
            lowest=Decimal(1),
            highest=Decimal(6),
        ),
    )
    assert rule.combinations == (
        CombinationRule(
            term="Febrile neutropenia",
            leading=ConceptId("body-temperature"),
            beside=ConceptId("neutrophils"),
            hours=48,
            lasting_from=Decimal("38.0"),
            lasting_minutes=60,
        ),
    )


def test_everything_the_scale_grades_is_needed_and_the_types_it_rests_on_are_read(
    scope: RuleScope, scale: Scale
) -> None:
    compile_episodes(scope, EpisodesPart.model_validate(PART), scale)
    assert {"leukocytes", "alt", "calcium-total", "albumin", "platelet-transfusion"} <= scope.needed
    assert {"Observation", "MedicationAdministration", "Procedure"} <= scope.resource_types.keys()


@pytest.mark.parametrize(
    ("section", "change", "problem"),
    [
        ("recoveries", {"term": "Platelets decreased"}, "is no term of CTCAE 5.0"),
        ("recoveries", {"term": "platelet count decreased"}, "is no term of CTCAE 5.0"),
        ("recoveries", {"unit": "/uL"}, "is not measured in /uL"),
        ("recoveries", {"without": ["platelet-bags"]}, "no value set platelet-bags"),
        ("expected", {"terms": ["Anaemia"]}, "Anaemia is no term"),
        ("expected", {"terms": ["Anemia", "Anemia"]}, "Anemia is named twice"),
        ("actions", {"concepts": ["red-cells"]}, "no value set red-cells"),
        ("inputs", {"input": "insulin"}, "Anemia does not ask for insulin"),
        ("corrections", {"graded_as": "albumin-corrected"}, "no value set albumin-corrected"),
        ("corrections", {"graded_as": "body-height"}, "no term grades body-height"),
        ("corrections", {"highest": "1"}, "no more than the lowest"),
        ("combinations", {"term": "Anemia"}, "Anemia does not combine"),
        ("combinations", {"beside": "platelets"}, "does not combine body-temperature and platelets"),
    ],
)
def test_what_does_not_exist_or_does_not_fit_is_refused(
    scope: RuleScope, scale: Scale, section: str, change: dict[str, Any], problem: str
) -> None:
    part = {**PART, section: [{**PART[section][0], **change}]}
    with pytest.raises(DefinitionError, match=problem):
        compile_episodes(scope, EpisodesPart.model_validate(part), scale)


def test_an_input_a_grade_widens_over_may_be_answered(scope: RuleScope, scale: Scale) -> None:
    row = {**PART["inputs"][0], "input": "symptoms", "terms": ["Hypokalemia"]}
    rule = compile_episodes(scope, EpisodesPart.model_validate({**PART, "inputs": [row]}), scale)
    assert rule.inputs[0].input is ClinicalInput.SYMPTOMS
