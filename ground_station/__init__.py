"""The field service: links, vehicles, commands, deliveries and the operators API."""
