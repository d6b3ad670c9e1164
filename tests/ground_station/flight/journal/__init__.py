"""Tests of the flight core's journal."""
