"""From a delivery request to a checked plan: terrain, airspace, energy, route, formats."""
