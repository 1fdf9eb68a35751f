"""How words are coloured on a terminal: one colour per meaning in every command.

Knows: rich. Does not know: any result. Colour never says what the words do not: piped output has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.text import Text

STYLES: Final[Mapping[str, str]] = {
    "PASS": "green",
    "FAIL": "bold red",
    "UNKNOWN": "yellow",
    "MET": "green",
    "NOT_MET": "red",
    "ELIGIBLE": "bold green",
    "INELIGIBLE": "bold red",
    "UNDETERMINED": "yellow",
    "CLEAR": "bold green",
    "HOLD": "bold red",
    "GIVEN": "green",
    "PARTIAL": "magenta",
    "NOT_GIVEN": "red",
    "NOT_YET_DUE": "cyan",
    "OVERDUE": "bold red",
    "ENROL": "green",
    "WAIT": "yellow",
    "ESCALATE": "green",
    "EXPAND": "green",
    "DE_ESCALATE": "bold red",
    "DECLARE_MTD": "bold green",
    "STOP_STUDY": "bold white on red",
    "NEEDS_DECISION": "yellow",
}
"""Word of a closed list -> style."""

DEVIATION: Final = "bold red"
"""Style of anything that differs from its plan."""


def styled(word: str) -> Text:
    """Colour a word of a closed list by its meaning; any other word stays as it is."""
    return Text(word, style=STYLES.get(word, ""))
