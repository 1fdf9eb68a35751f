"""A hospital in memory behind the HospitalSource port; kept honest by tests/contract/test_hospital_source.py."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fhir_adapter.errors import UsageError
from fhir_adapter.ports.source import (
    IssueKind,
    PatientMatch,
    PatientScope,
    ReadPlan,
    ResolvedScope,
    RosterRow,
    ScopeKind,
    ScopeReceipt,
    SourceDescription,
    SourceIssue,
    SourcePage,
)

Json = dict[str, Any]


class MemorySource:
    """Gives resources from a list, in pages of a size the test chooses.

    `withheld` maps (type, patient) to what the hospital says is wrong with that part.
    """

    def __init__(
        self,
        resources: Sequence[Json] = (),
        *,
        page_size: int = 2,
        withheld: Mapping[tuple[str, str], IssueKind] | None = None,
    ) -> None:
        self.resources = list(resources)
        self.page_size = page_size
        self.withheld = dict(withheld or {})
        self.raw: list[bytes] = []

    def describe(self) -> SourceDescription:
        return SourceDescription(kind="memory", place="memory", fhir_version="4.0.1")

    def resolve(self, scope: PatientScope) -> ResolvedScope:
        match scope.kind:
            case ScopeKind.ROSTER:
                return self._by_roster(scope.roster)
            case ScopeKind.GROUP:
                return _scope(self._members(scope.group))
            case ScopeKind.ALL:
                return _scope(resource["id"] for resource in self._of("Patient"))
            case ScopeKind.PRESCREEN:
                return _scope(_patient(r) for r in self._of("Condition") if _codes(r) & set(scope.codes))

    def pages(self, plan: ReadPlan) -> Iterator[SourcePage | ScopeReceipt]:
        for resource_type in plan.resource_types:
            found = [json.dumps(resource).encode() for resource in self._of(resource_type)]
            for start in range(0, len(found), self.page_size):
                yield SourcePage(resources=found[start : start + self.page_size], origin=f"memory {resource_type}")
            yield ScopeReceipt(resource_type=resource_type, patient=None, complete=True)
        if self.raw:
            yield SourcePage(resources=list(self.raw), origin="memory raw")
        for (resource_type, patient), kind in self.withheld.items():
            issue = SourceIssue(kind=kind, resource_type=resource_type, patient=patient)
            yield SourcePage(resources=(), origin=f"memory {resource_type}", issues=(issue,))
            yield ScopeReceipt(
                resource_type=resource_type,
                patient=patient,
                complete=False,
                hidden=kind is IssueKind.HIDDEN,
                truncated=kind in {IssueKind.TRUNCATED, IssueKind.MORE_MAY_EXIST},
            )

    def fetch(self, references: Sequence[str]) -> Iterator[SourcePage]:
        yield from ()

    def _of(self, resource_type: str) -> list[Json]:
        return [resource for resource in self.resources if resource["resourceType"] == resource_type]

    def _members(self, group: str | None) -> list[str]:
        for resource in self._of("Group"):
            if resource["id"] == group:
                active = [member for member in resource["member"] if not member.get("inactive")]
                return [member["entity"]["reference"].removeprefix("Patient/") for member in active]
        raise UsageError("no such group")

    def _by_roster(self, rows: Sequence[RosterRow]) -> ResolvedScope:
        matches: dict[str, PatientMatch] = {}
        unmatched, doubled = [], []
        for number, row in enumerate(rows, start=1):
            found = [
                patient["id"]
                for patient in self._of("Patient")
                if any(
                    (entry.get("system"), entry.get("value")) == (row.system, row.value)
                    for entry in patient.get("identifier", [])
                )
            ]
            if not found:
                unmatched.append(number)
            elif len(found) > 1 or found[0] in matches:
                doubled.append(number)
            else:
                matches[found[0]] = PatientMatch(patient=found[0], screening_number=row.subject)
        return ResolvedScope(
            matches=tuple(matches.values()), unmatched_rows=tuple(unmatched), doubled_rows=tuple(doubled)
        )


def _scope(patients: Any) -> ResolvedScope:
    return ResolvedScope(matches=tuple(PatientMatch(patient=patient) for patient in dict.fromkeys(patients)))


def _patient(resource: Json) -> str:
    return str(resource["subject"]["reference"]).removeprefix("Patient/")


def _codes(resource: Json) -> set[tuple[str, str]]:
    return {(coding["system"], coding["code"]) for coding in resource["code"]["coding"]}
