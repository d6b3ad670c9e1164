"""Text that a person reads, in Japanese and English."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """Languages every user-facing text exists in."""

    JA = "ja"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; Japanese comes first everywhere."""

    ja: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the sentence in `language`."""
        return self.ja if language is Language.JA else self.en

    def as_dict(self) -> dict[str, str]:
        """Return `{"ja": …, "en": …}` for the wire."""
        return {"ja": self.ja, "en": self.en}
