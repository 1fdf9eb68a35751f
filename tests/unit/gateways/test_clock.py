from datetime import UTC, datetime, timedelta

from fhir_adapter.gateways.clock import StandingClock, SystemClock


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_standing_clock_stands() -> None:
    moment = datetime(2025, 12, 4, 8, 0, tzinfo=UTC)
    clock = StandingClock(moment)
    assert (clock.now(), clock.now()) == (moment, moment)
