"""Mutants of a trial's settings: every other reading, and the plain neighbours of numbers and windows.

Knows: how a setting's text is changed. Does not know: what it decides; the trial is compiled again for each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from pydantic import TypeAdapter, ValidationError

from fhir_adapter.definitions.file_set import TrialFiles
from fhir_adapter.definitions.load import Definitions
from fhir_adapter.definitions.scalar_text import DecimalText, WindowText, window_text
from fhir_adapter.definitions.setting_text import SettingValue
from fhir_adapter.domain.queries import Operator
from tests.mutation.harness import Mutant
from tests.mutation.variants import SWAPPED, shifted, stepped, stepped_integer

_INTEGER = re.compile(r"-?[0-9]+")

Recompile = Callable[[str, SettingValue], Definitions]
"""Compile the trial with one setting at another value."""


def setting_mutants(files: TrialFiles, recompile: Recompile) -> Iterator[Mutant]:
    """Flip every setting that is not documentary."""
    for row in files.trial.model.settings:
        if row.documentary:
            continue
        plain: list[SettingValue] = (
            list(pairs(row.value)) if isinstance(row.value, list) else list(neighbours(row.value))
        )
        for value in (*plain, *(one for one in row.alternatives if one not in plain)):
            name = f"setting.{row.id}:{_shown(row.value)}>{_shown(value)}"
            yield Mutant(name, partial(recompile, row.id, value))


def pairs(value: list[str]) -> Iterator[list[str]]:
    """Step each number of a range of days; none for other lists."""
    if not all(_INTEGER.fullmatch(one) for one in value):
        return
    for place, one in enumerate(value):
        for _, changed in stepped_integer(int(one)):
            yield [*value[:place], str(changed), *value[place + 1 :]]


def neighbours(value: str) -> Iterator[str]:
    """Give the plain neighbours of a number, a share, a window, a truth or an operator; none for other text."""
    if value in SWAPPED:
        yield SWAPPED[Operator(value)].value
    elif value in {"true", "false"}:
        yield "false" if value == "true" else "true"
    elif value.endswith(" %"):
        yield from (f"{number} %" for number in _numbers(value.removesuffix(" %")))
    elif "/" in value:
        above, below = (int(part) for part in value.split("/"))
        yield from (f"{changed}/{below}" for _, changed in stepped_integer(above))
        yield from (f"{above}/{changed}" for _, changed in stepped_integer(below))
    else:
        yield from _numbers(value)


def _numbers(value: str) -> Iterator[str]:
    try:
        for _, number in stepped(Decimal(TypeAdapter(DecimalText).validate_python(value))):
            yield str(number)
    except ValidationError:
        try:
            for _, window in shifted(TypeAdapter(WindowText).validate_python(value)):
                yield window_text(window)
        except ValidationError:
            return


def _shown(value: SettingValue) -> str:
    return value if isinstance(value, str) else "+".join(value)
