"""The flight core: what keeps an aircraft in contact, and nothing else."""
