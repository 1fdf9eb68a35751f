from __future__ import annotations

import pytest

from tests.server.running import RunningServer, fhir_server_or_skip


@pytest.fixture
def fhir_server() -> RunningServer:
    """The real FHIR server, empty."""
    server = fhir_server_or_skip()
    server.reset()
    return server
