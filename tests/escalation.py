"""The decision table of the 3+3 written out by hand, and short ways to say a state: the tests' own reading of it.

Nothing here is taken from the adapter's rule: plain if and else, from the review of the protocol.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from fhir_adapter.definitions.folder import mapping_roots
from fhir_adapter.definitions.load_escalation import load_escalation
from fhir_adapter.domain.escalation.decide_next import NextAction
from fhir_adapter.domain.escalation.rule import EscalationRule
from fhir_adapter.domain.escalation.state import CohortState, LevelCount

TRIAL = "nct07256210"
TOP = 3

Answer = tuple[str, int | None, str]
"""Action, level, row."""


@cache
def shipped_rule(setting: str = "", value: str = "") -> EscalationRule:
    """The trial's rule, with one setting at another value."""
    return load_escalation(mapping_roots(), TRIAL, {setting: value} if setting else None)


def by_hand(d: int, n: int, t: int, u: int = 0, p: int = 0, *, up: bool = False, below: str = "3/0") -> Answer:
    """The table: d the open level, `up` d+1 is too toxic, `below` the count at d-1."""
    if t >= 2:
        return _too_toxic(d, below)
    if u >= 1:
        return "WAIT", None, "4"
    if n == 6:
        return _expanded(d, up=up)
    if n == 3 and p == 0:
        return _cohort(d, t, up=up)
    more = n > 3 or (n == 3 and (t == 1 or d in {0, TOP} or up))
    return ("ENROL", d, "8") if n + p < (6 if more else 3) else ("WAIT", None, "9")


def _expanded(d: int, *, up: bool) -> Answer:
    if d == 0:
        return "NEEDS_DECISION", None, "5"
    return ("DECLARE_MTD", d, "5") if d == TOP or up else ("ESCALATE", d + 1, "5")


def _cohort(d: int, t: int, *, up: bool) -> Answer:
    if t == 1:
        return "EXPAND", d, "7"
    return ("EXPAND", d, "6") if d in {0, TOP} or up else ("ESCALATE", d + 1, "6")


def _too_toxic(d: int, below: str) -> Answer:
    if d == 0:
        return "STOP_STUDY", None, "1"
    if d == 1:
        return "DE_ESCALATE", 0, "2"
    if below in {"6/0", "6/1"}:
        return "DECLARE_MTD", d - 1, "3"
    return "DE_ESCALATE", d - 1, "3"


def walk_by_hand() -> Iterator[tuple[str, Mapping[int, str], Answer]]:
    """Every complete path by the table above: level and letter of each (`1N1N2T`), outcomes per level, the end."""
    yield from _walk(1, "", dict.fromkeys(range(TOP + 1), ""))


def _walk(d: int, told: str, outcomes: dict[int, str]) -> Iterator[tuple[str, Mapping[int, str], Answer]]:
    here = outcomes[d]
    up = d < TOP and outcomes[d + 1].count("T") >= 2
    below = outcomes.get(d - 1, "")
    answer = by_hand(d, len(here), here.count("T"), up=up, below=f"{len(below)}/{below.count('T')}")
    level = answer[1]
    if answer[0] not in {"ENROL", "EXPAND", "ESCALATE", "DE_ESCALATE"} or level is None:
        yield told, outcomes, answer
        return
    for letter in "NT":
        yield from _walk(level, f"{told}{level}{letter}", {**outcomes, level: outcomes[level] + letter})


def count(
    text: str, u: int = 0, p: int = 0, *, withheld: int = 0, left: tuple[int, int] | None = None
) -> LevelCount:
    """Counts of a level: `3/1` is three evaluable, one with a dose-limiting toxicity."""
    n, t = text.split("/")
    return LevelCount(evaluable=int(n), dlts=int(t), suspected=u, pending=p, withheld=withheld, left_with=left)


def cohort(d: int | None, here: str = "0/0", u: int = 0, p: int = 0, **levels: str) -> CohortState:
    """A state: open level, its counts, and those of others (`l1="3/0"`)."""
    counts = {int(name[1:]): count(text) for name, text in levels.items()}
    return CohortState(open_level=d, counts=counts if d is None else counts | {d: count(here, u, p)})


def cohort_at(d: int, here: str, u: int = 0, p: int = 0, *, up: bool = False, below: str = "3/0") -> CohortState:
    """A state whose levels below were passed and, with `up`, whose next level is too toxic."""
    levels = {f"l{level}": "3/0" for level in range(1, d)}
    if d > 1:
        levels[f"l{d - 1}"] = below
    if up or d == 0:
        levels[f"l{d + 1}"] = "2/2"
    return cohort(d, here, u, p, **levels)


def answer_of(proposal: NextAction) -> Answer:
    """Action, level and row of a proposal."""
    return str(proposal.action), proposal.level, proposal.row
