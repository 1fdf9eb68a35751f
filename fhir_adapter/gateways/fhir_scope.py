"""Finding the patients of a run on a FHIR server: by roster, group, diagnosis, or all of them.

Knows: the searches and what makes a match certain. Does not know: what is read afterwards. A search that the
server did not honour ends the run: it would make patients of everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fhir_adapter.errors import UsageError
from fhir_adapter.gateways.fhir_http import Answer, FhirConnection, Request
from fhir_adapter.gateways.fhir_json import read_body
from fhir_adapter.gateways.fhir_query import Search, token, token_list
from fhir_adapter.gateways.fhir_walk import walk
from fhir_adapter.gateways.patient_scope import (
    Json,
    Roster,
    as_matches,
    group_members,
    is_logical_id,
    patient_of,
)
from fhir_adapter.ports.source import PatientScope, ResolvedScope, RosterRow, ScopeKind

_GONE = frozenset({404, 410})


def resolve_on_server(connection: FhirConnection, scope: PatientScope, bases: Sequence[str]) -> ResolvedScope:
    """Find the patients of a run.

    Args:
        connection: The server.
        scope: How patients are chosen.
        bases: 1..*; base URLs of the hospital's absolute references.

    Returns:
        The patients, and roster rows that matched nobody or several.

    Raises:
        UsageError: No such group.
        FatalTransportError: The server refused, or ignored what makes the search a choice.
        RetryableTransportError: No usable answer.
    """
    match scope.kind:
        case ScopeKind.ROSTER:
            return _by_roster(connection, scope.roster)
        case ScopeKind.GROUP:
            return group_members(_read_group(connection, scope.group or ""), bases)
        case ScopeKind.ALL:
            search = Search(resource_type="Patient", parameters=())
            return as_matches(body.get("id") for body in _found(connection, search))
        case ScopeKind.PRESCREEN:
            search = Search(resource_type="Condition", parameters=(("code", token_list(scope.codes)),))
            subjects = (patient_of(body, bases) for body in _found(connection, search))
            return as_matches(subjects)


def _by_roster(connection: FhirConnection, rows: tuple[RosterRow, ...]) -> ResolvedScope:
    roster = Roster(rows)
    for row in dict.fromkeys((row.system, row.value) for row in rows):
        search = Search(resource_type="Patient", parameters=(("identifier", token(*row)),))
        for body in _found(connection, search):
            roster.add(body)
    return roster.resolved()


def _found(connection: FhirConnection, search: Search) -> Iterator[Json]:
    for _, bundle in walk(connection, search):
        for resource in bundle.resources:
            body = read_body(resource)
            if body is not None and body.get("resourceType") == search.resource_type:
                yield body


def _read_group(connection: FhirConnection, group: str) -> Json:
    if not is_logical_id(group):
        raise UsageError("a group is named by its id at the hospital")
    request = Request(action="read Group", url=connection.url(f"Group/{group}"), accepts=_GONE)

    def read(answer: Answer) -> Json | None:
        return read_body(answer.body) if answer.status not in _GONE else None

    body = connection.send(request, read)
    if body is None or body.get("resourceType") != "Group":
        raise UsageError("the hospital has no group with this id")
    return body
