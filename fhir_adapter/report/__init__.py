"""What people and programs look at: result models (JSON) and their rendering on a terminal.

Knows: domain records and ports' rows. Does not know: where they came from.
"""
