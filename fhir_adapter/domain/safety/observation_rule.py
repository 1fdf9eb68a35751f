"""How long a subject is observed for dose-limiting toxicity, and what is one, as data.

Knows: the shape of the rule. Does not know: any particular trial, the YAML it was written in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fhir_adapter.domain.safety.records import Syndrome


class Unfinished(StrEnum):
    """What becomes of a subject who got only some of the infusions and has no dose-limiting toxicity.

    PERSON: nobody counts or replaces it before a named person said so. RULE: it is to be replaced at once.
    """

    PERSON = "person"
    RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationRule:
    """Observation for dose-limiting toxicity.

    Attributes:
        window_days: Calendar days after that of the last cell infusion received which still belong to the window;
            the last of them wholly.
        grade: Lowest grade of a syndrome that is dose-limiting, if it is associated with the intervention.
        syndromes: 1..*; syndromes that can be dose-limiting.
        part_link: Link that says to which part of the trial a subject belongs.
        parts: 1..*; values of that link.
        escalating: The part whose subjects count for the dose escalation.
        unfinished: Who decides about a subject without every infusion.
    """

    window_days: int
    grade: int
    syndromes: tuple[Syndrome, ...]
    part_link: str
    parts: tuple[str, ...]
    escalating: str
    unfinished: Unfinished
