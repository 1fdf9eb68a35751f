"""The command line: arguments -> one use case -> one result on stdout.

Knows: bootstrap, use cases, result models. Does not know: clinical rules. Progress and messages go to stderr.
"""
