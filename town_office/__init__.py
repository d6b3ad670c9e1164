"""The sharing service of the town office: ingest, pictures, requests, accounts."""
