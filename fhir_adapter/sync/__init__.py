"""Use cases: extract, derive, deliver, and what named persons do.

Knows: ports, the domain, r4. Does not know: any gateway, any file of definitions.
"""
