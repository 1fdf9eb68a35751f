"""Everything the use cases need from outside, as Protocols.

Knows: what a hospital source, a hospital sink, the stores and the clock can do. Does not know: how.
One module per port: hospital (traits), source, sink, rows (what the stores keep), store, clock.
"""
