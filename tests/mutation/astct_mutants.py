"""Mutants of a syndrome's rule: each small change must change what some case says.

Knows: running cases under changed rules, the case that noticed lately first. Does not know: which cases and rules
there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from fhir_adapter.domain.safety_model.syndrome_records import SyndromeRecord

R = TypeVar("R")


def told(record: SyndromeRecord) -> tuple[object, ...]:
    """Give what a record says apart from what it rests on."""
    intervals = [
        (each.start, each.end, each.status, each.grade, each.worst, each.driver, each.reason)
        for each in record.intervals
    ]
    episodes = [(each.id, each.grade, each.worst, each.disagrees, each.reported) for each in record.episodes]
    return (*intervals, *episodes, record.missing)


def survivors(
    rule: R, changes: Iterable[tuple[str, R]], cases: Mapping[str, Callable[[R], SyndromeRecord]]
) -> list[str]:
    """List the changes no case notices."""
    expected = {name: told(case(rule)) for name, case in cases.items()}
    order = list(cases)
    found: list[str] = []
    for words, changed in changes:
        noticed = next((name for name in order if told(cases[name](changed)) != expected[name]), None)
        if noticed is None:
            found.append(words)
        else:
            order.remove(noticed)
            order.insert(0, noticed)
    return found
