"""The names of the demonstration town. None is a real place."""

from fleet.text import Text

TOWN = Text("架け橋町", "Kakehashi-cho")
RIVER = Text("架け橋川", "Kakehashi River")
MAIN_ROAD = Text("県道 1 号 架け橋線", "Prefectural Road 1")
BROOK = Text("沢", "brook")
LANE = Text("町道", "town road")
DEPOT = Text("架け橋町 住民センター（拠点）", "Kakehashi residents' centre (depot)")
STATION = Text("住民センター 地上局", "Ground station at the residents' centre")
CENTRE = Text("町場", "Machiba")
HELIPAD = Text("送電鉄塔工事 臨時ヘリポート", "Helipad of the pylon works")
CABLE_CRANE = Text("大沢地区 復旧工事（架線クレーン）", "Ozawa repair works (cable crane)")

# id, hamlet, landing site; the first stands beyond the ridge, the last inside the repair works.
HAMLETS = (
    ("takamuro", Text("高室", "Takamuro"), Text("高室集会所", "Takamuro assembly hall")),
    ("kuwatani", Text("桑谷", "Kuwatani"), Text("桑谷公民館", "Kuwatani public hall")),
    ("hinokubo", Text("日ノ久保", "Hinokubo"), Text("日ノ久保小学校跡", "Former Hinokubo school")),
    ("shimoyasu", Text("下安", "Shimoyasu"), Text("下安ふれあい広場", "Shimoyasu green")),
    ("iwagami", Text("岩神", "Iwagami"), Text("岩神農村広場", "Iwagami farm square")),
    ("ozawa", Text("大沢", "Ozawa"), Text("大沢工区 資材置場", "Ozawa works yard")),
)
FAR_HAMLET = ("kaminodan", Text("上ノ段", "Kaminodan"))
