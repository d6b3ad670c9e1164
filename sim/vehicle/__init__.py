"""The autopilot's logic: parameters, start-up, modes, missions, fences and failsafes, as ArduCopter 4.7 behaves; pure."""
