"""A FHIR R4 server as a source.

Knows: how a plan becomes searches, and how single resources are fetched once. Does not know: what is read out
of the resources. At most four requests are under way at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from fhir_adapter.errors import AuthorizationError, FatalTransportError
from fhir_adapter.gateways.ahead import read_ahead
from fhir_adapter.gateways.fhir_http import CONNECTIONS, FhirConnection, Request
from fhir_adapter.gateways.fhir_scope import resolve_on_server
from fhir_adapter.gateways.fhir_type import GONE, NOT_THIS_TYPE, TypeReader
from fhir_adapter.gateways.fhir_version import check_version
from fhir_adapter.gateways.search_parameters import UNBOUND
from fhir_adapter.ports.source import (
    IssueKind,
    PatientScope,
    ReadPlan,
    ResolvedScope,
    ScopeReceipt,
    SourceDescription,
    SourceIssue,
    SourcePage,
)

_REFERENCE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})")
_Start = Callable[[], Iterator[SourcePage | ScopeReceipt]]


class ServerSource:
    """Reads one FHIR server."""

    def __init__(self, connection: FhirConnection, *, bases: Sequence[str] = ()) -> None:
        """Keep the connection; nothing is sent yet.

        Args:
            connection: The server.
            bases: 0..*; other base URLs that absolute references of this hospital may carry.
        """
        self._connection = connection
        self._bases = (connection.place, *bases)
        self._version: str | None = None
        self._fetched: set[str] = set()

    def describe(self) -> SourceDescription:
        """Say what this source is.

        Returns:
            Kind, base URL and FHIR version.

        Raises:
            ConfigurationError: The server speaks neither R4 nor R4B.
            TransportError: The server cannot be used.
        """
        if self._version is None:
            self._version = check_version(self._connection)
        return SourceDescription(kind="server", place=self._connection.place, fhir_version=self._version)

    def resolve(self, scope: PatientScope) -> ResolvedScope:
        """Find the patients of a run."""
        self.describe()
        return resolve_on_server(self._connection, scope, self._bases)

    def pages(self, plan: ReadPlan) -> Iterator[SourcePage | ScopeReceipt]:
        """Give every resource of the plan, patient by patient and type by type, each ending with its receipt.

        Types of no patient (Medication ...) are left to `fetch` unless the plan is about everybody: they give no
        page and no receipt here.

        Args:
            plan: What to read.

        Yields:
            Pages and receipts.

        Raises:
            TransportError: The server cannot be used; what was given before stays valid.
        """
        self.describe()
        yield from read_ahead(self._starts(plan), workers=CONNECTIONS)

    def fetch(self, references: Sequence[str]) -> Iterator[SourcePage]:
        """Read single resources, each at most once in this source's life.

        Args:
            references: `Type/id`, also absolute ones below the server's base; others are skipped.

        Yields:
            One page per resource found; an empty page with an issue where the server hides it.

        Raises:
            TransportError: The server cannot be used.
        """
        wanted: list[tuple[str, str]] = []
        for text in references:
            match = _REFERENCE.fullmatch(
                text.removeprefix(f"{self._connection.place}/").partition("/_history/")[0]
            )
            if match is not None and match[0] not in self._fetched:
                self._fetched.add(match[0])
                wanted.append((match[1], match[2]))
        yield from read_ahead((partial(self._fetch_one, *key) for key in wanted), workers=CONNECTIONS)

    def _starts(self, plan: ReadPlan) -> Iterator[_Start]:
        types = sorted(plan.resource_types, key=lambda name: (name != "Patient", name))
        for patient in plan.patients if plan.patients is not None else (None,):
            for resource_type in types:
                if patient is not None and resource_type in UNBOUND:
                    continue
                codes = plan.codes.get(resource_type, ())
                reader = TypeReader(
                    connection=self._connection, resource_type=resource_type, patient=patient, codes=codes
                )
                yield reader.read

    def _fetch_one(self, resource_type: str, resource_id: str) -> Iterator[SourcePage]:
        url = self._connection.url(f"{resource_type}/{resource_id}")
        request = Request(action=f"read {resource_type}", url=url, accepts=GONE)
        place = self._connection.place
        try:
            answer = self._connection.send(request, lambda answer: answer)
        except AuthorizationError as error:
            if error.status != 403:
                raise
            issue = SourceIssue(kind=IssueKind.HIDDEN, resource_type=resource_type, patient=None, code="http-403")
            yield SourcePage(resources=(), base=place, origin=request.action, issues=(issue,))
        except FatalTransportError as error:
            if error.status not in NOT_THIS_TYPE:
                raise
        else:
            if answer.status not in GONE:
                yield SourcePage(
                    resources=(answer.body,), base=place, origin=request.action, resource_type=resource_type
                )
