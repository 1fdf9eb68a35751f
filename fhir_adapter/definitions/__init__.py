"""Mapping files -> typed definitions: strict text-only YAML, compilation, cross-file review.

Knows: YAML, UCUM, the file formats of mappings/. Does not know: FHIR JSON, the store, the command line.
"""
