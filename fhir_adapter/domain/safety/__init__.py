"""Safety of one subject: graded results, adverse events, syndromes, dose-limiting toxicity.

Knows: how these records come about. Does not know: the store, who decides, the cohort.
"""
