"""Files of the mappings read once, however often settings are filled into them.

Knows: what does not depend on a setting's value. Does not know: any particular trial, settings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fhir_adapter.definitions.file_scale import ScaleFile
from fhir_adapter.definitions.folder import TERMINOLOGY, Roots
from fhir_adapter.definitions.load_scale import load_catalogue, load_scale_file
from fhir_adapter.definitions.typed_file import Typed
from fhir_adapter.definitions.yaml_text import Document, load_document
from fhir_adapter.domain.toxicity.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """What was read before, as it then stood on disk; a new one for every run.

    Attributes:
        documents: File -> what is written in it, before any setting is filled in.
        scales: Scale id -> its file and its catalogue, in which no setting stands.
    """

    documents: dict[Path, Document] = field(default_factory=dict)
    scales: dict[str, tuple[Typed[ScaleFile], Catalogue]] = field(default_factory=dict)

    def document(self, path: Path, shown_as: str) -> Document:
        """Read a file that holds one document.

        Args:
            path: The file.
            shown_as: Its name in messages.

        Returns:
            The document as written.

        Raises:
            DefinitionError: The file is missing or is no such document.
        """
        if path not in self.documents:
            self.documents[path] = load_document(path, shown_as)
        return self.documents[path]

    def scale(self, roots: Roots, scale_id: str) -> tuple[Typed[ScaleFile], Catalogue]:
        """Read a toxicity scale and the catalogue of its terms.

        Args:
            roots: Where mappings are.
            scale_id: Its id.

        Returns:
            Both, typed.

        Raises:
            DefinitionError: One of the files is wrong.
            UsageError: There is no such scale.
        """
        if scale_id not in self.scales:
            file = load_scale_file(roots.folder(TERMINOLOGY), scale_id)
            self.scales[scale_id] = file, load_catalogue(roots, scale_id)
        return self.scales[scale_id]
