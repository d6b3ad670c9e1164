"""The drill wall: what is a drill and what is live never mix."""

from enum import StrEnum

from fleet.text import Text


class Realm(StrEnum):
    """The two worlds; every topic, database and export belongs to exactly one."""

    LIVE = "live"
    DRILL = "drill"

    @property
    def topic_root(self) -> str:
        """Return the first level of every MQTT topic of this realm."""
        return "kakehashi" if self is Realm.LIVE else "kakehashi-drill"

    @property
    def label(self) -> Text:
        """Return the word every page and export shows."""
        return Text("本番", "LIVE") if self is Realm.LIVE else Text("訓練", "DRILL")
