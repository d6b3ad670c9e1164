"""The values of a mission: the town, the aircraft, the request, the plan and its findings."""
