from __future__ import annotations

import pytest

from fhir_adapter.errors import (
    ConfigurationError,
    FatalTransportError,
)
from tests.fakes.fake_hospital import Fault
from tests.fakes.server_ward import Ward


@pytest.fixture
def ward() -> Ward:
    return Ward()


@pytest.mark.parametrize("version", ["4.0.0", "4.0.1", "4.3.0"])
def test_r4_and_r4b_are_accepted(ward: Ward, version: str) -> None:
    ward.hospital.version = version
    assert ward.source.describe().fhir_version == version


@pytest.mark.parametrize(
    ("version", "named"),
    [
        ("5.0.0", "FHIR 5.0.0 (R5)"),
        ("3.0.2", "FHIR 3.0.2 (STU3)"),
        ("1.0.2", "FHIR 1.0.2 (DSTU2)"),
        ("4.1.0", "FHIR 4.1.0"),
        ("4.6.0", "FHIR 4.6.0"),
        ("4.0.1-evil <script>", "FHIR of an unknown version"),
        ("", "FHIR of an unknown version"),
    ],
)
def test_any_other_version_is_refused_by_name_before_anything_is_read(
    ward: Ward, version: str, named: str
) -> None:
    ward.hospital.version = version
    with pytest.raises(ConfigurationError) as refusal:
        ward.read()
    assert f"speaks {named};" in str(refusal.value)
    assert ward.paths() == ["metadata"]


@pytest.mark.parametrize("body", [b"{}", b'{"resourceType": "Patient"}', b"[]", b"nonsense"])
def test_a_place_without_capability_statement_is_no_fhir_server(ward: Ward, body: bytes) -> None:
    ward.hospital.faults.append(Fault(path="metadata", body=body))
    with pytest.raises((FatalTransportError, ConfigurationError)):
        ward.source.describe()


def test_the_version_is_asked_for_once(ward: Ward) -> None:
    ward.source.describe()
    ward.read()
    assert ward.paths().count("metadata") == 1
