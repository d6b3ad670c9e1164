"""The flight core's own page 緊急操作 and what it asks: nothing else need be alive for it."""
