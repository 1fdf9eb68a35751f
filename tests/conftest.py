"""What holds for every test: properties are judged by what they find, never by how fast a busy machine is."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("machine-independent", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "derandomised", settings.get_profile("machine-independent"), derandomize=True, database=None
)
settings.load_profile("machine-independent")
