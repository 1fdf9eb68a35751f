"""JSON Schemas of the mapping files, so that editors check while somebody types.

Knows: which model reads which file. Does not know: what the loader checks across files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from fhir_adapter.definitions.file_astct import AstctFile
from fhir_adapter.definitions.file_care_plan import CarePlanFile
from fhir_adapter.definitions.file_decisions import DecisionsFile
from fhir_adapter.definitions.file_dosing import DosingFile
from fhir_adapter.definitions.file_escalation import EscalationFile
from fhir_adapter.definitions.file_hospital import ConceptMapFile, HospitalFile
from fhir_adapter.definitions.file_rules import EligibilityFile
from fhir_adapter.definitions.file_safety import SafetyFile
from fhir_adapter.definitions.file_scale import ScaleFile
from fhir_adapter.definitions.file_terminology import CodeSystemsFile, UnitsFile, ValueSetFile
from fhir_adapter.definitions.file_trial import TrialFile
from fhir_adapter.definitions.scalar_text import FileModel
from fhir_adapter.definitions.unit_spelling import UnitSpellingsFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_FILES: Final[Mapping[str, tuple[type[FileModel], bool]]] = {
    "astct": (AstctFile, True),
    "code_systems": (CodeSystemsFile, False),
    "value_set": (ValueSetFile, False),
    "units": (UnitsFile, False),
    "scale": (ScaleFile, False),
    "unit_spellings": (UnitSpellingsFile, False),
    "hospital": (HospitalFile, False),
    "concept_map": (ConceptMapFile, False),
    "decisions": (DecisionsFile, False),
    "trial": (TrialFile, True),
    "eligibility": (EligibilityFile, True),
    "dosing": (DosingFile, True),
    "care_plan": (CarePlanFile, True),
    "escalation": (EscalationFile, True),
    "safety": (SafetyFile, True),
}
"""File -> its model, and whether `{setting: id}` may stand in it."""

_SETTING = {
    "type": "object",
    "title": "Setting",
    "description": "Filled with the value of the setting of this id in trial.yaml.",
    "properties": {"setting": {"type": "string"}},
    "required": ["setting"],
    "additionalProperties": False,
}


def schema_texts() -> dict[str, str]:
    """Write the schema of every kind of mapping file.

    Returns:
        Name of the schema file -> its text.

    >>> sorted(schema_texts())[:2]
    ['astct.schema.json', 'care_plan.schema.json']
    """
    return {f"{name}.schema.json": _text(model, settings=settings) for name, (model, settings) in _FILES.items()}


def _text(model: type[FileModel], *, settings: bool) -> str:
    schema: dict[str, Any] = {"$schema": DIALECT, **model.model_json_schema(by_alias=True)}
    if settings:
        schema = _with_settings(schema)
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _with_settings(schema: dict[str, Any]) -> dict[str, Any]:
    """Let `{setting: id}` stand for every scalar and list but the settings themselves and what names things."""
    parts = schema.get("$defs", {})
    for name, part in parts.items():
        if name == "SettingRow" or "properties" not in part:
            continue
        part["properties"] = {key: _or_setting(key, value, parts) for key, value in part["properties"].items()}
    schema["properties"] = {
        key: _or_setting(key, value, parts) if _is_plain(value) else value
        for key, value in schema["properties"].items()
    }
    parts["Setting"] = _SETTING
    return schema


def _is_plain(value: dict[str, Any]) -> bool:
    """Say whether a key of the file itself holds one value, not a part or a list of its own."""
    return not {"$ref", "items", "additionalProperties"} & set(value)


def _or_setting(key: str, value: dict[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    target = parts.get(str(value.get("$ref", "")).removeprefix("#/$defs/"), value)
    nested = "properties" in target or "oneOf" in target or "oneOf" in target.get("items", {})
    if nested or key in {"id", "text", "source", "part", "label", "next_fact"}:
        return value
    if value.get("type") == "array":
        value = {**value, "items": {"anyOf": [value["items"], {"$ref": "#/$defs/Setting"}]}}
    return {"anyOf": [value, {"$ref": "#/$defs/Setting"}]}
