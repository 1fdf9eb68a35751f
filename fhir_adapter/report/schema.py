"""JSON Schemas of what `--format json` prints, one per command: the contract with whoever reads it.

Knows: which command prints which result. Does not know: how a result comes about. A change that breaks readers is
a new version beside the old one. Run `python -m fhir_adapter.report.schema` to write the files; a test compares.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from fhir_adapter.report.adverse_events import AdverseEventOut
from fhir_adapter.report.changes import CompareResult, DeriveResult
from fhir_adapter.report.check import CheckResult
from fhir_adapter.report.clearance import ClearanceResult
from fhir_adapter.report.decisions import (
    AttestResult,
    DecidedResult,
    ItemOut,
    ItemResult,
    MoveResult,
    PlanMoveResult,
)
from fhir_adapter.report.deviations import DeviationOut
from fhir_adapter.report.dose_limiting import DoseLimitingOut
from fhir_adapter.report.dosing import DosingOut, TotalOut
from fhir_adapter.report.escalation import CharacteristicsResult, EscalationTableResult, PathResult
from fhir_adapter.report.escalation_status import EscalationDecisionOut, EscalationStatusResult
from fhir_adapter.report.explain import ExplainResult
from fhir_adapter.report.feasibility import FeasibilityResult
from fhir_adapter.report.grade import GradeResult
from fhir_adapter.report.plan import PlanResult
from fhir_adapter.report.rejections import RejectionOut
from fhir_adapter.report.safety import SafetyResult
from fhir_adapter.report.subjects import NeedsResult, SubjectOut
from fhir_adapter.report.sync import SyncResult

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
FOLDER: Final = Path("docs") / "schema"
VERSION: Final = "v1"

RESULTS: Final[Mapping[str, Any]] = {
    "demo": SyncResult,
    "sync": SyncResult,
    "derive": DeriveResult,
    "derive --compare": CompareResult,
    "subjects": list[SubjectOut],
    "subjects --needs": NeedsResult,
    "explain": ExplainResult,
    "plan": PlanResult,
    "dosing": list[DosingOut],
    "dosing --totals": list[TotalOut],
    "clearance": ClearanceResult,
    "feasibility": FeasibilityResult,
    "deviations": list[DeviationOut],
    "safety": SafetyResult,
    "adverse-events": list[AdverseEventOut],
    "dlt": list[DoseLimitingOut],
    "escalation status": EscalationStatusResult,
    "escalation decide": EscalationDecisionOut,
    "escalation table": EscalationTableResult,
    "escalation simulate": PathResult,
    "escalation simulate --all": list[PathResult],
    "escalation simulate --rates": CharacteristicsResult,
    "grade": GradeResult,
    "check": CheckResult,
    "rejections": list[RejectionOut],
    "attest": AttestResult,
    "review list": list[ItemOut],
    "review show": ItemResult,
    "review decide": DecidedResult,
    "review accept": DecidedResult,
    "review reject": DecidedResult,
    "subject move": MoveResult,
    "subject plan": PlanMoveResult,
}
"""Command, with the option that changes its result -> type of the result."""


def schema_name(command: str) -> str:
    """Name the file of a command's schema.

    Args:
        command: As in RESULTS.

    Returns:
        Its file name.

    >>> schema_name("derive --compare")
    'derive-compare-v1.json'
    """
    return f"{command.replace(' --', '-').replace(' ', '-')}-{VERSION}.json"


def result_schemas() -> dict[str, str]:
    """Write the schema of every command's result.

    Returns:
        File name -> its text.

    >>> sorted(result_schemas())[:2]
    ['adverse-events-v1.json', 'attest-v1.json']
    """
    return {schema_name(command): _text(command, result) for command, result in RESULTS.items()}


def write_schemas(folder: Path) -> None:
    """Write every schema and remove those no command has any more.

    Args:
        folder: Made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = result_schemas()
    for stale in set(folder.glob(f"*-{VERSION}.json")) - {folder / name for name in texts}:
        stale.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _text(command: str, result: Any) -> str:
    schema = TypeAdapter(result).json_schema(mode="serialization")
    titled = {**schema, "$schema": DIALECT, "title": f"fhir-adapter {command} --format json"}
    return json.dumps(titled, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
