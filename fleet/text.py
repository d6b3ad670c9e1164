"""Text that a person reads, in Japanese and English.

It can always be stored and sent: a half of a surrogate pair, as names of files have that are no UTF-8, becomes "?".
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; Japanese comes first everywhere."""

    ja: str
    en: str

    def __post_init__(self) -> None:
        """Make what an error quotes into what UTF-8 can carry."""
        object.__setattr__(self, "ja", _carried(self.ja))
        object.__setattr__(self, "en", _carried(self.en))

    def as_dict(self) -> dict[str, str]:
        """Return `{"ja": …, "en": …}` for the wire."""
        return {"ja": self.ja, "en": self.en}


def _carried(words: str) -> str:
    return words.encode("utf-8", "replace").decode()
