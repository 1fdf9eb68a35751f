"""What rows of a table of results are read by, from the terminology and one scale; no hospital, no trial.

Knows: which files say it. Does not know: tables, grades.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fhir_adapter.definitions.compile_terminology import compile_vocabulary
from fhir_adapter.definitions.compile_units import compile_units
from fhir_adapter.definitions.file_set import load_terminology_files
from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load_scale import load_catalogue, load_scale
from fhir_adapter.definitions.unit_spelling import compile_unit_spellings, load_unit_spellings
from fhir_adapter.domain.toxicity.lab_table import LabTable

LOINC: Final = "http://loinc.org"


def load_lab_table(scale: str, overlays: Sequence[Path] = ()) -> LabTable:
    """Load everything rows are read and graded by.

    Args:
        scale: Id of the scale: the name of its file in terminology/.
        overlays: 0..*; folders laid over the adapter's own mappings.

    Returns:
        The scale with its codes, unit rules and spellings of units.

    Raises:
        UsageError: There is no such scale or folder.
        DefinitionError: A file is wrong.
    """
    roots = mapping_roots(overlays)
    compiled = load_scale(roots, scale)
    files = load_terminology_files(roots)
    rules = compile_units(files)
    vocabulary = compile_vocabulary(files, rules)
    return LabTable(
        scale=compiled,
        codes={code: meaning for (system, code), meaning in vocabulary.meanings.items() if system == LOINC},
        rules=rules,
        concept_rules={
            concept: tuple(rules[name] for name in sorted(named)) for concept, named in vocabulary.rules.items()
        },
        spellings=compile_unit_spellings(load_unit_spellings(files.folder)),
        catalogue=frozenset(term.name.casefold() for term in load_catalogue(roots, scale).terms),
    )
