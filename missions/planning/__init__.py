"""Planning a delivery and judging the plan."""
