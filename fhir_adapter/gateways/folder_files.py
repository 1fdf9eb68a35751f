"""Which files of an export folder are read, in which order, and under which name they may be shown.

Knows: how bulk exports and people name files. Does not know: what stands in them. A file name can hold a
patient's name: only names made of a resource type and a number are shown, others are counted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath

from fhir_adapter.errors import ConfigurationError
from fhir_adapter.r4.resource_types import RESOURCE_TYPES

_NAME = re.compile(r"(?:\d{1,5}[._-])?(?P<word>[A-Za-z]+)(?:[._-].*)?")
_PLAIN_NAME = re.compile(r"(?:\d{1,5}[._-])?(?P<word>[A-Za-z]+)(?:[._-]\d{1,5})?")
_PLAIN_WORDS = frozenset({"bundle", "resources", "transaction", "export"})


class FileKind(StrEnum):
    """How a file is read."""

    NDJSON = "ndjson"
    JSON = "json"
    OTHER = "other"


_KINDS = {".ndjson": FileKind.NDJSON, ".jsonl": FileKind.NDJSON, ".json": FileKind.JSON}


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFile:
    """One file of the folder.

    Attributes:
        path: Where it is.
        hint: 0..1; the resource type its name promises.
        label: Its name as it may be shown.
    """

    path: Path
    kind: FileKind
    hint: str | None
    label: str


def list_files(root: Path) -> tuple[FolderFile, ...]:
    """Find every file of an export folder, subfolders included.

    Args:
        root: The folder.

    Returns:
        0..*; files named after Patient first, then those that can hold any type, then the others, each group by
        name. A link to another place in the folder stands among `other`: its target is read already.

    Raises:
        ConfigurationError: No such folder, it cannot be listed, a file cannot be read, or a link leaves it.
    """
    if not root.is_dir():
        raise ConfigurationError("the source folder does not exist or is not a folder")
    home = root.resolve()
    paths = sorted(_walk(root), key=lambda path: path.relative_to(root).as_posix())
    files = [_describe(path, home, number, len(paths)) for number, path in enumerate(paths, start=1)]
    return tuple(sorted(files, key=lambda file: 0 if file.hint == "Patient" else 1 if file.hint is None else 2))


def _walk(root: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise ConfigurationError("a part of the source folder cannot be listed") from error

    for folder, folders, names in os.walk(root, onerror=refuse, followlinks=False):
        yield from (Path(folder) / name for name in names)
        yield from (Path(folder) / name for name in folders if (Path(folder) / name).is_symlink())


def _describe(path: Path, home: Path, number: int, total: int) -> FolderFile:
    stem, kind = _split_name(path.name)
    hint = _hint(stem)
    name = path.name if _may_be_shown(stem) else f"{hint or 'a'} {kind} file"
    label = f"{name}, file {number} of {total}"
    if path.is_symlink():
        if not path.resolve().is_relative_to(home):
            raise ConfigurationError(f"a link leads out of the source folder ({label})")
        kind = FileKind.OTHER
    elif not path.is_file():
        kind = FileKind.OTHER
    elif not os.access(path, os.R_OK):
        raise ConfigurationError(f"a file of the source folder cannot be read ({label})")
    return FolderFile(path=path, kind=kind, hint=hint, label=label)


def _split_name(name: str) -> tuple[str, FileKind]:
    path = PurePath(name.removesuffix(".gz"))
    if re.fullmatch(r"\.\d{1,5}", path.suffix):  # Observation.ndjson.1
        path = path.with_suffix("")
    return path.stem, _KINDS.get(path.suffix.lower(), FileKind.OTHER)


def _hint(stem: str) -> str | None:
    match = _NAME.fullmatch(stem)
    return match["word"] if match is not None and match["word"] in RESOURCE_TYPES else None


def _may_be_shown(stem: str) -> bool:
    match = _PLAIN_NAME.fullmatch(stem)
    return match is not None and (match["word"] in RESOURCE_TYPES or match["word"].lower() in _PLAIN_WORDS)
