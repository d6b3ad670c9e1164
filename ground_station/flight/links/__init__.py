"""MAVLink links: one transport a file, one supervisor over them, and the recorder of what passed."""
