"""Drives the pages in a real Chromium."""
