"""The HTTP interface of the town office."""
