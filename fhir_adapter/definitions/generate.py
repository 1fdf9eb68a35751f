"""Writes what is generated from the mappings and their models: JSON Schemas and exact unit factors.

Knows: where generated files stand. Does not know: who runs it (`make generate`; a test compares).
"""

from __future__ import annotations

from pathlib import Path

from fhir_adapter.definitions.compile_units import factors_text
from fhir_adapter.definitions.file_set import FACTORS_FILE, load_terminology_files
from fhir_adapter.definitions.folder import TERMINOLOGY, Root, Roots, default_root
from fhir_adapter.definitions.schema import schema_texts


def generated_texts(root: Path) -> dict[Path, str]:
    """Write every generated file of a mappings folder afresh, in memory.

    Args:
        root: A folder with the layout of mappings/.

    Returns:
        Path -> text it should hold.

    Raises:
        DefinitionError: A definition is wrong.
    """
    terminology = load_terminology_files(Roots((Root(root, root.name),)))
    texts = {root / "schema" / name: text for name, text in schema_texts().items()}
    texts[root / TERMINOLOGY / FACTORS_FILE] = factors_text(terminology)
    return texts


def main() -> None:
    """Write the generated files of the adapter's own mappings."""
    for path, text in generated_texts(default_root().path).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
