"""Both HTTP services share this: sign-in, sessions, errors on the wire, live state, pages."""
