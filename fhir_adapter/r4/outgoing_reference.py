"""References in what we write: conditional ones, stand-ins inside a Bundle, and their replacement.

Knows: reference syntax, percent-encoding of search tokens. Does not know: which resources refer to which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from fhir_adapter.errors import InvariantError

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_LITERAL = re.compile(r"(?P<type>[A-Z][A-Za-z]+)/[^\s/?#|]+")  # ids as lenient as the servers that gave them
_HISTORY = "/_history/"

TAGGED_TYPES = frozenset({"AdverseEvent", "Provenance"})
"""Our resources that are found by tag: R4 Provenance has no identifier, R4 AdverseEvent cannot be searched by its.

Source: http://hl7.org/fhir/R4/adverseevent.html#search
"""


def search_token(parameter: str, identifier: tuple[str, str]) -> str:
    """Write a search by token, every reserved character encoded.

    Args:
        parameter: `identifier`, or `_tag` for resources without an identifier.
        identifier: (system, value).

    Returns:
        The query, without a question mark.

    Source:
        http://hl7.org/fhir/R4/search.html#token; design fhir-servers: a proxy collapsed an unencoded `//`.

    >>> search_token("identifier", ("https://example.org/subjects", "S-1"))
    'identifier=https%3A%2F%2Fexample.org%2Fsubjects%7CS-1'
    """
    return f"{parameter}={quote('|'.join(identifier), safe='')}"


def conditional_reference(resource_type: str, identifier: tuple[str, str]) -> str:
    """Refer to a resource by its identifier until its id at the hospital is known.

    Args:
        resource_type: FHIR type.
        identifier: (system, value).

    Returns:
        A conditional reference; only a transaction Bundle may carry it to a server.

    Source:
        http://hl7.org/fhir/R4/http.html#trules, conditional references.

    >>> conditional_reference("ResearchStudy", ("https://example.org", "X1"))
    'ResearchStudy?identifier=https%3A%2F%2Fexample.org%7CX1'
    """
    return f"{resource_type}?{search_token('identifier', identifier)}"


def stand_in(resource_type: str, identifier: tuple[str, str]) -> str:
    """Give the fullUrl a resource has inside our Bundles; the same resource always has the same one."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, '|'.join((resource_type, *identifier)))}"


def is_logical_id(text: str) -> bool:
    """Say whether a text can be a FHIR id; a digest or a timestamp used as a version cannot."""
    return _ID.fullmatch(text) is not None


def literal_reference(reference: str, *, resource_type: str | None = None) -> str:
    """Refuse anything but `Type/id`, so that nothing else is ever sent as a literal reference.

    Args:
        reference: What is to be sent.
        resource_type: 0..1; the type it must be of.

    Returns:
        The reference, unchanged.

    Raises:
        InvariantError: It is not a literal reference, or of another type.
    """
    match = _LITERAL.fullmatch(reference)
    if match is None or (resource_type is not None and match["type"] != resource_type):
        raise InvariantError(
            f"a literal {resource_type or 'resource'} reference was expected in an outgoing resource"
        )
    return reference


def versioned_reference(reference: str, version: str | None) -> str:
    """Refer to one version of a resource; to the resource alone where the version is not a versionId.

    Args:
        reference: `Type/id`.
        version: 0..1; versionId, or the stand-in a reader used for lack of one.

    Returns:
        The reference, with `/_history/version` where a server could resolve it.

    >>> versioned_reference("Observation/7", "3")
    'Observation/7/_history/3'
    >>> versioned_reference("Observation/7", "sha256:0a1b")
    'Observation/7'
    """
    if version is None or not is_logical_id(version):
        return reference
    return f"{reference}{_HISTORY}{version}"


def replace_references(body: Mapping[str, Any], replacements: Mapping[str, str]) -> dict[str, Any]:
    """Put other references in the place of some, at any depth; the body given is not changed.

    A version on a replaced reference is dropped: the new one names another place.

    Args:
        body: FHIR JSON.
        replacements: Reference as written, without version -> reference to put in its place.

    Returns:
        A new body.

    >>> replace_references({"study": {"reference": "ResearchStudy/1"}}, {"ResearchStudy/1": "ResearchStudy/9"})
    {'study': {'reference': 'ResearchStudy/9'}}
    """
    return {key: _replaced(key, value, replacements) for key, value in body.items()}


def _replaced(key: str, value: Any, replacements: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return replace_references(value, replacements)
    if isinstance(value, list):
        return [_replaced("", item, replacements) for item in value]
    if key == "reference" and isinstance(value, str):
        return replacements.get(value.partition(_HISTORY)[0], value)
    return value
