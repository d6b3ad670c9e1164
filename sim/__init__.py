"""Simulated aircraft that behave like a real ArduCopter, and the launcher of real ones."""
