"""Planned and administered doses: the treatment plan, what was really given, and clearance to infuse.

Knows: regimens, doses, cells, irradiation. Does not know: FHIR JSON, any particular trial, the store.
"""
