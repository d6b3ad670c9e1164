"""The autopilot's logic: parameters, start-up, modes, missions, fences, failsafes, as ArduCopter 4.7 behaves; pure."""
