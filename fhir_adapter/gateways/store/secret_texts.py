"""Which texts identify a person, and how they are found in JSON.

Knows: references to patients, values of one person. Does not know: where they are kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_REFERENCE: Final = "Patient/"
_OWN_LEAF: Final = rf"{_REFERENCE}|^~[0-9a-f]+~$"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What identifies a person.

    Attributes:
        whole: Too short to be looked for inside a longer text.
        pattern: Finds the others in a text.
        written: What the JSON of a text that shows any of them holds somewhere; looked for first, for texts are
            large and hardly one shows any.
    """

    whole: frozenset[str]
    pattern: re.Pattern[str]
    written: tuple[str, ...]

    def holds(self, leaf: str) -> bool:
        """Say whether a text shows one."""
        return leaf in self.whole or self.pattern.search(leaf) is not None

    def may_stand_in(self, document: str) -> bool:
        """Say whether a JSON text may show one; False is certain."""
        return any(each in document for each in self.written)


def make_secrets(whole: Iterable[str] = (), inside: Iterable[str] = ()) -> Secrets:
    """Prepare looking for what identifies a person.

    Args:
        whole: Too short to be looked for inside a longer text.
        inside: Looked for everywhere.

    Returns:
        The same, and references to patients; what looks like a number of ours too, so that it comes back as it
        was.
    """
    values, texts = frozenset(whole), sorted(inside)
    return Secrets(
        whole=values,
        pattern=re.compile("|".join([_OWN_LEAF, *map(re.escape, texts)])),
        written=(_REFERENCE, '"~', *(json.dumps(each)[1:-1] for each in texts), *map(json.dumps, values)),
    )


NOBODYS = make_secrets()
"""Of nobody in particular: references to patients, and what looks like a number of ours."""
