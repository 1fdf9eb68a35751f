"""ASTCT consensus grading of cytokine release syndrome and neurologic toxicity: proposals, never decisions.

Knows: how findings and treatment propose a grade. Does not know: attribution, which is a person's.
"""
