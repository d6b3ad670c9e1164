"""The account at an external MQTT broker."""

from fleet.errors import BadInputError
from fleet.text import Text
from kakehashi.settings import BrokerSettings


def external_account(broker: BrokerSettings) -> tuple[str, str]:
    """Return user and password for an external broker; raises BadInputError if one is missing."""
    if broker.username is None or broker.password is None:
        raise BadInputError(
            Text("外部の MQTT サーバーの利用者名とパスワードがありません", "the external broker's account is missing"),
            Text(
                "KAKEHASHI_BROKER__USERNAME と KAKEHASHI_BROKER__PASSWORD を設定してください",
                "set KAKEHASHI_BROKER__USERNAME and KAKEHASHI_BROKER__PASSWORD",
            ),
        )
    return broker.username, broker.password
