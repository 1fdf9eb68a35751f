"""The outside world, one port per file.

Knows: HTTP, files, SQL, the system's time. Does not know: what any resource means.
"""
