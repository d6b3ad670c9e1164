"""Text that a person reads, in Japanese and English."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; Japanese comes first everywhere."""

    ja: str
    en: str

    def as_dict(self) -> dict[str, str]:
        """Return `{"ja": …, "en": …}` for the wire."""
        return {"ja": self.ja, "en": self.en}
