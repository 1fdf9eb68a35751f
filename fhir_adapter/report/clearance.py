"""`clearance`: may the cells be infused, criterion by criterion, down to the results it rests on.

Knows: clearance records. Does not know: how a criterion is judged. A proposal: the investigator decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from fhir_adapter.domain.dosing.records import ClearanceRecord
from fhir_adapter.report.explain import CriterionOut, build_criterion
from fhir_adapter.report.model import NOTICE, Result
from fhir_adapter.report.render import add_criterion
from fhir_adapter.report.style import STYLES, styled

_MEANING = {
    "CLEAR": "every criterion to receive it is met",
    "HOLD": "a criterion to receive it is not met",
    "UNKNOWN": "what is recorded does not say whether it may be given",
}


class ClearanceResult(Result):
    """The criteria to receive one cell infusion, at one moment.

    `is_retrospective` is true where the infusion was given: `as_of` then is its start. `valid_until` is when the
    passing of time alone may change the verdict.
    """

    subject: str
    infusion: int
    as_of: str
    verdict: str
    is_retrospective: bool
    valid_until: str | None
    notice: str = NOTICE
    criteria: list[CriterionOut]


def build_clearance(record: ClearanceRecord, texts: Mapping[str, str], zone: tzinfo) -> ClearanceResult:
    """Put a clearance into words an investigator can check.

    Args:
        record: The clearance.
        texts: Criterion id -> the protocol's wording.
        zone: The hospital's zone, in which moments are shown.

    Returns:
        The result model.
    """
    return ClearanceResult(
        subject=record.subject,
        infusion=record.infusion,
        as_of=record.as_of.astimezone(zone).isoformat(),
        verdict=record.verdict,
        is_retrospective=record.is_retrospective,
        valid_until=record.expires.astimezone(zone).isoformat() if record.expires else None,
        criteria=[build_criterion(result, texts.get(result.id, "")) for result in record.criteria],
    )


def render_clearance(result: ClearanceResult, *, full: bool = False) -> RenderableType:
    """Show one infusion's clearance as a tree.

    Args:
        result: The clearance.
        full: Every statement; otherwise only those that led to each verdict.

    Returns:
        Something rich can print.
    """
    head = Text.assemble((f"{result.subject}  infusion {result.infusion}  ", "bold"), styled(result.verdict))
    head.append(f"  {_MEANING[result.verdict]}")
    tree = Tree(head)
    for criterion in result.criteria:
        add_criterion(tree, criterion, full=full)
    hint = "" if full else " Shown: what led to each verdict; --full shows every statement."
    return Group(_moment(result), *_open(result), tree, Text(NOTICE + hint, style="dim"))


def clearance_line(result: ClearanceResult) -> Text:
    """Say in one line how an infusion was judged."""
    line = Text.assemble(f"infusion {result.infusion}, judged for {result.as_of}: ", styled(result.verdict))
    for criterion in result.criteria:
        line.append(f"  {criterion.id} ")
        line.append(styled(criterion.verdict))
        if criterion.unknown_reason:
            line.append(f" {criterion.unknown_reason}", style=STYLES["UNKNOWN"])
    return line


def _moment(result: ClearanceResult) -> Text:
    what = "the infusion was given; judged for its start" if result.is_retrospective else "judged for"
    until = f", holds until {result.valid_until} at most" if result.valid_until else ""
    return Text(f"{what} {result.as_of}{until}")


def _open(result: ClearanceResult) -> list[Text]:
    """Say first what holds the infusion, and what is open."""
    lines = []
    for words, verdict in (("not met", "FAIL"), ("open", "UNKNOWN")):
        ids = [criterion.id for criterion in result.criteria if criterion.verdict == verdict]
        if ids:
            lines.append(Text(f"{words}: {', '.join(ids)}", style=STYLES[verdict]))
    return lines
