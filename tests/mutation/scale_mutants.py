"""Mutants of a toxicity scale: every number, operator, branch, unit and clinical input of one term is changed."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from typing import Any

Row = dict[str, Any]
Mutant = tuple[str, Row]

_SWAPPED = {"above": "at_least", "at_least": "above", "below": "at_most", "at_most": "below"}
_OTHER = {"recorded": "input", "rise_from": "drop_from", "drop_from": "rise_from"}
_WORDS = {"uln": "baseline", "lln": "baseline", "baseline": "reference", "reference": "baseline"}
_FLAGS = ("hematologic", "combined", "by_person")


def term_mutants(row: Row) -> Iterator[Mutant]:
    """Change one term in every way that a slip could.

    Args:
        row: The term as plain text.

    Yields:
        What was changed, and the changed term.
    """
    yield from _heads(row)
    yield from _no_longer_asked(row)
    for place, grade in enumerate(row["grades"]):
        alternatives = grade.get("any", [])
        for number, alternative in enumerate(alternatives):
            path = ("grades", place, "any", number)
            name = f"{grade['grade']}.{number}"
            yield f"{name}:dropped", _without(row, path)
            for position, condition in enumerate(alternative):
                here = (*path, position)
                if len(alternative) > 1:
                    yield f"{name}.{position}:dropped", _without(row, here)
                for what, changed in condition_mutants(condition):
                    yield f"{name}.{position}.{what}", _with(row, here, changed)


def family_mutants(row: Row) -> Iterator[Mutant]:
    """Change one unit family: step every factor by its last digit, drop every unit."""
    for unit, factor in row["units"].items():
        if unit != row["printed"]:
            yield f"{unit}:dropped", _without(row, ("units", unit))
            for step in (-1, 1):
                yield f"{unit}:{factor}{step:+}", _with(row, ("units", unit), _stepped_fraction(factor, step))


def condition_mutants(row: Row) -> Iterator[Mutant]:
    """Change one condition."""
    for key, value in row.items():
        if key in _SWAPPED:
            yield f"{key}>{_SWAPPED[key]}", _renamed(row, key, _SWAPPED[key])
            for what, changed in _limits(value):
                yield f"{key}.{what}", {**row, key: changed}
        elif key in _OTHER:
            yield f"{key}>{_OTHER[key]}", _renamed(row, key, _OTHER[key])
    for what, age in _ages(row.get("age", {})):
        yield what, {"age": age}
    yield from _words(row)


def _words(row: Row) -> Iterator[Mutant]:
    if "input" in row or "recorded" in row:
        yield "is:flipped", {**row, "is": "true" if row.get("is") == "false" else "false"}
    if "baseline" in row:
        yield "baseline:flipped", {"baseline": "abnormal" if row["baseline"] == "normal" else "normal"}
    for key in ("rise_from", "drop_from"):
        if key in row:
            yield f"{key}:{_WORDS[row[key]]}", {**row, key: _WORDS[row[key]]}


def _ages(age: Row) -> Iterator[Mutant]:
    for edge, years in age.items():
        for step in (-1, 1):
            yield f"age.{edge}{step:+}", {**age, edge: str(int(years) + step)}
        if len(age) > 1:
            yield f"age.{edge}:dropped", {each: age[each] for each in age if each != edge}


def _heads(row: Row) -> Iterator[Mutant]:
    for key in _FLAGS:
        yield f"{key}:flipped", {**row, key: "false" if row.get(key) == "true" else "true"}
    for key in ("direction", "refused", "age"):
        if key in row:
            yield f"{key}:dropped", _without(row, (key,))
    if "direction" in row:
        yield "direction:flipped", {**row, "direction": "low" if row["direction"] == "high" else "high"}
    for what, age in _ages(row.get("age", {})):
        yield what, {**row, "age": age}
    yield from _rows(row)


def _rows(row: Row) -> Iterator[Mutant]:
    for key in ("concepts", "bounded_by", "families", "raised"):
        for place in range(len(row.get(key, []))):
            yield f"{key}.{place}:dropped", _without(row, (key, place))
    for place, raised in enumerate(row.get("raised", [])):
        for step in (-1, 1):
            yield f"raised.{place}{step:+}", _with(row, ("raised", place, "to"), str(int(raised["to"]) + step))


def _no_longer_asked(row: Row) -> Iterator[Mutant]:
    """Let each clinical input count only where it is recorded, in all conditions: one that asks is enough."""
    conditions = [
        condition
        for grade in row["grades"]
        for each in grade.get("any", [])
        for condition in each
        if "input" in condition
    ]
    for asked in sorted({condition["input"] for condition in conditions}):
        changed = deepcopy(row)
        for grade in changed["grades"]:
            grade["any"] = [
                [
                    _renamed(each, "input", "recorded") if each.get("input") == asked else each
                    for each in alternative
                ]
                for alternative in grade.get("any", [])
            ]
        yield f"{asked}:not asked", changed


def _limits(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for unit, number in value.items():
            yield f"{unit}:dropped", {each: value[each] for each in value if each != unit}
            for step in (-1, 1):
                yield f"{unit}:{number}{step:+}", {**value, unit: _stepped(number, step)}
        return
    number, _, rest = value.partition(" ")
    for step in (-1, 1):
        yield f"{value}{step:+}", f"{_stepped(number, step)} {rest}"
    mark, _, word = rest.partition(" ")
    if mark == "x":
        yield f"{value}>{_WORDS[word]}", f"{number} x {_WORDS[word]}"
    else:
        yield f"{value}>other", f"{number} % {'rise' if word == 'drop' else 'drop'}"


def _stepped(number: str, step: int) -> str:
    exact = Decimal(number)
    return str(exact + step * Decimal(1).scaleb(int(exact.as_tuple().exponent)))


def _stepped_fraction(text: str, step: int) -> str:
    exact = Fraction(text)
    if exact.denominator == 1:
        return str(exact + step)
    return f"{exact.numerator}/{exact.denominator + step}"


def _renamed(row: Row, key: str, to: str) -> Row:
    return {to if each == key else each: value for each, value in row.items()}


def _with(row: Row, path: tuple[str | int, ...], value: Any) -> Row:
    changed = deepcopy(row)
    node: Any = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return changed


def _without(row: Row, path: tuple[str | int, ...]) -> Row:
    changed = deepcopy(row)
    node: Any = changed
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]
    return changed
