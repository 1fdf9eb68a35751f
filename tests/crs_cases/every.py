"""Every case of CRS."""

from __future__ import annotations

from typing import Final

from tests.crs_cases.masking import MASKED, STATED
from tests.crs_cases.oxygen import OXYGEN
from tests.crs_cases.pressors import PRESSORS
from tests.crs_cases.pressure import HEAT, LOW_PRESSURE

CASES: Final = (*HEAT, *LOW_PRESSURE, *PRESSORS, *OXYGEN, *MASKED, *STATED)
