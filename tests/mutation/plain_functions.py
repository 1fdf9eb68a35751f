"""Python source rewritten so that mutmut sees all of it: it mutates plain functions and methods only.

Knows: decorators and lambdas as what they stand for. Does not know: mutants, which files are rewritten.
A decorated function becomes a plain one that is decorated by the statement after it; a lambda outside of functions
becomes a function before the statement that names it. Caches are left out: what was remembered before a mutant was
switched on would hide it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from typing_extensions import override

_LEFT_OUT = frozenset({"cache", "lru_cache", "override"})
_SPELLED = {"cached_property": "property"}
_KEPT = frozenset({"classmethod", "staticmethod"})
"""What mutmut can see through itself."""


def plain_functions(source: str) -> str:
    """Rewrite a module; what it does stays the same, comments and layout are lost."""
    tree = ast.parse(source)
    naming = _Naming()
    tree.body = [plain for statement in tree.body for plain in _plain_statement(statement, naming)]
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _plain_statement(statement: ast.stmt, naming: _Naming) -> Iterator[ast.stmt]:
    if isinstance(statement, ast.FunctionDef):
        yield from _undecorated(statement)
    elif isinstance(statement, ast.ClassDef):
        statement.body = [
            plain
            for each in statement.body
            for plain in (_undecorated(each) if isinstance(each, ast.FunctionDef) else (each,))
        ]
        yield statement
    else:
        changed = naming.visit(statement)
        yield from naming.taken()
        yield changed


def _undecorated(function: ast.FunctionDef) -> Iterator[ast.stmt]:
    decorators = [each for each in function.decorator_list if _name(each) not in _LEFT_OUT]
    if any(_name(each) in _KEPT for each in decorators):
        yield function
        return
    function.decorator_list = []
    yield function
    decorated: ast.expr = ast.Name(function.name)
    for decorator in reversed(decorators):
        called = ast.Name(_SPELLED[_name(decorator)]) if _name(decorator) in _SPELLED else decorator
        decorated = ast.Call(func=called, args=[decorated], keywords=[])
    if decorators:
        yield ast.Assign(targets=[ast.Name(function.name)], value=decorated)


def _name(decorator: ast.expr) -> str:
    return ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)


class _Naming(ast.NodeTransformer):
    """Gives every lambda it meets a name, and keeps the functions until they are taken."""

    def __init__(self) -> None:
        self._number = 0
        self._functions: list[ast.stmt] = []

    @override
    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        self._number += 1
        name = f"lambda_{self._number}"
        body: list[ast.stmt] = [ast.Return(value=node.body)]
        self._functions.append(ast.FunctionDef(name=name, args=node.args, body=body, decorator_list=[]))
        return ast.Name(name)

    def taken(self) -> list[ast.stmt]:
        """Give the functions made since the last time."""
        functions, self._functions = self._functions, []
        return functions
