"""What is rewritten for mutmut does what it did, with nothing left that mutmut cannot change."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.mutation.plain_functions import plain_functions

SOURCE = '''
"""What the module says."""
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

TABLE = {"twice": lambda n: 2 * n, "other": [lambda n, *, by=3: n + by]}
LIMIT = 7


@lru_cache(maxsize=8)
def square(n):
    return n * n


@cache
def cube(n):
    return n * square(n)


def twice(function):
    return lambda n: function(function(n))


@twice
def shifted(n):
    return n + 1


@dataclass(frozen=True)
class Pair:
    """Two numbers."""

    one: int
    other: int = LIMIT

    @property
    def total(self):
        return self.one + self.other

    @cached_property
    def product(self):
        return self.one * self.other

    @staticmethod
    def zero():
        return Pair(0, 0)

    @classmethod
    def of(cls, n):
        return cls(n, n)

    def doubled(self):
        return [each for each in map(lambda n: 2 * n, (self.one, self.other))]
'''


def run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "sample"}
    exec(compile(source, "sample.py", "exec", dont_inherit=True), names)  # noqa: S102 - the text above, rewritten
    return names


@pytest.mark.parametrize("rewrite", [str, plain_functions], ids=["as written", "rewritten"])
def test_a_module_does_the_same_before_and_after(rewrite: Any) -> None:
    names = run(rewrite(SOURCE))
    assert (names["TABLE"]["twice"](4), names["TABLE"]["other"][0](4), names["TABLE"]["other"][0](4, by=1)) == (
        8,
        7,
        5,
    )
    assert (names["square"](3), names["cube"](3), names["shifted"](1)) == (9, 27, 3)
    pair = names["Pair"](2)
    assert (pair.total, pair.product, pair.doubled()) == (9, 14, [4, 14])
    assert (names["Pair"].zero().total, names["Pair"].of(5).total) == (0, 10)
    assert isinstance(names["Pair"].total, property)
    assert (names["__doc__"], names["Pair"].__doc__) == ("What the module says.", "Two numbers.")


def test_only_decorators_mutmut_sees_through_are_left() -> None:
    functions = [
        node for node in ast.walk(ast.parse(plain_functions(SOURCE))) if isinstance(node, ast.FunctionDef)
    ]
    left = {
        one.name: [ast.unparse(each) for each in one.decorator_list] for one in functions if one.decorator_list
    }
    assert left == {"zero": ["staticmethod"], "of": ["classmethod"]}


def test_nothing_is_remembered() -> None:
    names = run(plain_functions(SOURCE))
    assert not hasattr(names["square"], "cache_clear")
    assert not hasattr(names["cube"], "cache_clear")
    assert isinstance(names["Pair"].product, property)


def test_a_lambda_inside_a_function_stays_where_mutmut_changes_it() -> None:
    assert plain_functions("def half(n):\n    return (lambda m: m / 2)(n)\n").count("def ") == 1


def test_every_module_that_is_mutated_can_be_rewritten() -> None:
    domain = Path(__file__).parents[2] / "fhir_adapter" / "domain"
    for module in (*domain.glob("toxicity/*.py"), *domain.glob("escalation/*.py")):
        compile(plain_functions(module.read_text(encoding="utf-8")), module.name, "exec")
