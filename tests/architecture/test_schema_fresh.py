"""What is generated from the mappings and their models is committed as generated."""

from __future__ import annotations

from fhir_adapter.definitions.folder import default_root
from fhir_adapter.definitions.generate import generated_texts


def test_schemas_and_unit_factors_are_as_generated() -> None:
    """Run `python -m fhir_adapter.definitions.generate` if this fails; review what changed."""
    stale = [
        path.name
        for path, text in generated_texts(default_root().path).items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    assert stale == []


def test_no_schema_is_left_over() -> None:
    root = default_root().path
    written = {path for path in generated_texts(root) if path.parent.name == "schema"}
    assert set((root / "schema").glob("*")) == written
