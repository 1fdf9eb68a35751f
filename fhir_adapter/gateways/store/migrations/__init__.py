"""Migrations of the store, run by `gateways/store/migration.py`."""
