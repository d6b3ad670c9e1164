"""What is known of an aircraft, and what it is told to do."""
