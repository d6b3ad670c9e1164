"""Our device book as an amqtt plugin: signs devices in and keeps each to its own topics.

amqtt 0.12 takes over a session of the same client id before it looks at whether the sign-in was good; a refused
client is therefore renamed first, so that it cannot push anyone out.
"""

from dataclasses import dataclass, field

import structlog
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from telemetry.brokers.access import DeviceBook

_log = structlog.get_logger(__name__)
_REFUSED_CLIENT_ID = "refused"


class DeviceAccess(BaseAuthPlugin, BaseTopicPlugin):  # type: ignore[misc]
    """Authentication and topic filter in one."""

    @dataclass
    class Config:
        """What amqtt hands to the plugin."""

        book: DeviceBook = field(default_factory=DeviceBook)

    async def authenticate(self, *, session: Session) -> bool:
        """Return whether the device may sign in."""
        if self.config.book.sign_in(session.username, session.password):
            return True
        _log.warning("device refused by the broker", username=session.username, address=session.remote_address)
        session.client_id = _REFUSED_CLIENT_ID
        return False

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        """Return whether the device may publish to, subscribe to or hear a topic."""
        if session is None or topic is None:
            return False
        book: DeviceBook = self.config.book
        if action == Action.PUBLISH:
            allowed = book.allows_publish(session.username, topic)
        else:
            allowed = book.allows_subscribe(session.username, topic)
        if not allowed:
            _log.warning("topic refused by the broker", username=session.username, topic=topic, action=str(action))
        return allowed
