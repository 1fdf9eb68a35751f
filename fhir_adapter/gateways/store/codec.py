"""Any domain dataclass to canonical JSON and back, by its type hints alone.

Knows: the promises of the written form. Does not know: which types are stored, SQL.

Fields equal to their default are left out, and missing fields take their default, so rows written before a
field existed stay readable; for the same reason the default of a stored field must never change its meaning.
Numbers keep their digits: Decimal and Fraction are written as text. A member of a union that JSON cannot tell
from the others carries its name under `$`.
"""

from __future__ import annotations

import json
from typing import Any, Generic, TypeVar

from fhir_adapter.errors import InvariantError
from fhir_adapter.gateways.store.shapes import Read, Record, shape_of

T = TypeVar("T")


class Codec(Generic[T]):
    """Writes values of one type hint as JSON text and reads them back.

    >>> from decimal import Decimal
    >>> from fhir_adapter.domain.quantity import Comparator, Quantity
    >>> codec = Codec[Quantity](Quantity)
    >>> codec.text(Quantity(Decimal("1.50"), "mg/dL", Comparator.LESS))
    '{"value":"1.50","unit":"mg/dL","comparator":"<"}'
    >>> codec.value('{"value":"1.50","unit":"mg/dL"}')
    Quantity(value=Decimal('1.50'), unit='mg/dL', comparator=None)
    """

    def __init__(self, hint: Any, *, leave_out: tuple[str, ...] = ()) -> None:
        """Prepare a type hint; `leave_out` names fields of a dataclass kept elsewhere."""
        self._name = getattr(hint, "__name__", str(hint))
        self._write, self._read = shape_of(hint)
        self._complete: Read | None = None
        if leave_out:
            record = Record(hint, leave_out)
            record.prepare()
            self._write, self._complete = record.write, record.read_with

    def text(self, value: T) -> str:
        """Write a value: equal values give equal text."""
        return self._write(value)

    def value(self, text: str, **given: Any) -> T:
        """Read a value; `given` are the fields left out.

        Args:
            text: As written by `text`, by this or an earlier version of the adapter.
            given: Field -> value, for exactly the fields left out.

        Returns:
            A value equal to the one written.

        Raises:
            InvariantError: The text does not fit the type.
        """
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        return self.read(document, given)

    def read(self, document: Any, given: dict[str, Any]) -> T:
        """Read a value whose JSON is parsed already, for those who parse many at once.

        Args:
            document: The parsed text.
            given: Field -> value, for exactly the fields left out; it is used up.

        Returns:
            A value equal to the one written.

        Raises:
            InvariantError: The document does not fit the type.
        """
        try:
            if self._complete is not None:
                return self._complete((document, given))  # type: ignore[no-any-return]
            return document if self._read is None else self._read(document)  # type: ignore[no-any-return]
        except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
            raise InvariantError(f"a stored {self._name} does not fit its type") from None
