"""Where mapping files are: the package's own, or a checkout's, with a user's folder laid over them.

Knows: roots, overlays per folder, ids that are folder names. Does not know: what the files say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fhir_adapter.errors import ConfigurationError, UsageError

_ID = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")

TERMINOLOGY = "terminology"
HOSPITALS = "hospitals"
TRIALS = "trials"
_KINDS = (HOSPITALS, TERMINOLOGY, TRIALS)


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of mappings, wholly from one root.

    Attributes:
        path: Where it is.
        name: Its name inside mappings, for example `hospitals/demo`.
        shown_as: Its name in messages.
        origin: The root it was taken from.
    """

    path: Path
    name: str
    shown_as: str
    origin: str

    def file(self, name: str) -> tuple[Path, str]:
        """Give a file's path and its name in messages."""
        return self.path / name, f"{self.shown_as}/{name}"

    def files(self, pattern: str) -> tuple[str, ...]:
        """List the files of a pattern, sorted, by their name inside the folder."""
        return tuple(sorted(path.relative_to(self.path).as_posix() for path in self.path.glob(pattern)))


@dataclass(frozen=True, slots=True)
class Root:
    """One folder with the layout of mappings/; `label` as shown to people."""

    path: Path
    label: str


@dataclass(frozen=True, slots=True)
class Roots:
    """Roots in falling precedence: the first that has a folder gives all of it."""

    roots: tuple[Root, ...]

    def folder(self, kind: str, name: str | None = None) -> Folder:
        """Find a folder of mappings.

        Args:
            kind: `terminology`, `hospitals` or `trials`.
            name: 0..1; id of the hospital or trial.

        Returns:
            The folder in the first root that has it.

        Raises:
            UsageError: No root has it, or the name is no id (so no path can lead out of the mappings).
        """
        if name is not None and not _ID.fullmatch(name):
            raise UsageError(f"{kind}: ids hold lower-case letters, digits, `-` and `.` only")
        inside = kind if name is None else f"{kind}/{name}"
        for root in self.roots:
            path = root.path / inside
            if path.is_dir():
                return Folder(path, inside, f"{root.label}/{inside}", root.label)
        known = ", ".join(self.available(kind)) if name is not None else ""
        raise UsageError(f"no folder {inside} in the mappings" + (f"; there are: {known}" if known else ""))

    def available(self, kind: str) -> tuple[str, ...]:
        """List the ids of hospitals or trials in any root, sorted."""
        names = {
            path.name
            for root in self.roots
            if (root.path / kind).is_dir()
            for path in (root.path / kind).iterdir()
            if path.is_dir() and _ID.fullmatch(path.name)
        }
        return tuple(sorted(names))


def mapping_roots(overlays: Sequence[Path] = (), *, default: bool = True) -> Roots:
    """Build the roots of a run.

    Args:
        overlays: 0..*; folders with the layout of mappings/, the first has the highest precedence.
        default: False leaves the adapter's own mappings out.

    Returns:
        The roots in falling precedence.

    Raises:
        UsageError: An overlay is not a folder, or holds no mappings.
    """
    for overlay in overlays:
        if not overlay.is_dir():
            raise UsageError(f"mappings folder {overlay} does not exist, or is not a folder")
        if not any((overlay / kind).is_dir() for kind in _KINDS):  # a mistyped folder would change nothing, unseen
            known = ", ".join(f"{kind}/" for kind in _KINDS)
            raise UsageError(f"mappings folder {overlay} has none of {known} in it")
    roots = tuple(Root(overlay, overlay.as_posix()) for overlay in overlays)
    return Roots((*roots, default_root()) if default else roots)


def default_root() -> Root:
    """Find the adapter's own mappings: inside the installed package, or beside it in a checkout.

    Returns:
        Their root.

    Raises:
        ConfigurationError: Neither is there; the installation is broken.
    """
    package = Path(__file__).resolve().parent.parent
    for path, label in (
        (package / "_mappings", "fhir_adapter/_mappings"),
        (package.parent / "mappings", "mappings"),
    ):
        if path.is_dir():
            return Root(path, label)
    raise ConfigurationError("the adapter's own mappings are missing; install the package again")
