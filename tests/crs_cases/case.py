"""CRS case by case: what happened, when it is asked, what is proposed. The child is seven, infused on 9 March.

Written by hand from the consensus table and its notes; the tests of the rule and its data mutation read the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from tests.crs import Given, given, pressure, temperature, used

FEVER: Final = temperature("38.5", "2026-03-10T08:00")
NO_FEVER: Final = temperature("37.0", "2026-03-10T08:00")
NOW: Final = "2026-03-10T10:00"
CANNULA: Final = used("oxygen-nasal-cannula", "2026-03-10T09:00/2026-03-10T19:00")
HIGH_FLOW: Final = used("high-flow-oxygen", "2026-03-10T09:00/2026-03-10T19:00")
MASK: Final = used("oxygen-mask", "2026-03-10T09:00/2026-03-10T19:00")
NOREPINEPHRINE: Final = given("norepinephrine", "2026-03-10T09:00/2026-03-10T15:00")


@dataclass(frozen=True)
class Case:
    """One case."""

    name: str
    facts: tuple[Given, ...]
    expected: str
    at: str = NOW
    more: dict[str, Any] = field(default_factory=dict)


def case(name: str, *facts: Given, expected: str, at: str = NOW, **more: Any) -> Case:
    return Case(name, facts, expected, at, more)


def febrile(name: str, *facts: Given, expected: str, at: str = NOW, **more: Any) -> Case:
    return Case(f"with fever, {name}", (FEVER, *facts), expected, at, more)


def by_age(born: str, value: str, expected: str) -> Case:
    return febrile(
        f"born {born}, systolic {value}", pressure(value, "2026-03-10T09:30"), expected=expected, born=born
    )


def ran(drug: str, hours: str, **more: Any) -> Given:
    start, end = hours.split("-")
    return given(drug, f"2026-03-10T{start}/2026-03-10T{end}", **more)
