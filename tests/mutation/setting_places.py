"""Where a setting stands: its value is one number of the mappings, however many rules it is filled into.

Knows: the places two compiled trials differ in, named as rule mutants are. Does not know: the settings' files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from fhir_adapter.definitions.scalar_text import window_text
from fhir_adapter.domain.protocol import Trial
from fhir_adapter.domain.queries import Window
from tests.mutation.variants import label_of

SAFETY_PARTS = ("episodes", "reporting", "observation", "judged_from_grade")
"""Of the rules of safety those that stories tell; scale, CRS and ICANS have tests of their own."""


def changed_places(original: Trial, changed: Trial) -> frozenset[str]:
    """Name every place of the rules, anchor, participation, plans and safety in which two trials differ."""
    found = {
        f"{before.id}{place}"
        for before, after in zip(original.criteria, changed.criteria, strict=True)
        for place in _differences(before.rule, after.rule)
    }
    for before, after in zip(original.clearance, changed.clearance, strict=True):
        found |= {
            f"{before.criterion.id}{place}" for place in _differences(before.criterion.rule, after.criterion.rule)
        }
    found |= {f"anchor{place}" for place in _differences(original.anchor, changed.anchor)}
    found |= {f"regimen{place}" for place in _differences(original.regimen, changed.regimen)}
    found |= {f"care_plan{place}" for place in _differences(original.care_plan, changed.care_plan)}
    found |= {f"participation{place}" for place in _differences(original.participation, changed.participation)}
    if original.safety is not None and changed.safety is not None:
        for part in SAFETY_PARTS:
            before, after = getattr(original.safety, part), getattr(changed.safety, part)
            found |= {f"safety.{part}{place}" for place in _differences(before, after)}
    return frozenset(found)


def is_filled(mutant: str, places: frozenset[str]) -> bool:
    """Say whether a plain mutant changes what a setting fills in; a number of a setting is stepped there.

    A share is stepped as it is written (10 % to 9 %), which is no step of the fraction it stands for.
    """
    numbers = re.compile(r"(.*):-?[0-9/]+>-?[0-9/]+")
    place = numbers.fullmatch(mutant)
    stepped = {found[1] for found in map(numbers.fullmatch, places) if found}
    return mutant in places or (place is not None and place[1] in stepped)


def _differences(before: Any, after: Any) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, Window | Enum) or not is_dataclass(before) or type(before) is not type(after):
        yield from _inside(before, after)
        return
    for field in fields(before):
        for place in _differences(getattr(before, field.name), getattr(after, field.name)):
            yield f".{field.name}{place}"


def _inside(before: Any, after: Any) -> Iterator[str]:
    if isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            for words in _differences(one, other):
                yield f".{label_of(one, place)}{words}"
    elif isinstance(before, Mapping):
        for key, entry in before.items():
            for words in _differences(entry, after[key]):
                yield f".{key}{words}"
    else:
        yield f":{_text(before)}>{_text(after)}"


def _text(value: Any) -> str:
    return window_text(value) if isinstance(value, Window) else str(value)
