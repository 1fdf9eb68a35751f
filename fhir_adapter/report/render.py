"""Results as tables and trees for a terminal; plain text where output is piped.

Knows: result models, rich. Does not know: where a result comes from.
"""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from fhir_adapter.report.explain import ComputationOut, CriterionOut, EvidenceOut, ExplainResult, PartOut
from fhir_adapter.report.model import NOTICE
from fhir_adapter.report.rejections import RejectionsResult
from fhir_adapter.report.style import STYLES, styled
from fhir_adapter.report.subjects import NeedsResult, SubjectsResult
from fhir_adapter.report.sync import SyncResult

_EXCLUSION = {"PASS": "does not exclude", "FAIL": "excludes"}
"""What the verdict of an exclusion criterion means; its text alone reads the other way round."""


def render_subjects(result: SubjectsResult) -> RenderableType:
    """Show subjects as a table."""
    table = Table("subject", "patient", "status", "verdict", "failing", "unknown")
    for row in result.subjects:
        failing, unknown = ", ".join(row.failing), ", ".join(row.unknown)
        table.add_row(row.subject, row.patient, row.status or "-", styled(row.verdict), failing, unknown)
    return Group(table, Text(NOTICE, style="dim"))


def render_needs(result: NeedsResult) -> RenderableType:
    """Show a coordinator's worklist: by subject, then how many wait for each criterion."""
    table = Table("subject", "patient", "criterion", "why unknown", "next fact")
    for subject in result.by_subject:
        for need in subject.needs:
            table.add_row(need.subject, need.patient, need.criterion, need.unknown_reason, need.next_fact)
        table.add_section()
    waiting = Table("criterion", "subjects waiting")
    for criterion in result.by_criterion:
        waiting.add_row(criterion.criterion, str(len(criterion.needs)))
    return Group(table, waiting)


def render_sync(result: SyncResult) -> RenderableType:
    """Show a run's balanced counts, records and writes."""
    table = Table("resource type", "received", "= mapped", "+ rejected", "+ excluded", "rejected parts", "why")
    for name, counts in result.counts.items():
        reasons = [f"{count} {reason}" for reason, count in {**counts.rejected_by, **counts.excluded_by}.items()]
        numbers = (counts.received, counts.mapped, counts.rejected, counts.excluded, counts.rejected_parts)
        table.add_row(name, *(str(number) for number in numbers), ", ".join(reasons))
    kinds = (
        ("records", result.records),
        ("treatment records", result.treatments),
        ("safety records", result.safety),
    )
    writes = result.writes
    lines = [
        *(
            f"{kind}: {counts.created} created, {counts.changed} changed, {counts.unchanged} unchanged"
            for kind, counts in kinds
        ),
        (
            f"writes: {writes.created} created, {writes.updated} updated, {writes.unchanged} unchanged, "
            f"{writes.conflicts} conflicts, {writes.for_review} for review, {writes.dry_run} dry run"
        ),
        f"run {result.run}, as of {result.as_of}, definitions {result.definitions_digest[:12]}",
    ]
    if result.unmatched_rows or result.doubled_rows:
        rows = f"unmatched {result.unmatched_rows}, matched by several patients {result.doubled_rows}"
        lines.append(f"roster rows: {rows}")
    return Group(table, *(Text(line) for line in lines))


def render_rejections(result: RejectionsResult) -> RenderableType:
    """Show rejections as a table."""
    table = Table("reason", "detail", "path", "resource", "from")
    for row in result.rejections:
        table.add_row(row.reason, row.detail, row.path, row.reference, row.origin)
    return table


def render_explanation(result: ExplainResult, *, full: bool = False) -> RenderableType:
    """Show one subject's verdict as a tree down to the results it rests on.

    Args:
        result: The explanation.
        full: Every statement; otherwise only those that led to each verdict.

    Returns:
        Something rich can print.
    """
    head = Text.assemble(
        (f"{result.subject}  {result.patient}  ", "bold"),
        styled(result.verdict),
        "  (frozen: a person accepted it)" if result.frozen else "",
    )
    anchor = Text(
        f"as of {result.as_of}, judged for {result.anchor} ({result.anchor_source})"
        + (f", valid until {result.valid_until}" if result.valid_until else "")
    )
    tree = Tree(head)
    for criterion in result.criteria:
        add_criterion(tree, criterion, full=full)
    hint = "" if full else " Shown: what led to each verdict; --full shows every statement."
    return Group(anchor, *_summary(result), tree, Text(NOTICE + hint, style="dim"))


