"""MAVLink 2 as the vehicle speaks it: protocols without I/O; bytes and time in, bytes out."""
