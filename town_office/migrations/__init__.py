"""Alembic migrations of the town's database; `town_office.database.migrate` applies them at every start."""
