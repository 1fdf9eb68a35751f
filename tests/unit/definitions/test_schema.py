"""The JSON Schemas say what the models say, and let a setting stand where the loader does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fhir_adapter.definitions.file_rules import OPERATORS
from fhir_adapter.definitions.schema import schema_texts


def schema(name: str) -> Any:
    return json.loads(schema_texts()[f"{name}.schema.json"])


def test_there_is_one_schema_for_every_kind_of_file() -> None:
    assert sorted(schema_texts()) == [
        "astct.schema.json",
        "care_plan.schema.json",
        "code_systems.schema.json",
        "concept_map.schema.json",
        "decisions.schema.json",
        "dosing.schema.json",
        "eligibility.schema.json",
        "escalation.schema.json",
        "hospital.schema.json",
        "safety.schema.json",
        "scale.schema.json",
        "trial.schema.json",
        "unit_spellings.schema.json",
        "units.schema.json",
        "value_set.schema.json",
    ]


@pytest.mark.parametrize("name", [name.removesuffix(".schema.json") for name in schema_texts()])
def test_unknown_keys_are_refused_everywhere(name: str) -> None:
    whole = schema(name)
    parts = [whole, *(part for part in whole["$defs"].values() if "properties" in part)]
    assert all(part["additionalProperties"] is False for part in parts)


def test_every_operator_is_one_choice_of_a_node() -> None:
    rule = schema("eligibility")["$defs"]["CriterionRow"]["properties"]["rule"]
    keys = set()
    for choice in rule["oneOf"]:
        part = schema("eligibility")["$defs"][choice["$ref"].removeprefix("#/$defs/")]
        keys |= set(part["required"])
    assert keys == set(OPERATORS)


def test_a_setting_may_stand_for_a_limit_but_not_for_an_id() -> None:
    parts = schema("eligibility")["$defs"]
    assert {"$ref": "#/$defs/Setting"} in parts["CompareBody"]["properties"]["value"]["anyOf"]
    assert "anyOf" not in parts["CriterionRow"]["properties"]["id"]


def test_a_setting_may_stand_in_a_list() -> None:
    ages = schema("trial")["$defs"]["ParticipationRow"]["properties"]["consent_due_ages"]
    assert {"$ref": "#/$defs/Setting"} in ages["anyOf"][0]["items"]["anyOf"]


def test_a_setting_may_stand_for_an_amount_a_pair_of_days_and_a_key_of_the_file_itself() -> None:
    item = schema("dosing")["$defs"]["ItemRow"]["properties"]
    setting = {"$ref": "#/$defs/Setting"}
    assert setting in item["amount"]["anyOf"]
    assert setting in item["in_window"]["anyOf"]
    assert setting in schema("dosing")["properties"]["implausible"]["anyOf"]
    assert setting in schema("care_plan")["properties"]["last_day"]["anyOf"]
    assert schema("dosing")["properties"]["body"] == {"$ref": "#/$defs/BodyPart"}


def test_a_planned_day_is_a_number_or_a_row() -> None:
    kinds = schema("dosing")["$defs"]["ItemRow"]["properties"]["days"]["items"]["oneOf"]
    assert [kind.get("pattern", kind.get("$ref")) for kind in kinds] == [r"^-?\d+$", "#/$defs/DayRow"]


def test_files_without_settings_know_none() -> None:
    assert "Setting" not in schema("units")["$defs"]
