"""The HTTP interface of the ground station."""
