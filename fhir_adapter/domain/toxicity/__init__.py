"""Grading of results by a toxicity scale such as CTCAE.

Knows: scales, terms, grades. Does not know: any particular scale's numbers, episodes of adverse events.
"""
