"""The dose-escalation rule and the state of the cohort it is applied to: proposals, never decisions.

Knows: counts per level, the decision table, paths. Does not know: how one subject's toxicity is found.
"""
