"""`dlt`: who counts for the dose escalation, and as what.

Knows: safety records. Does not know: the escalation rule, how toxicity is found.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fhir_adapter.domain.safety_model.records import SafetyRecord
from fhir_adapter.report.dose_limiting import DoseLimitingOut, build_dose_limiting, shown
from fhir_adapter.report.model import NOTICE, Result
from fhir_adapter.report.style import DEVIATION, styled


class DltResult(Result):
    """Dose-limiting toxicity by subject; as JSON the list alone."""

    subjects: list[DoseLimitingOut]


def build_dlt(records: Iterable[SafetyRecord]) -> DltResult:
    """Put subjects into rows.

    Args:
        records: One per subject, in the order to show.

    Returns:
        The rows.
    """
    return DltResult(subjects=[build_dose_limiting(each.subject, each.dose_limiting) for each in records])


def render_dlt(result: DltResult) -> RenderableType:
    """Show who counts, with the day the window closes and what comes next."""
    table = Table("subject", "part", "level", "window", "until", "DLT", "evaluable", "why", "next")
    for each in result.subjects:
        table.add_row(
            each.subject,
            each.part or "not stated",
            "-" if each.level is None else str(each.level),
            styled(each.state),
            (each.window_end or "-")[:10],
            Text(shown(each.dose_limiting), style=DEVIATION if each.dose_limiting else ""),
            "replaced" if each.replaced else shown(each.evaluable),
            each.why,
            each.next_assessment or "-",
        )
    return Group(table, Text(NOTICE, style="dim"))
