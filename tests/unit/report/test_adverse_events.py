"""What a serious event still needs stands below the table: late, to come, or with a time nobody can tell."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from fhir_adapter.domain.safety_model.event_records import EventState
from fhir_adapter.report.adverse_events import (
    AdverseEventsResult,
    build_adverse_events,
    is_current,
    render_adverse_events,
)
from tests.store_samples import NOON
from tests.stored_safety import adverse_event, safety

ASKS = "SAE report to the sponsor: due time unknown, needs when the site became aware of it (date and time)"


def built(**changed: Any) -> AdverseEventsResult:
    record = safety(events=(replace(adverse_event(), **changed),))
    return build_adverse_events([record], now=NOON)


def shown(**changed: Any) -> str:
    out = io.StringIO()
    Console(file=out, width=240, highlight=False).print(render_adverse_events(built(**changed)))
    return out.getvalue()


def test_a_report_says_whether_its_time_has_passed() -> None:
    late = shown(due=(("SAE report", NOON - timedelta(minutes=1)),))
    assert f"overdue: SAE report of AE-3f2a91c07b1d ({safety().subject}), was due " in late
    coming = shown(due=(("SAE report", NOON),))
    assert f"due: SAE report of AE-3f2a91c07b1d ({safety().subject}), by {NOON.isoformat()}" in coming
    assert "overdue" not in coming


def test_a_report_without_a_due_time_is_no_report_without_a_duty() -> None:
    """Nobody said when the site became aware: the 24 hours may have passed already."""
    assert f"of AE-3f2a91c07b1d ({safety().subject}): {ASKS}" in shown(due=(), notes=("lab only", ASKS))
    assert "lab only" not in shown(due=(), notes=("lab only", ASKS))


@pytest.mark.parametrize(
    ("changed", "current"),
    [
        ({"state": EventState.ONGOING, "due": ()}, True),
        ({"state": EventState.DISSOLVED, "due": ()}, False),
        ({"state": EventState.DISSOLVED, "due": (("SAE report", NOON),)}, True),
        ({"state": EventState.DISSOLVED, "due": (), "notes": (ASKS,)}, True),
    ],
    ids=["ongoing", "dissolved", "dissolved, still due", "dissolved, due at a time nobody knows"],
)
def test_a_dissolved_event_stays_in_sight_until_its_reports_are_sent(
    changed: dict[str, Any], current: bool
) -> None:
    assert is_current(built(**changed).events[0]) is current
