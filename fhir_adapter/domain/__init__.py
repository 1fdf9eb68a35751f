"""Pure clinical and trial logic: no clock, no I/O, no logging, no randomness.

Knows: facts, protocols, records. Does not know: FHIR JSON, files, servers, databases, any trial's id.
"""
