"""The key of the subject ids as a file that only its owner can read.

Knows: where it is kept beside a store, how it is made. Does not know: settings, what it keys.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_SQLITE = "sqlite:///"


def secret_beside(url: str) -> Path | None:
    """Name the file of the secret beside a store.

    Args:
        url: SQLAlchemy URL of the store.

    Returns:
        Its path; None where the store is no file.
    """
    is_file = url.startswith(_SQLITE) and len(url) > len(_SQLITE)
    return Path(url.removeprefix(_SQLITE) + ".secret") if is_file else None


def keep_secret(path: Path) -> bytes:
    """Read the secret of a file, or make one there.

    Args:
        path: The file.

    Returns:
        The secret.
    """
    if not path.exists():
        made = secrets.token_hex(32).encode()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(made)
    return path.read_bytes().strip()
