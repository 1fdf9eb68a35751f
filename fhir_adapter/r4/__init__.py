"""FHIR R4 JSON <-> domain: the one place that knows FHIR's elements.

Knows: FHIR R4 wire shapes, required bindings, how elements become facts and records become resources. Does not
know: where bytes come from or go to, any trial, any particular hospital.
"""
