"""`grade` grades any table by the official wording, in an empty folder, and never breaks on a row.

grade_cases/*.csv are written by hand: `expect` is the grade, `>=` a grade where it is at least that, `?` where it
is ungradable; `because` stands in the reason, or after `side:` is the direction.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from fhir_adapter.definitions.lab_table import load_lab_table
from tests.command import ROOT, Place, Ran, command_line

CASES = sorted((Path(__file__).parent / "grade_cases").glob("*.csv"))
SCALE = ("--scale", "ctcae-v5")
HEADER = "term,loinc,value,unit,lln,uln\n"
ANEMIA = f"{HEADER}Anemia,,9.5,g/dL,12,16\n"


load_once = cache(load_lab_table)


@pytest.fixture(autouse=True, scope="module")
def _loaded_once() -> Iterator[None]:
    """Loading is the same for every table."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fhir_adapter.cli.grade.load_lab_table", load_once)
        yield


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty folder: no store, no hospital, the shipped mappings alone."""
    folder = tmp_path / "empty"
    folder.mkdir()
    return Place(folder, {"FHIR_ADAPTER_MAPPINGS": str(ROOT / "mappings")})


def grade(place: Place, text: str | bytes, *options: str) -> Ran:
    content = text.encode("utf-8") if isinstance(text, str) else text
    (place.folder / "labs.csv").write_bytes(content)
    return place.run("grade", "labs.csv", *SCALE, *options)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def told(row: dict[str, str]) -> str:
    return {"GRADED": row["grade"], "AT_LEAST": f">={row['grade']}", "UNGRADABLE": "?"}[row["status"]]


def is_as_expected(row: dict[str, str]) -> bool:
    side, because = row["because"].startswith("side:"), row["because"].removeprefix("side:")
    explained = row["direction"] == because if side else because in row["reason"]
    certain = row["status"] == "GRADED" or bool(row["reason"])
    return told(row) == row["expect"] and explained and certain


@pytest.fixture(scope="module")
def graded_cases(_loaded_once: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    """Every case, all graded by one command."""
    place = Place(tmp_path_factory.mktemp("cases"), {"FHIR_ADAPTER_MAPPINGS": str(ROOT / "mappings")})
    header, parts = "", []
    for path in CASES:
        header, _, rows = path.read_text(encoding="utf-8").partition("\n")
        parts.append(rows)
    done = grade(place, f"{header}\n{''.join(parts)}")
    assert done.code == 0, done.err
    found = iter(rows_of(done.out))
    return {
        path.stem: [next(found) for _ in range(part.count("\n"))] for path, part in zip(CASES, parts, strict=True)
    }


@pytest.mark.parametrize("name", [path.stem for path in CASES])
def test_every_case_written_by_hand_has_its_grade(
    graded_cases: dict[str, list[dict[str, str]]], name: str
) -> None:
    rows = graded_cases[name]
    assert len(rows) > 20
    assert [row for row in rows if not is_as_expected(row)] == []


def test_the_input_is_kept_cell_by_cell_and_row_by_row(place: Place) -> None:
    text = 'id,Term,VALUE,unit,note\n2,Anemia,7.9,g/dL,"a, ""b"""\n1, anemia ,x,g/dL,\n2,Anemia,7.9,g/dL,dup\n'
    done = grade(place, text)
    assert done.out == (
        "id,Term,VALUE,unit,note,grade,status,direction,reason\n"
        '2,Anemia,7.9,g/dL,"a, ""b""",3,GRADED,low,\n'
        "1, anemia ,x,g/dL,,,UNGRADABLE,,UNREADABLE: value: not a number of at most 20 digits\n"
        "2,Anemia,7.9,g/dL,dup,3,GRADED,low,\n"
    )
    assert done.err == "3 rows by CTCAE 5.0: 2 GRADED, 0 AT_LEAST, 1 UNGRADABLE\n"
    assert sorted(path.name for path in place.folder.iterdir()) == ["labs.csv"], "nothing else is written"


def test_byte_order_mark_and_windows_line_ends_change_nothing(place: Place) -> None:
    plain = grade(place, ANEMIA).out
    assert grade(place, b"\xef\xbb\xbf" + ANEMIA.replace("\n", "\r\n").encode()).out == plain


def test_a_header_alone_is_graded_to_a_header(place: Place) -> None:
    done = grade(place, HEADER)
    assert (done.code, done.out) == (0, "term,loinc,value,unit,lln,uln,grade,status,direction,reason\n")