def _summary(result: ExplainResult) -> list[Text]:
    """Say first what decides: who fails which criterion, what is open, what waits for a person."""
    lines = [Text(f"status {result.status}")] if result.status else []
    for word, verdict in (("fails", "FAIL"), ("open", "UNKNOWN")):
        ids = [criterion.id for criterion in result.criteria if criterion.verdict == verdict]
        if ids:
            lines.append(Text(f"{word}: {', '.join(ids)}", style=STYLES[verdict]))
    waiting = (f"{item.kind} {item.asked} (fhir-adapter review show {item.id})" for item in result.waiting)
    return [*lines, *(Text(f"waits for a person: {words}") for words in waiting)]


def add_criterion(tree: Tree, criterion: CriterionOut, *, full: bool) -> None:
    """Add one criterion to a tree: verdict, next fact, notes, and what led there (`full`: every statement)."""
    line = Text.assemble((f"{criterion.id:<4} ", "bold"), styled(criterion.verdict))
    if criterion.unknown_reason:
        line.append(f" {criterion.unknown_reason}", style="yellow")
    if criterion.kind == "exclusion" and criterion.verdict in _EXCLUSION:
        line.append(f" ({_EXCLUSION[criterion.verdict]})")
    line.append(f"  {criterion.text}", style="dim")
    branch = tree.add(line)
    if criterion.next_fact:
        branch.add(Text(f"next: {criterion.next_fact}", style="yellow"))
    for note in dict.fromkeys(criterion.notes):
        branch.add(Text(f"note: {note}"))
    full = full or criterion.unknown_reason == "CONFLICTING"  # both sides have to be seen
    parts = _leading(criterion.parts, _statement_of(criterion), full=full)
    for part in parts:
        _add_part(branch, part, full=full)
    if not criterion.parts:
        _add_sources(branch, criterion.evidence, criterion.computations)


def _statement_of(criterion: CriterionOut) -> str:
    """Give the verdict of the criterion's statement: an exclusion FAILs where its statement is MET."""
    if criterion.verdict == "UNKNOWN":
        return "UNKNOWN"
    return "MET" if (criterion.verdict == "PASS") == (criterion.kind == "inclusion") else "NOT_MET"


def _leading(parts: list[PartOut], verdict: str, *, full: bool) -> list[PartOut]:
    """Give the parts that led to a verdict: those that say the same, or all where none does."""
    if full:
        return parts
    same = [part for part in parts if part.verdict == verdict]
    return same or parts


def _add_part(tree: Tree, part: PartOut, *, full: bool) -> None:
    inner = _leading(part.parts, part.verdict, full=full)
    if not part.id and not part.label:  # a statement without words of its own: what it is made of speaks for it
        _add_notes(tree, part)
        for each in inner:
            _add_part(tree, each, full=full)
        return
    name = ": ".join(word for word in (part.id, part.label) if word)
    line = Text.assemble(f"{name} ", styled(part.verdict))
    if part.unknown_reason:
        line.append(f" {part.unknown_reason}", style="yellow")
    branch = tree.add(line)
    _add_notes(branch, part)
    for each in inner:
        _add_part(branch, each, full=full)


def _add_notes(branch: Tree, part: PartOut) -> None:
    """Show what a statement without parts rests on; with parts they show it."""
    if part.parts:
        return
    for note in dict.fromkeys(part.notes):
        branch.add(Text(f"note: {note}"))
    _add_sources(branch, part.evidence, part.computations)


def _add_sources(branch: Tree, evidence: list[EvidenceOut], computations: list[ComputationOut]) -> None:
    for computation in computations:
        inputs = ", ".join(
            f"{given.name} {given.value} {given.unit or ''}".strip() for given in computation.inputs
        )
        result = f"{computation.result.value} {computation.result.unit or ''}".strip()
        branch.add(Text(f"{computation.formula} = {result}  ({inputs}; {computation.source})"))
    for each in evidence:
        branch.add(Text(_evidence_line(each)))


def _evidence_line(evidence: EvidenceOut) -> str:
    if evidence.reference == evidence.role == "receipt":  # what was searched, where nothing had to be found
        place = ", ".join(word for word in (evidence.path, evidence.version) if word)
        return f"searched: {place} ({evidence.note})"
    words = [f"{evidence.role}:"] if evidence.role != "value" else []
    reported, standard = evidence.reported, evidence.standard
    if reported:
        words.append(f"{reported.comparator or ''}{reported.value} {reported.unit or ''}".strip())
    if standard and (reported is None or standard.unit != reported.unit):
        shown = f"{standard.value} {standard.unit or ''}".strip()
        words.append(shown if reported is None else f"(= {shown})")
    if evidence.effective:
        words.append(f"on {evidence.effective}")
    words.append(f"from {evidence.reference} version {evidence.version}, {evidence.path}")
    if evidence.note:
        words.append(f"({evidence.note})")
    return " ".join(words)
