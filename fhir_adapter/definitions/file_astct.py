"""File model of terminology/<consensus>.yaml: how the two syndromes of cell therapy are graded.

Knows: the shape of the file. Does not know: whether its parts fit together.
"""

from __future__ import annotations

from fhir_adapter.definitions.file_crs import CrsPart
from fhir_adapter.definitions.file_icans import IcansPart
from fhir_adapter.definitions.folder import TERMINOLOGY, Roots
from fhir_adapter.definitions.kept_files import KeptFiles
from fhir_adapter.definitions.scalar_text import FileModel, Slug, Words
from fhir_adapter.definitions.setting_text import Filler
from fhir_adapter.definitions.typed_file import Typed, typed


class AstctFile(FileModel):
    """terminology/<consensus>.yaml."""

    id: Slug
    title: Words
    source: Words
    crs: CrsPart
    icans: IcansPart


def load_astct_file(
    roots: Roots, consensus: str, filler: Filler, kept: KeptFiles | None = None
) -> Typed[AstctFile]:
    """Read one consensus.

    Args:
        roots: Where mappings are.
        consensus: Its id, for example `astct-2019`.
        filler: Fills in the trial's settings.
        kept: 0..1; what was read before.

    Returns:
        The file, typed.

    Raises:
        DefinitionError: The file is missing or wrong, or names another consensus.
    """
    folder = roots.folder(TERMINOLOGY)
    document = (kept or KeptFiles()).document(*folder.file(f"{consensus}.yaml"))
    file = typed(filler.fill(document), AstctFile)
    if file.model.id != consensus:
        raise file.error(("id",), f"id is not the file's name {consensus}", "rename one of them")
    return file
