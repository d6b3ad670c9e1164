"""Attacks on a whole run, long ones: `pytest -m campaign tests/attacks`."""
