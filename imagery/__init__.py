"""Pictures: intake, checking, derivatives, transfer and the library."""
