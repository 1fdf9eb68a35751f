"""Benchmarks: speed and memory on generated data, beside orjson on the same bytes in the same run."""
