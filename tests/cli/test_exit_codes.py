"""Exit codes are part of the command line's contract; messages say what to do."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from typing_extensions import override

from fhir_adapter.gateways.retry import RetryPolicy
from fhir_adapter.sync import extract
from fhir_adapter.sync.counts import Tally
from tests.cli.test_json_results import AS_OF, BY, item_of
from tests.command import Place


def refused_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_run_that_found_everything_in_order_ends_with_0(ward: Place) -> None:
    assert ward.sync().code == 0


def test_a_roster_row_that_matches_nobody_is_listed_and_ends_with_1(ward: Place) -> None:
    roster = ward.write_roster(["aml-boy-7", "KH-0000-nobody", "alt-above"])
    ran = ward.sync("--roster", str(roster), "--format", "json")
    assert (ran.code, ran.result["unmatched_rows"], ran.result["doubled_rows"]) == (1, [2], [])
    assert ran.result["records"]["created"] == 2


def test_a_roster_row_that_matches_two_patients_is_listed_and_ends_with_1(ward: Place) -> None:
    roster = ward.write_roster(["aml-boy-7", "consent-none"])
    file = ward.export / "Patient.ndjson"
    lines = file.read_text(encoding="utf-8")
    (other,) = re.findall(r"KH-\d+-alt-above", lines)
    file.write_text(lines.replace(other, "KH-1789-aml-boy-7"), encoding="utf-8")
    ran = ward.sync("--roster", str(roster), "--format", "json")
    assert (ran.code, ran.result["unmatched_rows"], ran.result["doubled_rows"]) == (1, [], [1])
    assert ran.result["records"]["created"] == 1


def test_more_rejections_than_the_budget_end_with_1(ward: Place) -> None:
    ward.write_mappings(more="rejection_budget: 0.0001\n")
    assert ward.sync().code == 1


def test_findings_of_check_end_with_1(ward: Place) -> None:
    codes = ward.folder / "mappings" / "hospitals" / "ward" / "concept_map.yaml"
    text = codes.read_text(encoding="utf-8")
    codes.write_text(
        text.replace(
            'display: "Гемоглобин", target: [{code: 718-7', 'display: "Гемоглобин", target: [{code: 718-8'
        )
    )
    ran = ward.run("check", "--hospital", "ward")
    assert ran.code == 1
    assert "718-8" in ran.out


def test_definitions_without_findings_end_with_0(ward: Place) -> None:
    assert ward.run("check", "--hospital", "demo").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sync", "--all", "--prescreen", "--source", "export"], "exactly one of --roster, --group"),
        (["sync", "--all", "--source", "export", "--hospital", "elsewhere"], "there are: demo, ward"),
        (["sync", "--all", "--source", "export", "--as-of", "yesterday"], "--as-of is not an ISO 8601 time"),
        (["derive", "--known-at", "11.03.2026"], "--known-at is not an ISO 8601 time"),
        (["derive", "--as-of", "0001-01-01"], "--as-of has no usable year: 1900 to 2199"),
        (["derive", "--known-at", "9999-12-31"], "--known-at has no usable year: 1900 to 2199"),
        (["sync", "--all"], "--source FOLDER or URL"),
        (["sync", "--source", "nowhere", "--all"], "neither a URL nor a folder"),
        (["sync", "--source", "export", "--roster", "nowhere.csv"], "no roster file of that name"),
        (["sync", "--source", "export", "--trial", "other"], "there are: nct07256210"),
        (["sync", "--sorce", "export"], "No such option"),
        (["explain"], "Missing argument"),
        (["explain", "S-NOBODY"], "no subject answers to that name"),
        (["attest", "S-NOBODY", "E5", "false"], "Missing option '--by'"),
        (["derive", "--compare", "run-of-another-day"], "run"),
        (["subjects", "--store", "nonsense://x"], "unknown kind of database"),
        (["subjects", "--store", "/no/such/folder/store.db"], "the folder does not exist"),
    ],
    ids=lambda value: "-".join(value).replace("--", "") if isinstance(value, list) else "",
)
def test_what_cannot_be_asked_ends_with_2_and_says_what_can(ward: Place, arguments: list[str], said: str) -> None:
    ran = ward.run(*arguments)
    assert ran.code == 2, ran.err
    assert said in ran.err
    assert ran.out == ""


def test_a_wrong_definition_ends_with_2_and_names_file_and_line(ward: Place) -> None:
    hospital = ward.folder / "mappings" / "hospitals" / "ward" / "hospital.yaml"
    lines = hospital.read_text(encoding="utf-8").splitlines()
    hospital.write_text("\n".join([*lines[:2], "timezone: Europe/Nowhere", *lines[3:]]) + "\n", encoding="utf-8")
    ran = ward.sync()
    assert ran.code == 2
    assert "hospitals/ward/hospital.yaml:3: timezone" in ran.err


def test_an_unusable_variable_ends_with_2_and_its_value_is_not_shown(ward: Place) -> None:
    ward.variables["FHIR_ADAPTER_LOG_LEVEL"] = "SHOUTING"
    ran = ward.run("subjects")
    assert (ran.code, "FHIR_ADAPTER_LOG_LEVEL" in ran.err, "SHOUTING" in ran.err) == (2, True, False)


def test_a_server_that_cannot_be_reached_ends_with_3(ward: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RetryPolicy, "run", lambda _self, attempt: attempt())
    ran = ward.run("sync", "--source", f"http://127.0.0.1:{refused_port()}/fhir", "--all")
    assert ran.code == 3
    assert "connection failed" in ran.err


def test_counts_that_do_not_balance_end_with_4(ward: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    class Forgetful(Tally):
        @override
        def count(self, reading: object) -> None:
            del reading
            self.received += 1

    monkeypatch.setattr(extract, "Tally", Forgetful)
    ran = ward.sync()
    assert ran.code == 4
    assert "received differs from mapped + rejected + excluded" in ran.err
    assert ward.run("subjects", "--format", "json").result == []


def test_a_fault_nobody_thought_of_ends_with_4_and_tells_its_place_only(
    ward: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise LookupError("Jane Canary")

    monkeypatch.setattr("fhir_adapter.cli.sync.choose_patients", break_down)
    ran = ward.sync()
    assert ran.code == 4
    assert "internal error LookupError at tests.cli.test_exit_codes:" in ran.err
    assert "Canary" not in ran.err


def test_a_guard_that_stops_the_run_ends_with_5(ward: Place) -> None:
    ward.write_mappings(more="folder_only: true\n")
    ran = ward.sync("--sink", f"http://127.0.0.1:{refused_port()}/fhir", "--write")
    assert ran.code == 5
    assert "folder" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["subject", "move", "Patient/aml-boy-7", "--to", "on-study", *BY], "eligible, ineligible, withdrawn"),
        (
            ["subject", "move", "Patient/aml-boy-7", "--to", "eligible", "--by", "p-kowalska", "--reason", "x"],
            "investigator, pi",
        ),
        (
            ["subject", "move", "Patient/aml-boy-7", "--to", "eligible", "--by", "nobody", "--reason", "x"],
            "not listed under `people:`",
        ),
        (["attest", "Patient/aml-boy-7", "E5", "false", "--by", "p-kowalska"], "investigator"),
        (
            ["subject", "move", "Patient/aml-boy-7", "--to", "eligible", "--by", "dr-weber", "--reason", " "],
            "reason",
        ),
    ],
    ids=["no such arrow", "not this role", "nobody listed", "not this statement", "no reason"],
)
def test_a_decision_that_is_not_allowed_ends_with_6_and_names_what_is(
    read_ward: Place, arguments: list[str], said: str
) -> None:
    ran = read_ward.run(*arguments, *AS_OF)
    assert ran.code == 6
    assert said in ran.err
    assert ran.out == ""


def test_an_answered_item_cannot_be_answered_again(read_ward: Place) -> None:
    item = item_of(read_ward, "ELIGIBLE")
    assert read_ward.run("review", "accept", item, *BY, *AS_OF).code == 0
    assert read_ward.run("review", "reject", item, *BY, *AS_OF).code == 6


def test_two_values_for_one_field_are_refused_before_anything_is_asked(read_ward: Place) -> None:
    item = item_of(read_ward, "ELIGIBLE")
    ran = read_ward.run("review", "decide", item, "--set", "verdict", *BY)
    assert (ran.code, "FIELD=VALUE" in ran.err) == (2, True)


def test_a_decision_from_another_place_needs_a_store_with_the_subject(ward: Place, tmp_path: Path) -> None:
    assert ward.run("explain", "Patient/aml-boy-7", "--store", str(tmp_path / "empty.db")).code == 2
