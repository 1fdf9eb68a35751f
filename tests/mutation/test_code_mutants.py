"""What mutmut leaves behind is read as it is, and a survivor nobody explained is not passed over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.mutation import code_mutants
from tests.mutation.code_mutants import CodeMutant, prepare, read_mutants, report
from tests.mutation.harness import Explanation, load_explanations

MUTATED = """
def x_limit__mutmut_orig(n):
    '''Say whether n is small.'''
    if n < 5:
        return True
    return False

def x_limit__mutmut_1(n):
    '''Say whether n is small.'''
    if n <= 5:
        return True
    return False

def x_limit__mutmut_2(n):
    '''Say whether n is small.'''
    if n < 5:
        return False
    return False

class Pair:

    def xǁPairǁtotal__mutmut_orig(self):
        return sum(
            self.numbers
        )

    def xǁPairǁtotal__mutmut_1(self):
        return sum(None)
"""
MODULE = "fhir_adapter.domain.toxicity.sample"
CODES = {
    f"{MODULE}.x_limit__mutmut_1": 1,
    f"{MODULE}.x_limit__mutmut_2": 0,
    f"{MODULE}.xǁPairǁtotal__mutmut_1": None,
}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "mutants" / "fhir_adapter" / "domain" / "toxicity"
    folder.mkdir(parents=True)
    (folder / "sample.py").write_text(MUTATED, encoding="utf-8")
    (folder / "sample.py.meta").write_text(json.dumps({"exit_code_by_key": CODES}), encoding="utf-8")
    (folder / "empty.py.meta").write_text(json.dumps({"exit_code_by_key": {}}), encoding="utf-8")
    return tmp_path


def test_a_mutant_is_named_by_what_it_changes(work: Path) -> None:
    """mutmut counts the mutants of a function: a number names another one as soon as the function changes."""
    assert list(read_mutants(work)) == [
        CodeMutant(f"{MODULE}.x_limit__mutmut_1", "toxicity.sample.limit: if n < 5: => if n <= 5:", 1),
        CodeMutant(f"{MODULE}.x_limit__mutmut_2", "toxicity.sample.limit: return True => return False", 0),
        CodeMutant(
            f"{MODULE}.xǁPairǁtotal__mutmut_1",
            "toxicity.sample.Pair.total: return sum(self.numbers) => return sum(None)",
            None,
        ),
    ]


@pytest.mark.parametrize(
    ("exit_code", "killed"),
    [(1, True), (3, True), (-24, True), (36, True), (0, False), (2, False), (5, False), (33, False), (255, False)],
)
def test_only_a_failed_or_endless_test_is_a_noticed_mutant(exit_code: int, killed: bool) -> None:
    """255 is what mutmut gives where the tests could not even be asked for: it must not count as noticed."""
    assert CodeMutant("m", "m", exit_code).is_killed is killed
    assert not CodeMutant("m", "m", None).is_killed


def said(
    capsys: pytest.CaptureFixture[str], *explained: str, whole: bool = True, code: int = 0
) -> tuple[int, str]:
    mutants = (CodeMutant("a.x_f__mutmut_1", "a.f: 1 => 2", 1), CodeMutant("a.x_f__mutmut_2", "a.f: 2 => 3", code))
    ended = report(mutants, [Explanation(each, "why") for each in explained], whole=whole)
    return ended, capsys.readouterr().out


def test_a_survivor_without_explanation_is_told_and_ends_non_zero(capsys: pytest.CaptureFixture[str]) -> None:
    ended, told = said(capsys)
    assert ended == 1
    assert told == (
        "2 mutants, 1 noticed, 0 explained\nnot explained (tests ended with 0): a.f: 2 => 3  [a.x_f__mutmut_2]\n"
    )


def test_a_survivor_that_is_explained_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "a.f: 2 *") == (0, "2 mutants, 1 noticed, 1 explained\n")


def test_an_explanation_nobody_needs_is_told_where_all_mutants_ran(capsys: pytest.CaptureFixture[str]) -> None:
    ended, told = said(capsys, "a.f: 2 *", "b.*", code=1)
    assert (ended, told.splitlines()[1:]) == (1, ["explained for nothing: a.f: 2 *", "explained for nothing: b.*"])
    assert said(capsys, "a.f: 2 *", "b.*", whole=False, code=1)[0] == 0


def test_where_nothing_ran_nothing_is_proven() -> None:
    assert report((), (), whole=False) == 1


def test_the_project_is_copied_and_the_modules_in_question_rewritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, work = tmp_path / "project", tmp_path / "work"
    for name in ("code/grade.py", "code/other.py", "code/__pycache__/grade.pyc"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("twice = lambda n: 2 * n\n", encoding="utf-8")
    (root / "settings.toml").write_text("", encoding="utf-8")
    (work / "old").mkdir(parents=True)
    monkeypatch.setattr(code_mutants, "COPIED", ("code", "settings.toml"))
    prepare(root, work, ["code/gr*.py"])
    assert sorted(each.relative_to(work).as_posix() for each in work.rglob("*") if each.is_file()) == [
        "code/grade.py",
        "code/other.py",
        "settings.toml",
    ]
    assert (work / "code/grade.py").read_text(encoding="utf-8").startswith("def lambda_1(n):")
    assert (work / "code/other.py").read_text(encoding="utf-8") == "twice = lambda n: 2 * n\n"


def test_every_explanation_has_a_reason() -> None:
    assert all(each.mutant and each.reason for each in load_explanations(code_mutants.EXPLAINED))
