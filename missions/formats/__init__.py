"""Everything that missions read from files or write to them."""
