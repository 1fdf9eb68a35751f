"""Questions about the part of the trial that follows the dose escalation.

Knows: how many of its subjects had a dose-limiting toxicity. Does not know: what a person decides about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from fhir_adapter.domain.cohort.subject import CohortSubject
from fhir_adapter.domain.safety_model.observation_rule import ObservationRule


def ask_later_part(rule: ObservationRule, subjects: Iterable[CohortSubject]) -> tuple[str, ...]:
    """Say what a person is asked about the later part.

    Args:
        rule: With its limits.
        subjects: 0..*; subjects of any part.

    Returns:
        0..*; questions in words that name the counts: a count that changes is another question. The first
        subjects are those whose first infusion came first.

    Source:
        clinical review, PUT-14.
    """
    later = rule.later
    if later is None:
        return ()
    counted = [
        (subject.infusions[0][1], subject.subject, subject.record.dose_limiting is True)
        for subject in subjects
        if subject.record is not None
        and subject.record.part == later.part
        and subject.record.evaluable
        and subject.infusions
    ]
    answers = [toxic for _, _, toxic in sorted(counted)]
    found = []
    first = sum(answers[: later.first])
    if first >= later.limit:
        found.append(f"{later.part}: {first} dose-limiting toxicities in the first {later.first} subjects")
    if answers and Fraction(sum(answers), len(answers)) > later.share:
        found.append(
            f"{later.part}: {sum(answers)} of {len(answers)} subjects with a dose-limiting toxicity, "
            f"more than {later.share}"
        )
    return tuple(found)
