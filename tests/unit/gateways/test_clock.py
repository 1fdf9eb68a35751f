from datetime import timedelta

from fhir_adapter.gateways.clock import SystemClock


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
