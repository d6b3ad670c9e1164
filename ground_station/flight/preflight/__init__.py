"""What must hold before take-off, as findings."""
