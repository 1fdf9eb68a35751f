"""The cohort a dose escalation is about: who counts at which level, what is on hold, what may be decided.

Knows: subjects' records, recorded decisions. Does not know: the table, how one subject's toxicity is found.
"""
