"""The few search parameters the adapter uses, for the fake hospital."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any


def matches(resource: dict[str, Any], asked: Iterable[tuple[str, str]]) -> bool:
    """Say whether a resource is found by a search."""
    return all(_fits(resource, name, value) for name, value in asked if name not in {"_count", "_offset"})


def _fits(resource: dict[str, Any], name: str, value: str) -> bool:
    if name == "_id":
        return resource["id"] in value.split(",")
    if name in {"patient", "subject"}:
        reference = (resource.get("subject") or resource.get("patient") or {}).get("reference", "")
        return bool(reference.endswith("Patient/" + value.removeprefix("Patient/")))
    wanted = [_token(token) for token in re.split(r"(?<!\\),", value)]
    return any(token in wanted for token in _tokens(resource, name))


def _token(text: str) -> tuple[str, str]:
    system, value = re.split(r"(?<!\\)\|", text, maxsplit=1)
    return re.sub(r"\\(.)", r"\1", system), re.sub(r"\\(.)", r"\1", value)


def _tokens(resource: dict[str, Any], name: str) -> Iterable[tuple[str, str]]:
    if name == "identifier":
        return [(entry.get("system", ""), entry["value"]) for entry in resource.get("identifier", [])]
    if name == "_tag":
        return [(entry.get("system", ""), entry["code"]) for entry in resource.get("meta", {}).get("tag", [])]
    concepts = [resource.get("code", {})]
    if name == "combo-code":
        concepts += [part.get("code", {}) for part in resource.get("component", [])]
    return [(coding["system"], coding["code"]) for concept in concepts for coding in concept.get("coding", [])]
