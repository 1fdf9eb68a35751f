"""Code mutation: every small change of the code that grades and escalates must make some test fail.

`python -m tests.mutation.code_mutants [PATTERN ...]` copies the project to `mutants/`, lets mutmut change the
modules named by [tool.mutmut] there and run the tests against each change, and says which survive unexplained.
Patterns (`fhir_adapter.domain.escalation.*`) restrict it to some modules or functions.

Knows: how mutmut is run and where it writes what became of each mutant. Does not know: how code is changed, which
tests there are.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.harness import Explanation, load_explanations
from tests.mutation.plain_functions import plain_functions

ROOT = Path(__file__).parents[2]
WORK = ROOT / "mutants"
EXPLAINED = Path(__file__).parent / "code_survivors.yaml"
COPIED = ("fhir_adapter", "tests", "mappings", "docs", "pyproject.toml", "README.md")

_KILLED = frozenset({1, 3})
_TIMED_OUT = frozenset({-24, 24, 36, 152})
_ORIGINAL = "_orig"


@dataclass(frozen=True, slots=True)
class CodeMutant:
    """One change of one function, and what became of it.

    Attributes:
        name: As mutmut names it: it counts the changes of a function.
        id: Stable: the function, the line before and the line after, without what they begin and end with alike.
        exit_code: 0..1; of the tests; None = they never ran.
    """

    name: str
    id: str
    exit_code: int | None

    @property
    def is_killed(self) -> bool:
        """True where a test failed, or never came to its end: a loop that does not stop is noticed, too."""
        return self.exit_code in _KILLED | _TIMED_OUT


def prepare(root: Path, work: Path, only: Iterable[str]) -> None:
    """Copy the project to a folder of its own, the modules to be mutated rewritten for mutmut.

    Args:
        root: The project.
        work: The folder; what is in it is removed first.
        only: 1..*; glob patterns of the modules, from the project's folder.
    """
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    for name in COPIED:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, work / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy2(source, work / name)
    for pattern in only:
        for module in work.glob(pattern):
            module.write_text(plain_functions(module.read_text(encoding="utf-8")), encoding="utf-8")


def read_mutants(work: Path) -> Iterator[CodeMutant]:
    """Read what became of every mutant, module by module.

    Args:
        work: The folder mutmut ran in.

    Yields:
        The mutants.
    """
    made = work / "mutants"
    for notes in sorted(made.rglob("*.py.meta")):
        codes: Mapping[str, int | None] = json.loads(notes.read_text(encoding="utf-8"))["exit_code_by_key"]
        if codes:
            functions = _functions(notes.with_suffix("").read_text(encoding="utf-8"))
            yield from (CodeMutant(name, _id(name, functions), code) for name, code in codes.items())


def _functions(source: str) -> dict[str, list[str]]:
    """Give the lines of every function and method by its name; a statement is one line."""
    found: dict[str, list[str]] = {}
    for statement in ast.parse(source).body:
        for each in statement.body if isinstance(statement, ast.ClassDef) else (statement,):
            if isinstance(each, ast.FunctionDef):
                found[each.name] = ast.unparse(each).splitlines()[1:]
    return found


def _id(name: str, functions: Mapping[str, list[str]]) -> str:
    module, _, mutant = name.rpartition(".")
    function = mutant.rpartition("_")[0]
    before, after = functions[function + _ORIGINAL], functions[mutant]
    change = _change(before, after)
    plain = function.removesuffix("__mutmut").removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    return f"{module.removeprefix('fhir_adapter.domain.')}.{plain}: {change}"


def _change(before: list[str], after: list[str]) -> str:
    """Write what differs: the lines between those both begin and end with, blanks at their edges left out."""
    start = next((n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = (" ; ".join(line.strip() for line in each[start : len(each) - end]) for each in (before, after))
    return f"{old} => {new}"


def report(mutants: Iterable[CodeMutant], explanations: Iterable[Explanation], *, whole: bool) -> int:
    """Say how many mutants were noticed, which survive unexplained, and which explanations nobody needs.

    Args:
        mutants: All that ran.
        explanations: Which may survive.
        whole: False where only some ran: an explanation may belong to another one.

    Returns:
        The exit code: 1 where something is left to do.
    """
    ran, known = tuple(mutants), tuple(explanations)
    alive = [each for each in ran if not each.is_killed]
    open_ones = [each for each in alive if not any(one.covers(each.id) for one in known)]
    needless = [one for one in known if not any(one.covers(each.id) for each in alive)] if whole else []
    explained = len(alive) - len(open_ones)
    sys.stdout.write(f"{len(ran)} mutants, {len(ran) - len(alive)} noticed, {explained} explained\n")
    for each in open_ones:
        sys.stdout.write(f"not explained (tests ended with {each.exit_code}): {each.id}  [{each.name}]\n")
    for one in needless:
        sys.stdout.write(f"explained for nothing: {one.mutant}\n")
    return 1 if not ran or open_ones or needless else 0


def run(patterns: list[str]) -> int:
    """Run mutmut on a copy of the project and report; gives the exit code."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    prepare(ROOT, WORK, settings["only_mutate"])
    subprocess.run([Path(sys.executable).parent / "mutmut", "run", *patterns], cwd=WORK, check=True)
    ran = (each for each in read_mutants(WORK) if not patterns or each.exit_code is not None)
    return report(ran, load_explanations(EXPLAINED), whole=not patterns)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
