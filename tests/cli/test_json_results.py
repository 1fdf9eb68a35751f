"""What `--format json` prints is one value, alone on stdout, as its committed schema says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fhir_adapter.report.schema import RESULTS, result_schemas, schema_name
from tests.cli.json_schema import faults
from tests.cli.treated import treat
from tests.command import ROOT, Place, Ran
from tests.demo_export import NOON
from tests.stored_safety import safety
from tests.treatment_records import a_course

SCHEMAS = ROOT / "docs" / "schema"
AS_OF = ("--as-of", NOON)
BY = ("--by", "dr-weber", "--reason", "seen and checked")


def item_of(ward: Place, asked: str) -> str:
    """The open review item in which this is asked."""
    listed = ward.run("review", "list", "--format", "json").result
    return next(str(item["id"]) for item in listed if item["asked"] == asked)


def decide_many(ward: Place) -> Ran:
    rows = f"item,verdict\n{item_of(ward, 'ELIGIBLE')},accepted\n{item_of(ward, 'INELIGIBLE')},rejected\n"
    (ward.folder / "answers.csv").write_text(rows, encoding="utf-8")
    return ward.run("review", "decide", "--from", "answers.csv", *BY, *AS_OF, "--format", "json")


def json_of(*arguments: str) -> Callable[[Place], Ran]:
    return lambda ward: ward.run(*arguments, "--format", "json")


def of_treated(*arguments: str) -> Callable[[Place], Ran]:
    """The result of a command where one subject is under treatment."""

    def run(ward: Place) -> Ran:
        treat(ward, "Patient/aml-boy-7", a_course())
        return ward.run(*arguments, "--format", "json")

    return run


def of_watched(*arguments: str) -> Callable[[Place], Ran]:
    """The result of a command where one subject was given cells and is watched."""

    def run(ward: Place) -> Ran:
        treat(ward, "Patient/aml-boy-7", a_course(), safety=safety())
        return ward.run(*arguments, "--format", "json")

    return run


def grade_rows(ward: Place) -> Ran:
    rows = "term,loinc,value,unit,lln,uln\nAnemia,,7.9,g/dL,12,16\n,2951-2,128,mmol/L,135,145\nNone,,1,g/dL,,\n"
    (ward.folder / "labs.csv").write_text(rows, encoding="utf-8")
    return ward.run("grade", "labs.csv", "--scale", "ctcae-v5", "--format", "json")


COMMANDS: dict[str, Callable[[Place], Ran]] = {
    "demo": json_of("demo", "--store", "demo.db", "--sink", "demo-sink"),
    "sync": lambda ward: ward.sync("--format", "json"),
    "derive": json_of("derive", *AS_OF),
    "derive --compare": json_of("derive", "--as-of", "2026-06-11", "--compare", str(ROOT / "mappings")),
    "subjects": json_of("subjects"),
    "subjects --needs": json_of("subjects", "--needs"),
    "explain": json_of("explain", "Patient/alt-above"),
    "plan": of_treated("plan", "Patient/aml-boy-7"),
    "dosing": of_treated("dosing"),
    "dosing --totals": of_treated("dosing", "Patient/aml-boy-7", "--totals"),
    "clearance": of_treated("clearance", "Patient/aml-boy-7", "--infusion", "1", *AS_OF),
    "feasibility": of_treated("feasibility"),
    "safety": of_watched("safety", "Patient/aml-boy-7"),
    "adverse-events": of_watched("adverse-events"),
    "dlt": of_watched("dlt"),
    "deviations": of_treated("deviations", *AS_OF),
    "escalation status": of_treated("escalation", "status", *AS_OF),
    "escalation decide": of_treated("escalation", "decide", "WAIT", *BY),
    "escalation table": json_of("escalation", "table"),
    "escalation simulate": json_of("escalation", "simulate", "1NNN 2NNT"),
    "escalation simulate --all": json_of("escalation", "simulate", "--all"),
    "escalation simulate --rates": json_of("escalation", "simulate", "--rates", "0.1,0.2,0.4", "--runs", "50"),
    "grade": grade_rows,
    "check": json_of("check"),
    "rejections": json_of("rejections"),
    "attest": json_of("attest", "Patient/alt-above", "I4", "true", "--by", "dr-weber", *AS_OF),
    "review list": json_of("review", "list", "--all"),
    "review show": lambda ward: ward.run("review", "show", item_of(ward, "ELIGIBLE"), "--format", "json"),
    "review decide": decide_many,
    "review accept": lambda ward: ward.run(
        "review", "accept", item_of(ward, "ELIGIBLE"), *BY, *AS_OF, "--format", "json"
    ),
    "review reject": lambda ward: ward.run(
        "review", "reject", item_of(ward, "INELIGIBLE"), *BY, *AS_OF, "--format", "json"
    ),
    "subject plan": of_treated("subject", "plan", "Patient/aml-boy-7", "--to", "revoked", *BY, *AS_OF),
    "subject move": json_of(
        "subject", "move", "Patient/consent-none", "--to", "screening", *BY, "--date", "2026-03-11", *AS_OF
    ),
}


LONG = {"demo"}


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(name, id=name.replace(" ", "-"), marks=[pytest.mark.slow] * (name in LONG))
        for name in COMMANDS
    ],
)
def test_the_result_is_as_its_schema_says(read_ward: Place, command: str) -> None:
    ran = COMMANDS[command](read_ward)
    assert ran.code in {0, 1}, ran.err
    assert faults(ran.result, schema_of(command)) == []
    assert ran.result, "an empty result shows nothing"


def schema_of(command: str) -> Any:
    return json.loads((SCHEMAS / schema_name(command)).read_text(encoding="utf-8"))


def test_every_command_with_a_result_has_a_schema() -> None:
    assert set(COMMANDS) == set(RESULTS)


def test_the_committed_schemas_are_as_generated() -> None:
    """Run `make schemas` if this fails; a change that breaks readers is a new version."""
    committed = {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.glob("*.json")}
    assert committed == result_schemas()


def test_the_check_sees_what_a_schema_forbids() -> None:
    schema = schema_of("sync")
    assert {"$.run: is no string", "$.source: is missing"} <= set(faults({"run": 5}, schema))
    assert "$.counts.Patient.mapped: is no integer" in faults({"counts": {"Patient": {"mapped": True}}}, schema)
    assert "$.more: is not described" in faults({"more": 1}, schema)


def test_a_process_prints_its_result_alone_on_stdout(ward: Place) -> None:
    ward.variables["FHIR_ADAPTER_LOG_LEVEL"] = "DEBUG"
    done = ward.start("sync", "--source", "export", *AS_OF, "--sink", "sink", "--format", "json")
    assert json.loads(done.out)["writes"]["dry_run"] == 5, done.err
    assert "RUN_FINISHED" in done.err
    assert "dry run: nothing was written" in done.err


def test_numbers_keep_the_digits_the_hospital_sent(ward: Place) -> None:
    path = ward.export / "Observation.ndjson"
    lines = path.read_text(encoding="utf-8")
    assert '"valueQuantity":{"value":30,' in lines
    path.write_text(
        lines.replace('"valueQuantity":{"value":30,', '"valueQuantity":{"value":30.00,'), encoding="utf-8"
    )
    ward.sync()
    explained = ward.run("explain", "Patient/aml-boy-7", "--format", "json").result
    shown = {e["reported"]["value"] for c in explained["criteria"] for e in c["evidence"] if e["reported"]}
    assert "30.00" in shown
    assert "30" not in shown


def test_a_failed_command_leaves_stdout_empty(ward: Place, tmp_path: Path) -> None:
    failed = ward.run("sync", "--source", str(tmp_path / "nowhere"), "--format", "json")
    assert (failed.code, failed.out) == (2, "")
