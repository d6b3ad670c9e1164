"""Command line and composition: settings, the all-in-one run, demo and doctor."""
