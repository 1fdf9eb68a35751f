"""Whether a server speaks a FHIR version the adapter reads.

Knows: CapabilityStatement.fhirVersion. Does not know: what else the server can do; it is asked and may refuse.
"""

from __future__ import annotations

import re

from fhir_adapter.errors import ConfigurationError, FatalTransportError
from fhir_adapter.gateways.fhir_http import Answer, FhirConnection, Request
from fhir_adapter.r4.envelope import read_capability

_ACCEPTED = re.compile(r"4\.[03]\.\d{1,3}")
_VERSION = re.compile(r"\d{1,2}(\.\d{1,4}){1,2}(-[A-Za-z0-9]{1,20})?")
_NAMES = {"0": "DSTU1", "1": "DSTU2", "3": "STU3", "5": "R5", "6": "R6"}


def check_version(connection: FhirConnection) -> str:
    """Ask a server for its FHIR version.

    Args:
        connection: The server.

    Returns:
        Its version: R4 (4.0.x) or R4B (4.3.x).

    Raises:
        ConfigurationError: Any other version, by name.
        FatalTransportError: There is no FHIR server at this URL.

    Source:
        http://hl7.org/fhir/R4/http.html#capabilities; R4 and R4B do not differ in what is read here.
    """
    request = Request(action="read CapabilityStatement", url=connection.url("metadata"))
    version = connection.send(request, _read_version)
    if version is None:
        raise FatalTransportError(action=request.action, status=200, detail="the answer is no CapabilityStatement")
    if not _ACCEPTED.fullmatch(version):
        shown = version if _VERSION.fullmatch(version) else "of an unknown version"
        name = _NAMES.get(version.partition(".")[0])
        named = f"{shown} ({name})" if name is not None and shown == version else shown
        raise ConfigurationError(f"the server speaks FHIR {named}; R4 (4.0.x) or R4B (4.3.x) is needed")
    return version


def _read_version(answer: Answer) -> str | None:
    capability = read_capability(answer.body)
    return capability.fhir_version if capability is not None else None
