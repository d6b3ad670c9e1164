"""How the journal is doing, in numbers and in words. Pure."""

from dataclasses import dataclass
from enum import Enum

from fleet.text import Text


class Writing(Enum):
    """What became of the last write."""

    OPENING = "opening"
    OK = "ok"
    SLOW = "slow"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """A snapshot. `for_s` is how long it has been so, 0 if it is well; `reason` is the system's own word.

    `free_entries` is about how many entries fit into the room that is already taken on the disk; `room_refused` says
    that the disk gives no more.
    """

    writing: Writing
    for_s: float
    reason: str
    waiting: int
    waiting_urgent: int
    dropped: int
    free_entries: int
    room_refused: bool
    set_aside: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Return whether entries are written and will be."""
        return self.writing is Writing.OK and not self.room_refused and not self.dropped

    def text(self) -> Text:
        """Return what a person is to read: what happened, what it means, what to do."""
        parts = [_WORDS[self.writing]]
        if self.writing in (Writing.SLOW, Writing.REFUSED):
            parts.append(self._since())
        if self.room_refused and self.writing is not Writing.REFUSED:
            parts.append(self._room())
        if self.dropped:
            parts.append(
                Text(f"{self.dropped} 件は記録できず捨てました。", f"{self.dropped} entries could not be kept.")
            )
        if self.set_aside:
            names = ", ".join(self.set_aside)
            parts.append(
                Text(
                    f"壊れた記録（{names}）は手を付けずに残し、その先から続けています。",
                    f"Damaged records ({names}) were left as they are; the journal goes on behind them.",
                )
            )
        return Text("".join(part.ja for part in parts), " ".join(part.en for part in parts))

    def _since(self) -> Text:
        reason = f"（{self.reason}）" if self.reason else ""
        reason_en = f" ({self.reason})" if self.reason else ""
        return Text(
            f"{self.for_s:.0f} 秒前から{reason}。{self.waiting} 件をメモリに置いています。ディスクを確認してください。",
            f"For {self.for_s:.0f} s{reason_en}; {self.waiting} entries wait in memory. Check the disk.",
        )

    def _room(self) -> Text:
        return Text(
            f"ディスクに空きがなく、あと約 {self.free_entries} 件しか記録できません。空きを作ってください。",
            f"The disk is full: about {self.free_entries} more entries can be recorded. Make room on it.",
        )


_WORDS = {
    Writing.OPENING: Text("飛行記録を開いています。", "The flight journal is being opened."),
    Writing.OK: Text("飛行記録は書けています。", "The flight journal is being written."),
    Writing.SLOW: Text(
        "飛行記録の書き込みが終わりません。待機・帰還・その場に着陸・上空退避の指示は出せます。",
        "The flight journal is slow to be written. Hold, recall, land and sky clear still go out.",
    ),
    Writing.REFUSED: Text(
        "飛行記録を書けません。待機・帰還・その場に着陸・上空退避の指示は出せますが、離陸はできません。",
        "The flight journal cannot be written. Hold, recall, land and sky clear still go out; take-off does not.",
    ),
    Writing.ENDED: Text(
        "飛行記録は閉じられました。待機・帰還・その場に着陸・上空退避の指示は出せますが、離陸はできません。"
        "着陸後に kakehashi flight stop で止め、もう一度始めてください。",
        "The flight journal is closed. Hold, recall, land and sky clear still go out; take-off does not. "
        "After landing stop the core with `kakehashi flight stop` and start again.",
    ),
}
