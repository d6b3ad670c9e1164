"""Faults on a whole run while something flies; the long forms with `make faults`."""
