"""The flight core's journal: its audit chain in preallocated segments, which a full or slow disk does not stop."""
