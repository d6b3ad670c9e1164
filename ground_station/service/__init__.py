"""Requests, deliveries and what the station tells the town office."""
