from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from fhir_adapter.domain.facts import Fact, Reading
from fhir_adapter.domain.operators import Compare
from fhir_adapter.domain.queries import AgeWindow, Window, WindowUnit
from fhir_adapter.domain.source import RejectionReason
from tests.builders import ZONE, patient, refused
from tests.scenes import AS_OF, ask, days, limit, lvef, lvef_value, outcome, query, verdict


class TestPlannedDay:
    """as_of is 11 March; 28 days before 1 April is 4 March."""

    @pytest.mark.parametrize(
        ("when", "planned", "expected"),
        [
            ("2026-03-04", "2026-04-01", "MET"),
            ("2026-03-03", "2026-04-01", "NOT_YET_DUE"),
            ("2026-02-10", "2026-04-01", "STALE"),
            (None, "2026-04-08", "MISSING"),  # the window is open since today
            (None, "2026-04-09", "NOT_YET_DUE"),
            ("2026-02-10", "2026-04-09", "NOT_YET_DUE"),
        ],
    )
    def test_a_value_must_still_count_on_the_planned_day(
        self, when: str | None, planned: str, expected: str
    ) -> None:
        given = [lvef_value("60", when)] if when is not None else []
        assert outcome(*given, planned=planned) == expected

    def test_the_expiry_and_the_day_a_new_one_counts_from_are_named(self) -> None:
        answer = ask(lvef(), lvef_value("60", "2026-03-03"), planned="2026-04-10")
        assert answer.notes == ("the one of 2026-03-03 counts until 2026-03-31, not until 2026-04-10",)
        assert answer.next_fact == "lvef on or after 2026-03-13"

    def test_an_expiring_value_inside_the_open_window_asks_for_one_that_lasts(self) -> None:
        answer = ask(lvef(), lvef_value("60", "2026-03-03"), planned="2026-04-01")
        assert answer.next_fact == "lvef that still counts on 2026-04-01"

    def test_hours_are_judged_at_the_start_of_the_planned_day(self) -> None:
        node = lvef(Window(72, WindowUnit.HOUR))
        assert outcome(lvef_value("60", "2026-03-10T00:00"), node=node, planned="2026-03-13") == "MET"
        answer = ask(node, lvef_value("60", "2026-03-09T23:59"), planned="2026-03-13")
        assert verdict(answer) == "NOT_YET_DUE"
        assert "counts until 2026-03-12T23:59+01:00" in answer.notes[0]

    def test_only_a_gap_that_will_count_stands_in_the_way(self) -> None:
        masked = refused(RejectionReason.VALUE_ABSENT, "lvef", detail="masked", at="2026-03-03")
        assert outcome(masked, planned="2026-04-01") == "MISSING"
        assert outcome(masked, planned="2026-03-20") == "HIDDEN"

    def test_an_unsuitable_value_that_will_not_count_is_forgotten(self) -> None:
        assert outcome(lvef_value("60", "2026-03-03", status="preliminary"), planned="2026-04-01") == "MISSING"

    def test_past_the_planned_day_the_value_is_judged_for_that_day(self) -> None:
        assert (
            outcome(lvef_value("30", "2026-03-10"), lvef_value("60", "2026-03-01"), planned="2026-03-05") == "MET"
        )


class TestExpiry:
    """When the passing of time alone changes the answer."""

    def expires(self, *given: Fact | Reading, node: Compare | None = None, **more: Any) -> datetime | None:
        return ask(node or lvef(), *given, **more).expires

    def test_a_value_expires_the_day_after_its_last(self) -> None:
        assert self.expires(lvef_value("60", "2026-03-09")) == datetime(2026, 4, 7, tzinfo=ZONE)

    def test_by_hours_a_value_expires_just_after_its_last_instant(self) -> None:
        node = lvef(Window(72, WindowUnit.HOUR))
        expected = datetime(2026, 3, 12, 8, 0, 0, 1, tzinfo=ZONE)
        assert self.expires(lvef_value("60", "2026-03-09T08:00"), node=node) == expected

    def test_what_is_missing_does_not_expire(self) -> None:
        assert self.expires() is None
        assert self.expires(lvef_value("60", "2025-03-09")) is None

    def test_a_window_that_opens_is_an_edge(self) -> None:
        assert self.expires(planned="2026-05-01") == datetime(2026, 4, 3, tzinfo=ZONE)

    def test_a_month_that_is_not_over_is_an_edge(self) -> None:
        assert self.expires(lvef_value("60", "2026-03")) == datetime(
            2026, 3, 30, tzinfo=ZONE
        )  # stale if of the first

    def test_past_the_anchor_nothing_expires(self) -> None:
        assert self.expires(lvef_value("60", "2026-03-04"), planned="2026-03-05") is None

    def test_a_birthday_that_changes_the_window_is_an_edge(self) -> None:
        windows = (AgeWindow(2, days(30)), AgeWindow(None, days(90)))
        node = Compare(query=replace(query("lvef"), windows=windows), limit=limit(">= 40", "%"))
        assert self.expires(patient("2024-03-20"), lvef_value("60"), node=node) == datetime(
            2026, 3, 20, tzinfo=ZONE
        )

    def test_the_answer_holds_until_it_expires(self) -> None:
        given = [lvef_value("60", "2026-03-09")]
        until = self.expires(*given)
        assert until is not None
        assert outcome(*given, as_of=until - timedelta(microseconds=1)) == "MET"
        assert outcome(*given, as_of=until) == "STALE"
        assert until > AS_OF
