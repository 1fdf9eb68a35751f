"""How often the interpreter looks for cycles among its objects.

Knows: Python's collector. Does not know: what the objects are. A run makes millions of small immutable objects
without cycles; looking for cycles among them takes a tenth to a quarter of the time of reading.
"""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 20_000
"""New objects between two looks; Python's own 700 suits programs that make few."""


def spare_collector() -> None:
    """Leave out of every later look what is loaded by now, and look more rarely.

    Nothing is freed later than before but cycles, which the adapter does not make.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
