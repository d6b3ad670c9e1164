"""The shared words of the platform: text, errors, ids, positions, time, roles and the audit chain."""
