"""Commands given about the canary: those that say nothing of a patient, and those that are refused."""

from __future__ import annotations

from tests.demo_export import NOON
from tests.robustness import canary

AS_OF = ("--as-of", NOON)
BY = ("--by", "dr-weber", "--reason", "seen and checked")
ITEM_OF_NOBODY = "R-000000000000"

COMMANDS: list[tuple[str, ...]] = [
    ("derive", *AS_OF),
    ("derive", "--as-of", "2026-09-11", "--compare", "mappings"),
    ("rejections",),
    ("rejections", "--format", "json"),
    ("check",),
    ("attest", f"Patient/{canary.PATIENT}", "E5", "false", "--by", "dr-weber", *AS_OF),
    ("subject", "move", f"Patient/{canary.PATIENT}", "--to", "eligible", *BY, *AS_OF),
    ("subject", "move", f"{canary.SYSTEM}|{canary.NUMBER}", "--to", "withdrawn", *BY, "--format", "json"),
]

REFUSED: list[tuple[int, tuple[str, ...]]] = [
    (2, ("explain", "Patient/somebody-else")),
    (2, ("safety", f"Patient/{canary.PATIENT}")),
    (2, ("adverse-events", f"{canary.SYSTEM}|{canary.NUMBER}")),
    (2, ("attest", f"Patient/{canary.PATIENT}", "E5", "QX7CANARY", "--by", "dr-weber")),
    (2, ("attest", f"Patient/{canary.PATIENT}", "QX7CANARY", "true", "--by", "dr-weber")),
    (6, ("attest", f"Patient/{canary.PATIENT}", "E5", "true", "--by", "QX7CANARY")),
    (6, ("subject", "move", f"Patient/{canary.PATIENT}", "--to", "on-study", *BY)),
    (2, ("review", "accept", ITEM_OF_NOBODY, *BY)),
]
