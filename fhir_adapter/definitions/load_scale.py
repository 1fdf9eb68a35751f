"""Reads a toxicity scale and the catalogue of all its terms.

Knows: which files they are. Does not know: what they are used for.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fhir_adapter.definitions.compile_scale import compile_scale
from fhir_adapter.definitions.file_scale import ScaleFile
from fhir_adapter.definitions.folder import TERMINOLOGY, Folder, Roots
from fhir_adapter.definitions.typed_file import Typed, typed
from fhir_adapter.definitions.yaml_text import load_document
from fhir_adapter.domain.toxicity.catalogue import Catalogue, CatalogueTerm
from fhir_adapter.domain.toxicity.scale import Scale
from fhir_adapter.errors import DefinitionError, UsageError

CATALOGUE_ENDING: Final = "-terms.csv"
COLUMNS: Final = ("term", "meddra_code", "soc", "grade1", "grade2", "grade3", "grade4", "grade5")
_FIRST_GRADE = 3
_NO_GRADE = "-"


def load_scale(roots: Roots, scale_id: str) -> Scale:
    """Read and compile a scale.

    Args:
        roots: Where mappings are.
        scale_id: Name of its file under terminology/, for example `ctcae-v5`.

    Returns:
        The scale.

    Raises:
        DefinitionError: The file is wrong.
        UsageError: There is no such scale.
    """
    return compile_scale(load_scale_file(roots.folder(TERMINOLOGY), scale_id))


def available_scales(roots: Roots) -> tuple[str, ...]:
    """List the ids of the scales there are, sorted: a scale is a file with its catalogue of terms beside it."""
    folder = roots.folder(TERMINOLOGY)
    return tuple(name.removesuffix(CATALOGUE_ENDING) for name in folder.files(f"*{CATALOGUE_ENDING}"))


def load_scale_file(folder: Folder, scale_id: str) -> Typed[ScaleFile]:
    """Read a scale's file.

    Args:
        folder: terminology/.
        scale_id: Name of the file.

    Returns:
        The file, typed.

    Raises:
        DefinitionError: The file is wrong, or says it is another scale.
        UsageError: There is no such scale.
    """
    _check_exists(folder, scale_id)
    file = typed(load_document(*folder.file(f"{scale_id}.yaml")), ScaleFile)
    if file.model.id != scale_id:
        raise file.error(("id",), f"id is not the file's name {scale_id}", "rename one of them")
    return file


def load_catalogue(roots: Roots, scale_id: str) -> Catalogue:
    """Read the catalogue of all terms of a scale.

    Args:
        roots: Where mappings are.
        scale_id: Id of the scale.

    Returns:
        Every term with its official wording.

    Raises:
        DefinitionError: The file is not in its form, or has a term or code twice.
        UsageError: There is no such scale.
    """
    folder = roots.folder(TERMINOLOGY)
    _check_exists(folder, scale_id)
    path, shown_as = folder.file(f"{scale_id}{CATALOGUE_ENDING}")
    return Catalogue(scale=scale_id, terms=_read_terms(path, shown_as))


def _read_terms(path: Path, shown_as: str) -> tuple[CatalogueTerm, ...]:
    terms: list[CatalogueTerm] = []
    seen: set[str] = set()
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            for line, cells in _rows(csv.reader(lines), shown_as):
                term = _term(cells)
                if {term.name.casefold(), term.meddra} & seen:
                    raise _refusal(shown_as, line, "a term or code that stands there before", "keep one")
                seen.update((term.name.casefold(), term.meddra))
                terms.append(term)
    except (UnicodeDecodeError, csv.Error):
        refusal = _refusal(shown_as, None, "not UTF-8 text in CSV form", "save it as CSV in UTF-8")
        raise refusal from None
    return tuple(terms)


def _rows(rows: Iterator[list[str]], shown_as: str) -> Iterator[tuple[int, list[str]]]:
    header = next(rows, [])
    if tuple(header) != COLUMNS:
        raise _refusal(shown_as, 1, "not the columns of a catalogue", f"the columns are {', '.join(COLUMNS)}")
    for line, cells in enumerate(rows, 2):
        if len(cells) != len(COLUMNS) or not all(cell.strip() for cell in cells):
            raise _refusal(shown_as, line, "a row with empty or missing cells", f"write {_NO_GRADE} for no grade")
        yield line, cells


def _term(cells: list[str]) -> CatalogueTerm:
    name, meddra, soc = cells[:_FIRST_GRADE]
    wording = {grade: text for grade, text in enumerate(cells[_FIRST_GRADE:], 1) if text != _NO_GRADE}
    return CatalogueTerm(name=name, meddra=meddra, soc=soc, wording=wording)


def _check_exists(folder: Folder, scale_id: str) -> None:
    known = [name.removesuffix(CATALOGUE_ENDING) for name in folder.files(f"*{CATALOGUE_ENDING}")]
    if scale_id not in known:
        raise UsageError(f"no scale {scale_id} in the mappings; there are: {', '.join(known)}")


def _refusal(shown_as: str, line: int | None, problem: str, remedy: str) -> DefinitionError:
    return DefinitionError(file=shown_as, line=line, path="", problem=problem, remedy=remedy)
