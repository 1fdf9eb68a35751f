"""Reads a trial's safety.yaml and the terminology it names.

Knows: which files they are. Does not know: what they compile to.
"""

from __future__ import annotations

from dataclasses import dataclass

from fhir_adapter.definitions.file_astct import AstctFile, load_astct_file
from fhir_adapter.definitions.file_safety import SafetyFile
from fhir_adapter.definitions.file_scale import ScaleFile
from fhir_adapter.definitions.folder import Folder, Roots
from fhir_adapter.definitions.kept_files import KeptFiles
from fhir_adapter.definitions.setting_text import Filler
from fhir_adapter.definitions.typed_file import Typed, typed
from fhir_adapter.domain.toxicity.catalogue import Catalogue

SAFETY = "safety.yaml"


@dataclass(frozen=True, slots=True)
class SafetyFiles:
    """safety.yaml with the terminology it names, settings filled in."""

    safety: Typed[SafetyFile]
    scale: Typed[ScaleFile]
    catalogue: Catalogue
    consensus: Typed[AstctFile]


def load_safety_files(roots: Roots, folder: Folder, filler: Filler, kept: KeptFiles) -> SafetyFiles | None:
    """Read a trial's safety.yaml and what it names.

    Args:
        roots: Where mappings are.
        folder: trials/<id>/.
        filler: Fills in the trial's settings.
        kept: What was read before.

    Returns:
        The files; None where the trial has no safety.yaml.

    Raises:
        DefinitionError: A file is missing or wrong.
        UsageError: There is no such scale.
    """
    path, shown_as = folder.file(SAFETY)
    if not path.is_file():
        return None
    safety = typed(filler.fill(kept.document(path, shown_as)), SafetyFile)
    scale, catalogue = kept.scale(roots, safety.model.scale)
    consensus = load_astct_file(roots, safety.model.syndromes, filler, kept)
    return SafetyFiles(safety=safety, scale=scale, catalogue=catalogue, consensus=consensus)
