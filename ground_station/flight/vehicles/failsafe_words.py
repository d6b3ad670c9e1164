"""Which on-board failsafe acts when the ground station is not heard, in words, from the parameters as last read."""

from collections.abc import Mapping

from fleet.text import Text

_ACTIONS: Mapping[int, Text] = {
    1: Text("帰還（RTL）します", "it returns home (RTL)"),
    2: Text("計画飛行中は続行、ほかは帰還（RTL）します", "it goes on with a mission, otherwise returns home (RTL)"),
    3: Text("来た道を帰還（SMART_RTL、だめなら RTL）します", "it returns the way it came (SMART_RTL, else RTL)"),
    4: Text("来た道を帰還（SMART_RTL、だめなら着陸）します", "it returns the way it came (SMART_RTL, else lands)"),
    5: Text("その場に着陸します", "it lands where it is"),
    6: Text("計画の帰還区間を飛びます（だめなら RTL）", "it flies the plan's way home (else RTL)"),
    7: Text("その場で停止（BRAKE、だめなら着陸）します", "it stops where it is (BRAKE, else lands)"),
}


def silence_failsafe(parameters: Mapping[str, float]) -> Text:
    """Return what the aircraft does by itself when it hears nothing from here (FS_GCS_ENABLE, FS_GCS_TIMEOUT)."""
    action = parameters.get("FS_GCS_ENABLE")
    if action is None:
        return Text(
            "機体の途絶時動作は未確認です。目視と送信機で備えてください",
            "what the aircraft does by itself is not known; be ready with eyes and transmitter",
        )
    if int(action) == 0:
        return Text(
            "途絶フェイルセーフは切れています。機体は今の飛行を続けます",
            "its silence failsafe is off; it goes on with what it does",
        )
    timeout_s = parameters.get("FS_GCS_TIMEOUT", 5.0)
    words = _ACTIONS.get(int(action), Text("機体の設定どおり動きます", "it acts as it is set"))
    return Text(
        f"通信が {timeout_s:g} 秒途絶えると、機体は自分で{words.ja}",
        f"after {timeout_s:g} s without this station {words.en} by itself",
    )
