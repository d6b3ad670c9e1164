"""Tests of the town office."""
