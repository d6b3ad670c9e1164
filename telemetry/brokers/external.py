"""A broker that others run: any MQTT 3.1.1 broker, by URL such as `mqtts://broker.example:8883`."""

from pathlib import Path
from urllib.parse import urlsplit

from fleet.errors import BadInputError
from fleet.text import Text
from telemetry.ca_file import CaFile
from telemetry.mqtt_address import MqttAddress

_PORTS = {"mqtt": 1883, "mqtts": 8883}


def external_broker(url: str, *, username: str, password: str, ca_file: Path | None = None) -> MqttAddress:
    """Return the address of a broker by URL; raises BadInputError for a URL that is none.

    `mqtts` needs `ca_file`, the authority that signed the broker's certificate. Secrets do not go into the URL.
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    good = parts.scheme in _PORTS and parts.hostname and port != -1 and parts.username is None and not parts.path
    if not good or (parts.scheme == "mqtts") is (ca_file is None):
        raise BadInputError(
            Text(f"中継サーバーの URL「{url}」が使えません", f"the broker's URL {url!r} cannot be used"),
            Text(
                "mqtt://ホスト:1883 か mqtts://ホスト:8883 と書き、mqtts なら ca_file を指定してください",
                "write mqtt://host:1883 or mqtts://host:8883, with ca_file for mqtts",
            ),
        )
    return MqttAddress(
        host=parts.hostname or "",
        port=port or _PORTS[parts.scheme],
        username=username,
        password=password,
        ca_file=None if ca_file is None else CaFile(ca_file),
    )
