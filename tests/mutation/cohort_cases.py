"""Cohorts by which the trial's readings of its two parts are told from any other, and what is said of each.

Knows: who was treated at which level, in which part, with a toxicity or without. Does not know: which readings
there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fhir_adapter.domain.cohort.cohort import CohortScheme, read_cohort
from fhir_adapter.domain.cohort.deciding import Choice, check_choice
from fhir_adapter.domain.cohort.decision import EscalationDecision
from fhir_adapter.domain.escalation.rule import EscalationAction, EscalationRule
from fhir_adapter.domain.safety_model.observation_rule import ObservationRule
from fhir_adapter.errors import DecisionRefusedError
from tests.cohorts import cohort_of, decided_on, said, subject
from tests.reactions import at

LEFT: Final = decided_on(cohort_of("1TT"), "DE_ESCALATE", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortCase:
    """One cohort.

    Attributes:
        name: In words.
        phase1: Level and letters, as the decision table sees them: `1NNT`.
        phase2: One letter per subject of the second part, in the order of their first infusions.
        after: 0..*; decisions recorded before.
        wanted: 0..1; what a person wants to decide: `ESCALATE 1`.
        expected: What is proposed, what a person is asked, and what becomes of the decision wanted.
    """

    name: str
    phase1: str = "1NNN"
    phase2: str = ""
    after: tuple[EscalationDecision, ...] = ()
    wanted: str = ""
    expected: str

    def told_by(self, rule: EscalationRule, observation: ObservationRule) -> str:
        """Read the cohort; say of it what `expected` says."""
        first = [
            subject(f"S-{word[0]}{number}", letter, int(word[0]))
            for word in self.phase1.split()
            for number, letter in enumerate(word[1:])
        ]
        second = [
            subject(f"Z-{number}", letter, 1, part="phase2", start=at("05-01") + timedelta(days=number))
            for number, letter in enumerate(self.phase2)
        ]
        scheme = CohortScheme(rule=rule, observation=observation)
        cohort = read_cohort(scheme, [*first, *second], self.after)
        parts = [said(cohort), *cohort.state.questions]
        if self.wanted:
            action, _, level = self.wanted.partition(" ")
            choice = Choice(action=EscalationAction(action), level=int(level))
            try:
                parts.append("decided otherwise" if check_choice(cohort, choice) else "decided as proposed")
            except DecisionRefusedError:
                parts.append("refused")
        return "; ".join(parts)


COHORTS: Final = (
    CohortCase(name="three without a toxicity", expected="ESCALATE 2"),
    CohortCase(
        name="two toxicities, the sixth subject's the second",
        phase2="TNNNNT",
        expected="NEEDS_DECISION; phase2: 2 dose-limiting toxicities in the first 6 subjects",
    ),
    CohortCase(name="two toxicities, the seventh subject's the second", phase2="TNNNNNT", expected="ESCALATE 2"),
    CohortCase(name="one toxicity of six", phase2="TNNNNN", expected="ESCALATE 2"),
    CohortCase(name="a third of nine", phase2="TNNNNNTNT", expected="ESCALATE 2"),
    CohortCase(
        name="more than a third of nine",
        phase2="TNNNNNTTT",
        expected="NEEDS_DECISION; phase2: 4 of 9 subjects with a dose-limiting toxicity, more than 1/3",
    ),
    CohortCase(
        name="level 1 again, which was too toxic",
        phase1="1TT 0NNNNNN",
        after=(LEFT,),
        wanted="ESCALATE 1",
        expected="NEEDS_DECISION; refused",
    ),
)
