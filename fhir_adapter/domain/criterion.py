"""One criterion of a trial: its kind, its mode, its wording, its rule.

Knows: the shape of a criterion. Does not know: any particular trial, how a rule is assessed.
A criterion PASSes when an inclusion's statement is MET or an exclusion's is NOT_MET.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fhir_adapter.domain.codes import ConceptId
from fhir_adapter.domain.operators import Node


class Kind(StrEnum):
    """Which way a criterion works."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"


class Mode(StrEnum):
    """Who can decide a criterion: coded data, data with a person, or a person alone."""

    AUTO = "auto"
    ASSIST = "assist"
    ATTEST = "attest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One top-level criterion of the trial.

    Attributes:
        id: As in the protocol, for example `I7b`.
        text: The protocol's wording.
        source: Where it stands.
        shows: Concepts shown to the person beside it, deciding nothing.
    """

    id: str
    kind: Kind
    mode: Mode
    text: str
    source: str
    rule: Node
    shows: tuple[ConceptId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceCriterion:
    """One criterion to receive a cell infusion, and at which infusions it is asked."""

    criterion: Criterion
    infusions: tuple[int, ...]
