"""`derive` and `derive --compare`: how many records changed, and what changed in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from pydantic import Field
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fhir_adapter.report.model import Result
from fhir_adapter.report.sync import NO_RECORDS, RecordCounts


class DeriveResult(Result):
    """One derivation from stored facts; `treatments` and `safety` count the records of those who have one."""

    run: str
    as_of: str
    known_at: str | None
    saved: bool
    records: RecordCounts
    treatments: RecordCounts = NO_RECORDS
    safety: RecordCounts = NO_RECORDS
    definitions_digest: str


class ChangedWord(Result):
    """What stood before and what stands now."""

    old: str | None
    new: str | None


class CriterionChangeOut(Result):
    """How one criterion changed: verdict, reason, and the values that came and went."""

    id: str
    verdict: ChangedWord
    unknown_reason: ChangedWord
    removed: list[str]
    added: list[str]


class DoseChangeOut(Result):
    """How one dose changed: status, amounts in words, deviations by their codes."""

    item: str
    day: int | None
    status: ChangedWord
    planned: ChangedWord
    administered: ChangedWord
    deviations: ChangedWord


class SafetyChangeOut(Result):
    """How a graded result, an adverse event, a syndrome or its counting for the dose escalation changed."""

    kind: str
    id: str
    title: str
    said: ChangedWord


class RecordChangeOut(Result):
    """How one subject's records changed."""

    subject: str
    verdict: ChangedWord
    criteria: list[CriterionChangeOut]
    doses: list[DoseChangeOut] = Field(default_factory=list)
    safety: list[SafetyChangeOut] = Field(default_factory=list)


class CompareResult(Result):
    """All changed records."""

    compared_with: str
    changes: list[RecordChangeOut]


class PairLike(Protocol):
    """Old and new word."""

    @property
    def old(self) -> str | None:
        """Before."""
        ...

    @property
    def new(self) -> str | None:
        """Now."""
        ...


class CriterionChangeLike(Protocol):
    """A changed criterion as the use case gives it."""

    @property
    def id(self) -> str: ...  # noqa: D102 - the use case documents its fields
    @property
    def verdict(self) -> PairLike: ...  # noqa: D102
    @property
    def reason(self) -> PairLike: ...  # noqa: D102
    @property
    def removed(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def added(self) -> tuple[str, ...]: ...  # noqa: D102


class DoseChangeLike(Protocol):
    """A changed dose as the use case gives it."""

    @property
    def item(self) -> str: ...  # noqa: D102 - the use case documents its fields
    @property
    def day(self) -> int | None: ...  # noqa: D102
    @property
    def status(self) -> PairLike: ...  # noqa: D102
    @property
    def planned(self) -> PairLike: ...  # noqa: D102
    @property
    def administered(self) -> PairLike: ...  # noqa: D102
    @property
    def deviations(self) -> PairLike: ...  # noqa: D102


class SafetyChangeLike(Protocol):
    """A changed grade or event as the use case gives it."""

    @property
    def kind(self) -> str: ...  # noqa: D102 - the use case documents its fields
    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def said(self) -> PairLike: ...  # noqa: D102


class RecordChangeLike(Protocol):
    """A changed record as the use case gives it; report and sync do not see each other."""

    @property
    def subject(self) -> str: ...  # noqa: D102
    @property
    def verdict(self) -> PairLike: ...  # noqa: D102
    @property
    def criteria(self) -> Iterable[CriterionChangeLike]: ...  # noqa: D102
    @property
    def doses(self) -> Iterable[DoseChangeLike]: ...  # noqa: D102
    @property
    def safety(self) -> Iterable[SafetyChangeLike]: ...  # noqa: D102


def build_comparison(compared_with: str, changes: Iterable[RecordChangeLike]) -> CompareResult:
    """Put changes into their result model.

    Args:
        compared_with: The run or folder compared with.
        changes: As the use case found them.

    Returns:
        The result model.
    """
    return CompareResult(
        compared_with=compared_with,
        changes=[
            RecordChangeOut(
                subject=change.subject,
                verdict=_word(change.verdict),
                criteria=[
                    CriterionChangeOut(
                        id=criterion.id,
                        verdict=_word(criterion.verdict),
                        unknown_reason=_word(criterion.reason),
                        removed=list(criterion.removed),
                        added=list(criterion.added),
                    )
                    for criterion in change.criteria
                ],
                doses=[
                    DoseChangeOut(
                        item=dose.item,
                        day=dose.day,
                        status=_word(dose.status),
                        planned=_word(dose.planned),
                        administered=_word(dose.administered),
                        deviations=_word(dose.deviations),
                    )
                    for dose in change.doses
                ],
                safety=[
                    SafetyChangeOut(kind=each.kind, id=each.id, title=each.title, said=_word(each.said))
                    for each in change.safety
                ],
            )
            for change in changes
        ],
    )


def render_derivation(result: DeriveResult) -> RenderableType:
    """Show a derivation's counts."""
    counts, treatments, safety = result.records, result.treatments, result.safety
    kept = "" if result.saved else " (nothing saved: the knowledge time lies in the past)"
    return Text(
        f"records: {counts.created} created, {counts.changed} changed, {counts.unchanged} unchanged{kept}\n"
        f"treatment records: {treatments.created} created, {treatments.changed} changed, "
        f"{treatments.unchanged} unchanged\n"
        f"safety records: {safety.created} created, {safety.changed} changed, {safety.unchanged} unchanged\n"
        f"run {result.run}, as of {result.as_of}, definitions {result.definitions_digest[:12]}"
    )


def render_comparison(result: CompareResult) -> RenderableType:
    """Show changed verdicts, reasons, values, doses, grades and events."""
    table = Table("subject", "criterion, dose or event", "before", "now", "no longer", "newly")
    for change in result.changes:
        table.add_row(change.subject, "all", _shown(change.verdict.old), _shown(change.verdict.new), "", "")
        for criterion in change.criteria:
            table.add_row(
                "",
                criterion.id,
                f"{_shown(criterion.verdict.old)} {criterion.unknown_reason.old or ''}",
                f"{_shown(criterion.verdict.new)} {criterion.unknown_reason.new or ''}",
                "; ".join(criterion.removed),
                "; ".join(criterion.added),
            )
        for dose in change.doses:
            day = f" day {dose.day:+d}" if dose.day is not None else ""
            before, now = _dose_words(dose)
            table.add_row("", f"{dose.item}{day}", before, now, "", "")
        for each in change.safety:
            name = each.id if each.id.endswith(each.title) else f"{each.title} {each.id}"
            table.add_row("", name, _shown(each.said.old), _shown(each.said.new), "", "")
        table.add_section()
    return Group(table, Text(f"{len(result.changes)} records differ from {result.compared_with}"))


def _word(pair: PairLike) -> ChangedWord:
    return ChangedWord(old=pair.old, new=pair.new)


def _dose_words(dose: DoseChangeOut) -> tuple[str, str]:
    """Say how a dose stood and stands: status, planned, given, deviations."""
    pairs = (dose.status, dose.planned, dose.administered, dose.deviations)
    before, now = [pair.old for pair in pairs], [pair.new for pair in pairs]
    return ", ".join(map(_shown, before)), ", ".join(map(_shown, now))


def _shown(word: str | None) -> str:
    return word or "-"
