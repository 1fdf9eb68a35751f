"""What safety records and rules are made of: types alone, which every other part of the domain may know.

Knows: shapes of records, judgements and rules. Does not know: how anything is derived, any particular trial.
"""
