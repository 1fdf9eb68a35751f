"""Entry point of the command line."""

from __future__ import annotations

from fhir_adapter.cli.app import main

if __name__ == "__main__":
    main()
