"""A fake hospital with five results of one patient, and a source that never waits."""

from __future__ import annotations

import json
from typing import Any

from fhir_adapter.gateways.fhir_http import FhirConnection
from fhir_adapter.gateways.fhir_source import ServerSource
from fhir_adapter.gateways.retry import RetryPolicy
from fhir_adapter.ports.source import (
    ReadPlan,
    ScopeReceipt,
    SourceIssue,
    SourcePage,
)
from tests.fakes.fake_hospital import BASE, FakeHospital
from tests.fakes.fixed_clock import FixedClock

LOINC = "http://loinc.org"


def observation(number: int, patient: str = "anna", code: str = "718-7") -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "status": "final",
        "subject": {"reference": f"Patient/{patient}"},
        "code": {"coding": [{"system": LOINC, "code": code}]},
    }


class Ward:
    """A fake hospital with five results of one patient, and a source that never waits."""

    def __init__(self) -> None:
        self.clock = FixedClock()
        self.hospital = FakeHospital(page_size=2)
        self.hospital.add({"resourceType": "Patient", "id": "anna"}, *(observation(n) for n in range(5)))
        policy = RetryPolicy(attempts=3, sleep=self.clock.sleep, clock=self.clock)
        connection = FhirConnection(BASE, token="t0ken", retry=policy, transport=self.hospital.transport)
        self.source = ServerSource(connection)

    def read(
        self, *types: str, codes: tuple[str, ...] = (), patients: tuple[str, ...] | None = ("anna",)
    ) -> tuple[list[str], list[SourceIssue], list[ScopeReceipt]]:
        plan = ReadPlan(
            resource_types=types or ("Observation",),
            patients=patients,
            codes={"Observation": tuple((LOINC, code) for code in codes)},
        )
        keys: list[str] = []
        issues: list[SourceIssue] = []
        receipts: list[ScopeReceipt] = []
        for item in self.source.pages(plan):
            if isinstance(item, SourcePage):
                keys += [json.loads(bytes(raw))["id"] for raw in item.resources]
                issues += item.issues
            else:
                receipts.append(item)
        return keys, issues, receipts

    def paths(self) -> list[str]:
        return [request.url.path.removeprefix("/fhir/") for request in self.hospital.requests]


ALL_FIVE = ["o0", "o1", "o2", "o3", "o4"]
