"""`deviations`: where the study departed from its protocol, for the principal investigator.

Knows: the list. Does not know: what counts as a deviation, how grave one is: a person judges that.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TextIO

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from fhir_adapter.domain.dosing.study_deviations import ListedDeviation
from fhir_adapter.report.model import NOTICE, Result
from fhir_adapter.report.render_dosing import day_text
from fhir_adapter.report.style import DEVIATION


class DeviationOut(Result):
    """One deviation; `record` is the digest of the record that says so, `evidence` what it rests on."""

    subject: str
    deviation: str
    what: str
    date: str | None
    item: str | None
    day: int | None
    record: str | None
    evidence: list[str]


class DeviationsResult(Result):
    """All deviations; as JSON the list alone."""

    deviations: list[DeviationOut]


def build_deviations(listed: Iterable[ListedDeviation]) -> DeviationsResult:
    """Put deviations into rows.

    Args:
        listed: In the order to show.

    Returns:
        The result model.
    """
    return DeviationsResult(
        deviations=[
            DeviationOut(
                subject=each.subject,
                deviation=each.kind,
                what=each.what,
                date=each.when.isoformat() if each.when else None,
                item=each.item,
                day=each.day,
                record=each.record,
                evidence=list(each.evidence),
            )
            for each in listed
        ]
    )


def render_deviations(result: DeviationsResult) -> RenderableType:
    """Show deviations as a table, and how many subjects they are of."""
    names = ("subject", "date", "day", "deviation", "what", "evidence")
    table = Table(*(Column(name, no_wrap=name in {"subject", "date", "day"}, overflow="fold") for name in names))
    for row in result.deviations:
        table.add_row(
            Text(row.subject),
            Text(row.date or "-"),
            Text(day_text(row.day)),
            Text(row.deviation, style=DEVIATION),
            Text(row.what),
            Text("\n".join(row.evidence)),
        )
    subjects = {row.subject for row in result.deviations}
    total = Text(f"{len(result.deviations)} deviations of {len(subjects)} subjects")
    return Group(*([table] if result.deviations else []), total, Text(NOTICE, style="dim"))


def write_deviations(result: DeviationsResult, file: TextIO) -> None:
    """Write deviations as CSV: one line each, references separated by spaces.

    Args:
        result: The deviations.
        file: Open for writing, without translation of line ends.
    """
    writer = csv.writer(file)
    names = tuple(DeviationOut.model_fields)
    writer.writerow(names)
    for row in result.deviations:
        cells = row.model_dump()
        writer.writerow([" ".join(value) if isinstance(value := cells[name], list) else value for name in names])
