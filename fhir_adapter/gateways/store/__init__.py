"""The store: every port of `ports/store.py` on one SQL database."""
