"""Benchmarks: each prints one JSON object with its peer measured in the same run."""
