"""One resource type of one patient, read to its end from a FHIR server, and the receipt that says so.

Knows: which refusals concern one type only, when a result counts as complete. Does not know: other types,
what the resources say. A filter by code only saves traffic: a server that does not honour it is asked without.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fhir_adapter.errors import AuthorizationError, FatalTransportError, RetryableTransportError
from fhir_adapter.gateways.fhir_http import Answer, FhirConnection, Request
from fhir_adapter.gateways.fhir_query import Search, token_list
from fhir_adapter.gateways.fhir_walk import IgnoredParameterError, walk
from fhir_adapter.gateways.search_parameters import CODE_PARAMETERS, patient_parameter
from fhir_adapter.ports.source import IssueKind, ScopeReceipt, SourceIssue, SourcePage
from fhir_adapter.r4.envelope import Bundle

NOT_THIS_TYPE = frozenset({400, 404, 405, 410, 422, 501})
"""Refusals that say: this search is not served here. Others concern the whole server."""

GONE = frozenset({404, 410})
_LIMITING = frozenset({IssueKind.TRUNCATED, IssueKind.MORE_MAY_EXIST})
_COMPLETE_IN_SPITE_OF = frozenset({IssueKind.INFORMATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeReader:
    """Reads one type, for one patient or for everybody (None)."""

    connection: FhirConnection
    resource_type: str
    patient: str | None
    codes: Sequence[tuple[str, str]] = ()

    def read(self) -> Iterator[SourcePage | ScopeReceipt]:
        """Give every page, then the receipt.

        Yields:
            0..* pages, then one receipt; not complete where the server refused, dropped a parameter, hid or cut.

        Raises:
            AuthorizationError: The server does not know us (401).
            FatalTransportError: A refusal that concerns more than this type.
            RetryableTransportError: No usable answer.
        """
        try:
            if self.resource_type == "Patient" and self.patient is not None:
                yield from self._read_patient(self.patient)
            else:
                yield from self._search()
        except AuthorizationError as error:
            if error.status != 403:
                raise
            yield from self._refused(IssueKind.HIDDEN, "http-403")
        except IgnoredParameterError:
            yield from self._refused(IssueKind.IGNORED_PARAMETER, "")
        except FatalTransportError as error:
            if error.status not in NOT_THIS_TYPE:
                raise
            yield from self._refused(IssueKind.INFORMATION, f"http-{error.status}")

    def _search(self) -> Iterator[SourcePage | ScopeReceipt]:
        code_parameter = CODE_PARAMETERS.get(self.resource_type)
        if code_parameter is not None and self.codes:
            pages = self._walk(((code_parameter, token_list(self.codes)),))
            try:
                first = next(pages)
            except IgnoredParameterError:
                pass
            except FatalTransportError as error:
                if error.status not in NOT_THIS_TYPE:
                    raise
            else:
                yield first
                yield from pages
                return
        yield from self._walk(())

    def _walk(self, filters: tuple[tuple[str, str], ...]) -> Iterator[SourcePage | ScopeReceipt]:
        restriction = ((patient_parameter(self.resource_type), self.patient),) if self.patient is not None else ()
        search = Search(resource_type=self.resource_type, parameters=(*restriction, *filters))
        issues: list[SourceIssue] = []
        count = 0
        total: int | None = None
        for number, bundle in walk(self.connection, search):
            said = tuple(self._about_us(issue) for issue in bundle.issues)
            issues.extend(said)
            count = len(bundle.resources) + (count if number > 1 else 0)
            total = bundle.total if bundle.total is not None else total
            yield self._page(bundle, number, said)
        query = "by code" if filters else "whole type"
        yield self._receipt(issues, cut=total is not None and count < total, query=query)

    def _read_patient(self, patient: str) -> Iterator[SourcePage | ScopeReceipt]:
        url = self.connection.url(f"Patient/{patient}")
        request = Request(action="read Patient", url=url, accepts=GONE)
        answer = self.connection.send(request, _whole)
        if answer.status in GONE:
            yield from self._refused(IssueKind.INFORMATION, f"http-{answer.status}")
            return
        yield SourcePage(
            resources=(answer.body,),
            patient=patient,
            base=self.connection.place,
            origin=request.action,
            resource_type="Patient",
        )
        yield self._receipt((), cut=False, query="by id")

    def _page(self, bundle: Bundle, number: int, issues: tuple[SourceIssue, ...]) -> SourcePage:
        return SourcePage(
            resources=bundle.resources,
            patient=self.patient,
            base=self.connection.place,
            references=bundle.references,
            origin=f"search {self.resource_type}, page {number}",
            issues=issues,
            resource_type=self.resource_type,
        )

    def _receipt(self, issues: Sequence[SourceIssue], *, cut: bool, query: str) -> ScopeReceipt:
        kinds = {issue.kind for issue in issues}
        truncated = cut or bool(kinds & _LIMITING)
        return ScopeReceipt(
            resource_type=self.resource_type,
            patient=self.patient,
            complete=not truncated and kinds <= _COMPLETE_IN_SPITE_OF,
            hidden=IssueKind.HIDDEN in kinds,
            truncated=truncated,
            query=query,
        )

    def _refused(self, kind: IssueKind, code: str) -> Iterator[SourcePage | ScopeReceipt]:
        """End without a result: an empty page that says why, and a receipt that is not complete."""
        issue = self._about_us(SourceIssue(kind=kind, resource_type=None, patient=None, code=code))
        origin = f"search {self.resource_type}"
        yield SourcePage(
            resources=(), patient=self.patient, base=self.connection.place, origin=origin, issues=(issue,)
        )
        yield replace(self._receipt((issue,), cut=False, query="refused"), complete=False)

    def _about_us(self, issue: SourceIssue) -> SourceIssue:
        return replace(issue, resource_type=issue.resource_type or self.resource_type, patient=self.patient)


def _whole(answer: Answer) -> Answer:
    if not answer.body.rstrip().endswith(b"}"):
        raise RetryableTransportError(action="read resource", detail="the answer is not complete JSON")
    return answer
