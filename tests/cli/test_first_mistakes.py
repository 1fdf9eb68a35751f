"""What somebody does wrong who connects a hospital for the first time, and what the messages say."""

from __future__ import annotations

from pathlib import Path

import pytest

from fhir_adapter.cli.app import run
from tests.cli.test_json_results import AS_OF, BY, item_of
from tests.command import Place


def test_the_bare_command_shows_its_help_and_no_empty_message(ward: Place) -> None:
    ran = ward.run()
    assert (ran.code, ran.err) == (2, "")
    assert "Usage:" in ran.out


def test_a_folder_without_an_export_is_no_source(ward: Place) -> None:
    """A wrong folder must not look like a hospital without patients."""
    (ward.folder / "empty").mkdir()
    (ward.folder / "empty" / "notes.txt").write_text("nothing", encoding="utf-8")
    ran = ward.run("sync", "--source", "empty")
    assert (ran.code, ran.out) == (2, "")
    assert "no .ndjson, .jsonl or .json file" in ran.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no roster file"),
        ("", "the roster's first line must name the columns `system` and `value`"),
        ("system,number\na,b\n", "the roster's first line must name the columns `system` and `value`"),
        ("system;value\na;b\n", "separated by commas"),
        ("system,value\n", "the roster lists nobody"),
        ("system,value\na,b\nc,\n", "roster row 2: `system` and `value` are both needed"),
    ],
    ids=["no file", "empty", "another column", "semicolons", "no row", "a gap"],
)
def test_a_roster_that_cannot_be_meant_is_refused(ward: Place, content: str | None, said: str) -> None:
    if content is not None:
        (ward.folder / "people.csv").write_text(content, encoding="utf-8")
    ran = ward.run("sync", "--source", "export", "--roster", "people.csv")
    assert ran.code == 2
    assert said in ran.err


def test_a_group_without_an_id_is_not_everybody(ward: Place) -> None:
    ran = ward.run("sync", "--source", "export", "--group", "")
    assert (ran.code, ran.out) == (2, "")
    assert "--group needs" in ran.err


@pytest.mark.parametrize("command", [("check",), ("sync", "--source", "export"), ("derive", "--compare")])
def test_a_folder_that_holds_no_mappings_is_refused(ward: Place, command: tuple[str, ...]) -> None:
    """Else a mistyped folder is an overlay that changes nothing, and a comparison that finds nothing."""
    (ward.folder / "empty").mkdir()
    ran = ward.run(*command, *(["empty"] if command[-1] == "--compare" else ["--mappings", "empty"]))
    assert ran.code == 2
    assert "empty has none of hospitals/, terminology/, trials/" in ran.err


def test_a_file_is_no_mappings_folder(ward: Place) -> None:
    (ward.folder / "text").write_text("x", encoding="utf-8")
    assert "mappings folder text does not exist, or is not a folder" in ward.run("check", "--mappings", "text").err


def test_rejections_of_a_run_that_never_was_are_not_an_empty_list(ward: Place) -> None:
    ran = ward.run("rejections", "--run", "yesterday")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no run yesterday in this store" in ran.err


@pytest.mark.parametrize(
    ("store", "said"),
    [("nowhere/store.db", "the folder does not exist"), ("nonsense://x", "unknown kind of database")],
)
def test_a_store_that_cannot_be_is_named_before_the_secret_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], store: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("FHIR_ADAPTER_SITE_SECRET", "FHIR_ADAPTER_SITE_SECRET_FILE", "FHIR_ADAPTER_MAPPINGS"):
        monkeypatch.delenv(name, raising=False)
    assert run(["subjects", "--hospital", "demo", "--store", store]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("FHIR_ADAPTER_LOG_LEVEL", "loud", "FHIR_ADAPTER_LOG_LEVEL (DEBUG, INFO, WARNING or ERROR)"),
        ("FHIR_ADAPTER_STORE", "", "FHIR_ADAPTER_STORE"),
        ("FHIR_ADAPTER_SITE_SECRET", "short", "FHIR_ADAPTER_SITE_SECRET"),
        ("FHIR_ADAPTER_SITE_SECRET", "", "FHIR_ADAPTER_SITE_SECRET"),
    ],
)
def test_an_unusable_variable_is_named_with_what_it_may_be(
    ward: Place, variable: str, value: str, said: str
) -> None:
    ran = Place(ward.folder, {variable: value}).run("subjects")
    assert ran.code == 2
    assert said in ran.err


def test_a_store_that_holds_nobody_says_so(ward: Place) -> None:
    ran = ward.run("subjects")
    assert ran.code == 0
    assert (
        "nobody yet: this store holds no subject of nct07256210 at ward; fhir-adapter sync reads them" in ran.err
    )


def test_a_subject_nobody_knows_is_told_where_subjects_are_listed(read_ward: Place) -> None:
    ran = read_ward.run("explain", "Patient/nobody")
    assert ran.code == 2
    assert "fhir-adapter subjects" in ran.err


def test_a_person_nobody_listed_is_told_who_is(read_ward: Place) -> None:
    ran = read_ward.run("attest", "Patient/aml-boy-7", "E5", "false", "--by", "dr-who")
    assert ran.code == 6
    assert "listed: dr-weber, p-kowalska" in ran.err


@pytest.mark.parametrize("verb", [("show",), ("accept", *BY)])
def test_an_item_that_never_was_is_a_usage_error(read_ward: Place, verb: tuple[str, ...]) -> None:
    ran = read_ward.run("review", verb[0], "R-0", *verb[1:])
    assert ran.code == 2
    assert "there is no review item R-0 in this trial" in ran.err


def test_one_answer_has_no_row_number(read_ward: Place) -> None:
    ran = read_ward.run("review", "decide", item_of(read_ward, "ELIGIBLE"), "--set", "verdict=maybe", *BY)
    assert ran.code == 6
    assert "row" not in ran.err


def test_a_statement_made_now_says_that_it_does_not_count_in_the_past(read_ward: Place) -> None:
    ran = read_ward.run("attest", "Patient/aml-boy-7", "E5", "false", *BY, *AS_OF)
    assert ran.code == 0
    assert "stated now: it does not count as of 2026-03-11T12:00:00+01:00" in ran.err


def test_a_misspelt_key_is_named_rather_than_the_missing_one(ward: Place) -> None:
    hospital = ward.folder / "mappings" / "hospitals" / "ward" / "hospital.yaml"
    hospital.write_text(hospital.read_text(encoding="utf-8").replace("timezone:", "timezon:"), encoding="utf-8")
    ran = ward.run("subjects")
    assert ran.code == 2
    assert "hospital.yaml:3: timezon: unknown key (remove it or correct its spelling)" in ran.err


def test_a_run_stopped_by_ctrl_c_says_that_it_can_go_on(ward: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fhir_adapter.cli.sync.run_sync", interrupt)
    ran = ward.sync()
    assert (ran.code, ran.out) == (130, "")
    assert "stopped: run the same command again; nothing is done twice" in ran.err


def test_a_bracket_in_a_table_is_shown_and_not_taken_for_a_style(read_ward: Place) -> None:
    """A table that swallows words in brackets hides what a date or a status may be given with."""
    assert "verdict=accepted|rejected [status=STATUS] [date=YYYY-MM-DD]" in read_ward.run("review", "list").out