def test_the_result_goes_to_the_file_named(place: Place) -> None:
    printed = grade(place, ANEMIA).out
    done = grade(place, ANEMIA, "--out", "graded.csv")
    assert (done.code, done.out) == (0, "")
    assert (place.folder / "graded.csv").read_text(encoding="utf-8") == printed
    assert sorted(path.name for path in place.folder.iterdir()) == ["graded.csv", "labs.csv"]


def test_a_graded_file_is_not_graded_again_over_its_grades(place: Place) -> None:
    grade(place, ANEMIA, "--out", "graded.csv")
    again = place.run("grade", "graded.csv", *SCALE)
    assert again.code == 2
    assert "the header has grade, status, direction, reason already" in again.err


def test_json_holds_the_same_grades(place: Place) -> None:
    text = f"{HEADER}Anemia,,9.5,g/dL,12,16\n,2951-2,128,mmol/L,135,145\n"
    result = grade(place, text, "--format", "json").result
    assert (result["scale"], result["title"]) == ("ctcae-v5", "CTCAE 5.0")
    assert result["counts"] == {"graded": 1, "at_least": 1, "ungradable": 0}
    assert [(row["line"], row["grade"], row["worst"], row["needed"]) for row in result["rows"]] == [
        (2, 2, 2, []),
        (3, 2, 3, ["symptomatic"]),
    ]
    assert result["rows"][1]["cells"]["loinc"] == "2951-2"
    grade(place, text, "--format", "json", "--out", "graded.json")
    assert json.loads((place.folder / "graded.json").read_text(encoding="utf-8")) == result


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "labs.csv is empty"),
        ("term;value;unit\nAnemia;9,5;g/dL\n", "columns are separated by semicolons"),
        ("name,value,unit\n", "the header lacks term or loinc"),
        ("term,result,unit\n", "the header lacks value"),
        (b"term,value,unit\nAnemia,9,\xb5g/L\n", "is not UTF-8"),
        (b"\x00\x01\x02\xff", "is not UTF-8"),
        ('term,value,unit\n"Anemia,9,g/dL\n', "is not readable as CSV: line 2"),
        ("term,value,unit,value\n", "the column value stands twice"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(place: Place, text: str | bytes, said: str) -> None:
    done = grade(place, text, "--out", "graded.csv")
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (place.folder / "graded.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("labs.csv", "--scale", "ctcae-v4"), "no scale ctcae-v4 in the mappings; there are: ctcae-v5"),
        (("labs.csv", "--scale", "../units"), "no scale ../units in the mappings"),
        (("absent.csv", *SCALE), "absent.csv cannot be read"),
        ((".", *SCALE), "cannot be read"),
        (("labs.csv", *SCALE, "--out", "labs.csv"), "--out is the input itself"),
        (("labs.csv", *SCALE, "--out", "./labs.csv"), "--out is the input itself"),
        (("labs.csv", *SCALE, "--out", "."), "--out . is a folder"),
        (("labs.csv", *SCALE, "--out", "no/graded.csv"), "its folder does not exist"),
        (("labs.csv", *SCALE, "--out", "x" * 300), "cannot be written"),
        (("labs.csv",), "--scale"),
        (("labs.csv", *SCALE, "--mappings", "absent"), "absent"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused_with_its_reason(
    place: Place, arguments: tuple[str, ...], said: str
) -> None:
    (place.folder / "labs.csv").write_text(ANEMIA, encoding="utf-8")
    done = place.run("grade", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert (place.folder / "labs.csv").read_text(encoding="utf-8") == ANEMIA


@pytest.mark.slow
def test_whoever_reads_only_the_beginning_sees_no_error(place: Place) -> None:
    rows = "Anemia,,9.5,g/dL,12,16\n" * 3000
    (place.folder / "labs.csv").write_text(HEADER + rows, encoding="utf-8")
    process = subprocess.Popen(
        command_line("grade", "labs.csv", *SCALE),
        cwd=place.folder,
        env=place.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith("term,")
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 0
    assert "rror" not in errors


def test_the_example_of_the_readme_is_what_the_command_prints(place: Place) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## Grading a table of results")[2].partition("\n## ")[0]
    blocks = [block.partition("\n")[2] for block in section.split("```")[1::2]]
    given, command, printed = blocks[0], blocks[1], blocks[2]
    assert "fhir-adapter grade labs.csv --scale ctcae-v5" in command
    assert grade(place, given).out == printed
