"""The journal's folder in memory, for tests."""

from ground_station.flight.journal.files import MOST_READ_BYTES, OldChain


class MemoryFolder:
    """Files as byte arrays; owned by whoever asks."""

    def __init__(self, old_chain: OldChain | None = None) -> None:
        self.files: dict[str, bytearray] = {}
        self._old = old_chain

    def names(self) -> list[str]:
        """Return the names of the files."""
        return list(self.files)

    def read(self, name: str, offset_bytes: int = 0, most_bytes: int = MOST_READ_BYTES) -> bytes:
        """Return what stands there, b"" behind the end; raises FileNotFoundError."""
        return bytes(self._file(name)[offset_bytes : offset_bytes + most_bytes])

    def allocate(self, name: str, size_bytes: int) -> None:
        """Make a file of zero bytes."""
        self.files[name] = bytearray(size_bytes)

    def write(self, name: str, offset_bytes: int, payload: bytes) -> None:
        """Write in place; raises FileNotFoundError."""
        self._file(name)[offset_bytes : offset_bytes + len(payload)] = payload

    def replace(self, name: str, payload: bytes) -> None:
        """Put a file in the place of the one before."""
        self.files[name] = bytearray(payload)

    def own(self) -> None:
        """Take the folder."""

    def give_up(self) -> None:
        """Give it back."""

    def old_chain(self) -> OldChain | None:
        """Return the chain from before the journal."""
        return self._old

    def _file(self, name: str) -> bytearray:
        if name not in self.files:
            raise FileNotFoundError(2, "No such file or directory", name)
        return self.files[name]
