"""`attest`, `review`, `subject move` and `subject plan`: what was asked, what was decided."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fhir_adapter.report.explain import ExplainResult
from fhir_adapter.report.model import NOTICE, Result


class AttestResult(Result):
    """A statement that was saved; `id` can be superseded later."""

    id: str
    subject: str
    meaning: str
    verdict: str | None


class MoveResult(Result):
    """Where a subject stands after a move."""

    subject: str
    status: str | None


class PlanMoveResult(Result):
    """Where a subject's plan stands after a move."""

    subject: str
    plan_status: str | None


class ItemOut(Result):
    """One review item and how it may be answered."""

    id: str
    kind: str
    state: str
    subject: str
    asked: str
    opened_at: str
    details: dict[str, str]
    answers: str
    roles: list[str]


class ItemsResult(Result):
    """Review items; as JSON the list alone."""

    items: list[ItemOut]


class DecisionOut(Result):
    """An earlier decision about the subject."""

    item: str
    values: dict[str, str]
    by: str
    reason: str
    at: str


class ItemResult(Result):
    """One review item with what a person needs to answer it."""

    item: ItemOut
    patient: str
    status: str | None
    decisions: list[DecisionOut]
    explanation: ExplainResult | None


class DecidedResult(Result):
    """Items answered, and where their subjects stand now."""

    decided: list[MoveResult]


def render_attestation(result: AttestResult) -> RenderableType:
    """Show a saved statement."""
    return Text(f"saved {result.id} for {result.subject}\n{result.meaning}\nverdict now: {result.verdict or '-'}")


def render_move(result: MoveResult) -> RenderableType:
    """Show where a subject stands."""
    return Text(f"{result.subject} is {result.status or 'not in the trial'}")


def render_plan_move(result: PlanMoveResult) -> RenderableType:
    """Show where a subject's plan stands."""
    return Text(f"the plan of {result.subject} is {result.plan_status or 'a draft'}")


def render_items(result: ItemsResult) -> RenderableType:
    """Show review items as a table."""
    table = Table("item", "kind", "subject", "asked", "opened", "answer with", "by a")
    for item in result.items:
        roles = " or ".join(item.roles)
        table.add_row(item.id, item.kind, item.subject, item.asked, item.opened_at, item.answers, roles)
    return Group(table, Text(NOTICE, style="dim"))


def render_item(result: ItemResult) -> RenderableType:
    """Show one review item; its explanation is shown by the caller."""
    item = result.item
    lines = [
        f"{item.id}: {item.kind} ({item.state}), asked: {item.asked}, opened {item.opened_at}",
        f"subject {item.subject} ({result.patient}), status {result.status or '-'}",
        *(f"{name}: {value}" for name, value in sorted(item.details.items())),
        f"answer with {item.answers}, by {' or '.join(item.roles)}",
        *(f"decided {each.at} by {each.by}: {each.values} ({each.reason})" for each in result.decisions),
    ]
    return Text("\n".join(lines))


def render_decided(result: DecidedResult) -> RenderableType:
    """Show where the subjects of answered items stand."""
    return Group(*(render_move(each) for each in result.decided))
