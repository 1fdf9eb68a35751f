"""`fhir-adapter review`: what waits for a named person."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from fhir_adapter.bootstrap import Choice, open_workplace
from fhir_adapter.cli.lookup import list_waiting
from fhir_adapter.cli.options import AsOf, By, Hospital, Mappings, OutputFormat, Reason, Store, Trial, parse_time
from fhir_adapter.cli.output import Format, emit, show
from fhir_adapter.domain.answering import QUESTIONS
from fhir_adapter.domain.review import Decision, ReviewItem
from fhir_adapter.errors import UsageError
from fhir_adapter.ports.rows import SubjectRow
from fhir_adapter.report.decisions import (
    DecidedResult,
    DecisionOut,
    ItemOut,
    ItemResult,
    ItemsResult,
    MoveResult,
    render_decided,
    render_item,
    render_items,
)
from fhir_adapter.report.explain import build_explanation
from fhir_adapter.report.render import render_explanation
from fhir_adapter.sync.decide import DecideRequest, decide_many, run_decide, short_answer, show_item

app = typer.Typer(help="What waits for a named person, and the answers.", no_args_is_help=True)
Item = Annotated[str, typer.Argument(help="Id of the review item.")]


@app.command("list")
def list_items(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Answered and replaced items too.")] = False,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """List the open review items, oldest first."""
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        trial_id = workplace.definitions.trial.id
        items = workplace.store.records.review_items(trial_id, open_only=not everything)
    result = ItemsResult(items=[_item(item) for item in items])
    emit(result, field="items") if output is Format.JSON else show(render_items(result))


@app.command("show")
def show_one(
    item: Item,
    *,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Show one item with the subject's record and earlier decisions."""
    with open_workplace(Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)) as workplace:
        shown = show_item(workplace.desk(), item)
        waiting = list_waiting(workplace, shown.row.subject)
        texts = {criterion.id: criterion.text for criterion in workplace.definitions.trial.criteria}
    patient, stored = f"Patient/{shown.row.patient}", shown.stored
    result = ItemResult(
        item=_item(shown.item),
        patient=patient,
        status=shown.row.status,
        decisions=[_decision(decision) for decision in shown.decisions],
        explanation=build_explanation(
            stored.record,
            patient=patient,
            frozen=stored.frozen,
            texts=texts,
            status=shown.row.status,
            waiting=waiting,
        )
        if stored
        else None,
    )
    if output is Format.JSON:
        emit(result)
        return
    show(render_item(result))
    if result.explanation:
        show(render_explanation(result.explanation))


@app.command("accept")
def accept(
    item: Item,
    *,
    by: By,
    reason: Reason,
    as_of: AsOf = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Accept what the item proposes."""
    choice = Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)
    _answer(choice, (item, by, reason), as_of, output, accepting=True)


@app.command("reject")
def reject(
    item: Item,
    *,
    by: By,
    reason: Reason,
    as_of: AsOf = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Reject what the item proposes."""
    choice = Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)
    _answer(choice, (item, by, reason), as_of, output, accepting=False)


@app.command("decide")
def decide(
    item: Annotated[str | None, typer.Argument(help="Id of the review item; left out with --from.")] = None,
    *,
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why; with --from where a row has none.")] = "",
    values: Annotated[list[str] | None, typer.Option("--set", help="FIELD=VALUE; may be repeated.")] = None,
    many: Annotated[
        Path | None, typer.Option("--from", help="CSV with columns item, reason and one per field: many at once.")
    ] = None,
    as_of: AsOf = None,
    hospital: Hospital = None,
    trial: Trial = None,
    store: Store = None,
    mappings: Mappings = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Answer one item by its fields, or many from a CSV file."""
    if (item is None) == (many is None):
        raise UsageError("give one ITEM, or --from FILE for many")
    if many is not None:
        requests = read_answers(many, by, reason)
    else:
        requests = [DecideRequest(item=item or "", values=parse_values(values or []), by=by, reason=reason)]
    choice = Choice(hospital=hospital, trial=trial, store=store, mappings=mappings)
    moment = parse_time(as_of, "--as-of")
    with open_workplace(choice) as workplace:
        _print(list(decide_many(workplace.desk(moment), requests)), output)


def parse_values(texts: list[str]) -> dict[str, str]:
    """Read FIELD=VALUE pairs.

    Args:
        texts: As given.

    Returns:
        Field -> value.

    Raises:
        UsageError: One of them is no pair, or a field is given twice.
    """
    values: dict[str, str] = {}
    for text in texts:
        field, equals, value = text.partition("=")
        if not equals or not field or field in values:
            raise UsageError("--set takes FIELD=VALUE, each field once")
        values[field] = value
    return values


def read_answers(path: Path, by: str, reason: str) -> list[DecideRequest]:
    """Read many answers from a CSV file.

    Args:
        path: Columns `item`, `reason` and one per field; an empty cell = field not given.
        by: Who decides.
        reason: For rows without their own.

    Returns:
        One request per row.

    Raises:
        UsageError: The file cannot be read, or a row names no item.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UsageError("--from cannot be read as a UTF-8 CSV file") from None
    requests = []
    for number, row in enumerate(rows, start=1):
        cells = {name: (cell or "").strip() for name, cell in row.items() if isinstance(name, str)}
        item = cells.pop("item", "")
        if not item:
            raise UsageError(f"row {number}: the column `item` is needed")
        own = cells.pop("reason", "")
        values = {name: cell for name, cell in cells.items() if cell}
        requests.append(DecideRequest(item=item, values=values, by=by, reason=own or reason))
    return requests


def _answer(
    choice: Choice, answer: tuple[str, str, str], as_of: str | None, output: Format, *, accepting: bool
) -> None:
    item, by, reason = answer
    moment = parse_time(as_of, "--as-of")
    with open_workplace(choice) as workplace:
        desk = workplace.desk(moment)
        values = short_answer(desk, item, accept=accepting)
        _print([run_decide(desk, DecideRequest(item=item, values=values, by=by, reason=reason))], output)


def _print(rows: list[SubjectRow], output: Format) -> None:
    moves = [MoveResult(subject=row.subject, status=row.status) for row in rows]
    result = DecidedResult(decided=moves)
    emit(result) if output is Format.JSON else show(render_decided(result))


def _item(item: ReviewItem) -> ItemOut:
    question = QUESTIONS[item.kind]
    return ItemOut(
        id=item.id,
        kind=item.kind,
        state=item.state,
        subject=item.subject,
        asked=item.asked,
        opened_at=item.opened_at.isoformat(),
        details=dict(item.details or {}),
        answers=question.allowed,
        roles=sorted(question.roles),
    )


def _decision(decision: Decision) -> DecisionOut:
    return DecisionOut(
        item=decision.item,
        values=dict(decision.values),
        by=decision.by,
        reason=decision.reason,
        at=decision.at.isoformat(),
    )
