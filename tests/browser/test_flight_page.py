"""緊急操作 in a real browser, served by a flight core with an aircraft in the air, and with nothing else alive."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from ground_station.flight.vehicles.flight_command import Action, FlightCommand
from tests.browser.chromium import Watched, browser, open_page
from tests.browser.flight_core import CODE, COOKIE, FLYING, PARKED, PILOT, TOKEN, ServedCore, served_core

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SOON_MS = 20_000
LONG_S, SHORT_S, SLID_S = 1.6, 0.6, 0.4
HOLD_S = 1.2
TRIES = 10
WATCH_PRESSES = """
let began = null;
window.pressedMs = [];
const begins = ["pointerdown", "touchstart", "keydown"];
const ends = ["pointerup", "pointercancel", "pointerout", "touchend", "keyup"];
for (const kind of begins) addEventListener(kind, () => { began ??= performance.now(); }, true);
for (const kind of ends) addEventListener(kind, () => {
  if (began !== null) window.pressedMs.push(performance.now() - began);
  began = null;
}, true);
"""
SAFER = (("待機", Action.HOLD), ("帰還", Action.RECALL), ("その場に着陸", Action.LAND))
ORDERS, STATE = "**/flight/orders", "**/flight/state"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def served() -> Iterator[ServedCore]:
    with served_core() as core:
        yield core


@dataclass
class Opened:
    """A page of somebody who may fly, and the core behind it."""

    watched: Watched
    served: ServedCore

    @property
    def page(self) -> Page:
        return self.watched.page

    def button(self, name: str, vehicle: str = "かけはし1号") -> Locator:
        return self.page.get_by_role("button", name=re.compile(rf"^{vehicle} {name} "))

    def new_commands(self, act: Callable[[], object]) -> list[FlightCommand]:
        """Return what reached the core from pages while `act` ran, and a little after."""
        before = {command.id for command in self.served.given()}
        act()
        self.page.wait_for_timeout(700)
        return [command for command in self.served.given() if command.id not in before]

    def after_short(self, press: Callable[[], object]) -> list[FlightCommand]:
        """Return what a short press brought; one that a busy machine drew out to a long one is tried again."""
        for _ in range(TRIES):
            self.page.evaluate("window.pressedMs = []")
            given = self.new_commands(press)
            lasted_ms = self.page.evaluate("window.pressedMs")
            assert lasted_ms
            if max(lasted_ms) < 1000.0 * HOLD_S:
                return given
        message = "no press was short enough"
        raise AssertionError(message)


@pytest.fixture(name="visit")
def opened(chromium: Browser, served: ServedCore) -> Iterator[Callable[..., Opened]]:
    """Open the page; signed in at the desk unless told otherwise."""
    contexts = []

    def visit_it(*, width: int = 1280, height: int = 800, signed_in: bool = True, setting: str = "") -> Opened:
        context, watched = open_page(chromium, width=width, height=height)
        contexts.append((context, watched))
        context.add_init_script(WATCH_PRESSES)
        if signed_in:
            context.add_cookies([{"name": COOKIE, "value": TOKEN, "url": served.address}])
        if setting:
            context.add_init_script(setting)
        watched.page.goto(f"{served.address}/flight")
        if signed_in:
            expect(watched.page.get_by_text("かけはし1号")).to_be_visible(timeout=SOON_MS)
        return Opened(watched, served)

    yield visit_it
    for context, watched in contexts:
        assert watched.foreign == []
        assert watched.errors == []
        watched.page.unroute_all(behavior="ignoreErrors")  # an answer may still be on its way to be changed
        context.close()


def _hold(page: Page, button: Locator, seconds: float) -> None:
    button.scroll_into_view_if_needed()
    button.hover()
    page.mouse.down()
    page.wait_for_timeout(seconds * 1000.0)
    page.mouse.up()


def _press_key(page: Page, button: Locator, key: str, seconds: float) -> None:
    button.focus()
    page.keyboard.down(key)
    page.wait_for_timeout(seconds * 1000.0)
    page.keyboard.up(key)


def _touch(page: Page, button: Locator, seconds: float) -> None:
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    point = {"x": box["x"] + box["width"] / 2.0, "y": box["y"] + box["height"] / 2.0}
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    page.wait_for_timeout(seconds * 1000.0)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def _enter(page: Page, code: str) -> None:
    page.locator("input[name=code]").fill(code)
    page.keyboard.press("Enter")


class TestTheWayIn:
    def test_a_stranger_sees_nothing_of_the_aircraft_and_is_asked_for_the_code(
        self, visit: Callable[..., Opened]
    ) -> None:
        page = visit(signed_in=False).page
        expect(page.locator("input[name=code]")).to_be_visible()
        expect(page.get_by_text("準備の紙")).to_be_visible()
        expect(page.get_by_text("かけはし")).to_have_count(0)
        expect(page.get_by_role("button", name="上空退避")).to_have_count(0)

    def test_a_wrong_code_is_said_and_the_right_one_lets_in_for_this_tab_alone(
        self, visit: Callable[..., Opened]
    ) -> None:
        page = visit(signed_in=False).page
        _enter(page, "123")
        expect(page.get_by_text("8 けたの数字を入れてください")).to_be_visible()
        _enter(page, "87654321")
        expect(page.get_by_text("局の番号が違います")).to_be_visible()
        expect(page.get_by_text("かけはし")).to_have_count(0)
        _enter(page, f"{CODE[:4]}-{CODE[4:]}")
        expect(page.get_by_text("かけはし1号")).to_be_visible()
        expect(page.locator("#door")).to_be_hidden()
        assert page.evaluate("Object.values({...localStorage})").count(CODE) == 0
        page.reload()
        expect(page.get_by_text("かけはし1号")).to_be_visible()
        expect(visit(signed_in=False).page.locator("input[name=code]")).to_be_visible()

    def test_digits_of_a_japanese_keyboard_are_digits(self, visit: Callable[..., Opened]) -> None:
        page = visit(signed_in=False).page
        _enter(page, "１２３４－５６７８")
        expect(page.get_by_text("かけはし1号")).to_be_visible()

    def test_a_code_that_the_core_no_longer_takes_is_forgotten_and_asked_for_again(
        self, visit: Callable[..., Opened]
    ) -> None:
        page = visit(signed_in=False, setting="sessionStorage.setItem('kakehashi.code', '00000000')").page
        expect(page.get_by_text("局の番号が違います")).to_be_visible()
        assert page.evaluate("sessionStorage.getItem('kakehashi.code')") is None

    def test_too_many_wrong_codes_are_said_in_words(self, visit: Callable[..., Opened]) -> None:
        page = visit(signed_in=False).page
        what = {"ja": "1 分間受け付けません", "en": "wait"}
        body = json.dumps({"code": "too-many", "what": what, "cure": {"ja": "送信機を使ってください", "en": "x"}})
        page.route(STATE, lambda route: route.fulfill(status=429, content_type="application/problem+json", body=body))
        _enter(page, "11112222")
        expect(page.get_by_text("1 分間受け付けません")).to_be_visible()
        expect(page.get_by_text("送信機を使ってください")).to_be_visible()

    def test_who_may_fly_at_the_desk_needs_no_code(self, visit: Callable[..., Opened]) -> None:
        page = visit().page
        expect(page.locator("#door")).to_be_hidden()
        assert page.title() == "【訓練】緊急操作"
        expect(page.locator("body.drill")).to_have_count(1)


class TestPressAndHold:
    @pytest.mark.parametrize("press", [_hold, _touch])
    def test_a_short_press_sends_nothing_and_a_long_one_exactly_one_order(
        self, visit: Callable[..., Opened], press: Callable[[Page, Locator, float], None]
    ) -> None:
        opened = visit(width=390, height=844)
        button = opened.button("待機")
        assert opened.after_short(lambda: press(opened.page, button, SHORT_S)) == []
        (given,) = opened.new_commands(lambda: press(opened.page, button, LONG_S))
        assert (given.vehicle_id, given.action, given.author) == (FLYING, Action.HOLD, PILOT)
        expect(opened.page.locator(".orders").first).to_contain_text(
            re.compile(f"待機.*完了.*{PILOT}"), timeout=SOON_MS
        )

    @pytest.mark.parametrize("key", ["Space", "Enter"])
    def test_the_keyboard_holds_as_the_finger_does(self, visit: Callable[..., Opened], key: str) -> None:
        opened = visit()
        button = opened.button("待機")
        assert opened.after_short(lambda: _press_key(opened.page, button, key, SHORT_S)) == []
        assert len(opened.new_commands(lambda: _press_key(opened.page, button, key, LONG_S))) == 1

    def test_a_click_that_no_finger_held_and_a_finger_that_slides_off_send_nothing(
        self, visit: Callable[..., Opened]
    ) -> None:
        opened = visit()
        page, button = opened.page, opened.button("帰還")

        def slide_off() -> None:
            button.evaluate("(one) => one.click()")
            button.hover()
            page.mouse.down()
            page.wait_for_timeout(SLID_S * 1000.0)
            page.mouse.move(5, 5)
            page.wait_for_timeout(LONG_S * 1000.0)
            page.mouse.up()

        assert opened.after_short(slide_off) == []

    @pytest.mark.parametrize(("name", "action"), SAFER)
    def test_each_button_gives_its_order_to_its_aircraft(
        self, visit: Callable[..., Opened], name: str, action: Action
    ) -> None:
        opened = visit()
        bodies = _orders_kept_back(opened.page)
        _hold(opened.page, opened.button(name), LONG_S)
        assert [(body["vehicle_id"], body["action"]) for body in bodies] == [(FLYING, action.value)]

    def test_the_sky_is_cleared_of_those_that_fly_and_the_count_is_told_before(
        self, visit: Callable[..., Opened]
    ) -> None:
        opened = visit()
        clear = opened.page.get_by_role("button", name=re.compile("上空退避 飛行中の 1 機"))
        (given,) = opened.new_commands(lambda: _hold(opened.page, clear, LONG_S))
        assert (given.vehicle_id, given.action) == (FLYING, Action.RECALL)
        expect(opened.page.locator(".orders").first).to_contain_text(re.compile("帰還.*(受領|実行中|完了)"))
        opened.new_commands(lambda: _hold(opened.page, opened.button("待機"), LONG_S))

    def test_an_aircraft_on_the_ground_has_no_order_to_be_given(self, visit: Callable[..., Opened]) -> None:
        opened = visit()
        for name, _ in SAFER:
            expect(opened.button(name, "かけはし2号")).to_be_disabled()
        expect(opened.page.get_by_text("地上にいるので")).to_be_visible()
        assert not opened.served.core.station.vehicle(PARKED).state().armed


def _orders_kept_back(page: Page) -> list[dict[str, Any]]:
    """Let no order reach the core; return the list into which their bodies go."""
    bodies: list[dict[str, Any]] = []

    def refuse(route: Route) -> None:
        bodies.append(json.loads(route.request.post_data or "{}"))
        body = json.dumps({"code": "refused", "what": {"ja": "試験なので断ります", "en": "refused"}})
        route.fulfill(status=409, content_type="application/problem+json", body=body)

    page.route(ORDERS, refuse)
    return bodies


class TestWhatBecameOfIt:
    def test_a_refusal_is_said_with_its_reason(self, visit: Callable[..., Opened]) -> None:
        opened = visit()
        _orders_kept_back(opened.page)
        _hold(opened.page, opened.button("帰還"), LONG_S)
        expect(opened.page.locator(".orders").first).to_contain_text(re.compile("帰還.*拒否.*試験なので断ります"))

    def test_an_order_whose_answers_are_lost_is_given_again_as_the_same_order(
        self, visit: Callable[..., Opened]
    ) -> None:
        opened = visit()
        ids: list[str] = []

        def lose_the_first_answer(route: Route) -> None:
            ids.append(json.loads(route.request.post_data or "{}")["id"])
            answer = route.fetch()
            if len(ids) == 1:
                route.abort()
            else:
                route.fulfill(response=answer)

        opened.page.route(ORDERS, lose_the_first_answer)
        (given,) = opened.new_commands(lambda: _hold(opened.page, opened.button("待機"), LONG_S))
        opened.page.wait_for_timeout(1000)
        assert ids == [given.id, given.id]

    def test_an_order_that_never_reached_the_core_is_open_first_and_then_known_not_to_be_sent(
        self, visit: Callable[..., Opened]
    ) -> None:
        opened = visit()
        opened.page.route(ORDERS, lambda route: route.abort())
        orders = opened.page.locator(".orders").first
        assert opened.new_commands(lambda: _hold(opened.page, opened.button("その場に着陸"), LONG_S)) == []
        expect(orders).to_contain_text(re.compile("その場に着陸.*送信中"))
        expect(orders).to_contain_text(re.compile("未確認.*届いたかどうか、わかりません.*帰還（RTL）"), timeout=SOON_MS)
        expect(orders).to_contain_text(re.compile("期限切れ.*機体には送っていません"), timeout=SOON_MS)

    @pytest.mark.parametrize("hours", [-9, 9])
    def test_a_phone_whose_time_of_day_jumps_gives_orders_like_any_other(
        self, visit: Callable[..., Opened], hours: int
    ) -> None:
        jump_at_every_look = f"""
            let looks = 0;
            const before = Date.now;
            Date.now = () => before() + {hours} * 3600e3 * ++looks;
        """
        opened = visit(setting=jump_at_every_look)
        assert len(opened.new_commands(lambda: _hold(opened.page, opened.button("待機"), LONG_S))) == 1

    def test_an_order_that_stood_still_on_its_way_is_said_to_be_too_late(self, visit: Callable[..., Opened]) -> None:
        opened = visit()

        def make_old(route: Route) -> None:
            body = json.loads(route.request.post_data or "{}")
            body["heard"]["stamp_s"] -= 20.0
            route.continue_(post_data=json.dumps(body))

        opened.page.route(ORDERS, make_old)
        assert opened.new_commands(lambda: _hold(opened.page, opened.button("待機"), LONG_S)) == []
        expect(opened.page.locator(".orders").first).to_contain_text(re.compile("期限切れ.*もう一度押してください"))


def _told(served: ServedCore, page: Page, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what the core's answers tell the page from now on."""

    def answer(route: Route) -> None:
        response = route.fetch()
        state = response.json()
        change(state)
        route.fulfill(response=response, body=json.dumps(state))

    page.route(STATE, answer)


class TestAge:
    def test_a_fresh_value_is_plain_a_late_one_grey_and_an_old_one_hatched(self, visit: Callable[..., Opened]) -> None:
        opened = visit()
        card = opened.page.locator("article").first
        for age_s, look in ((0.2, None), (4.0, "late"), (40.0, "old")):

            def change(state: dict[str, Any], age_s: float = age_s) -> None:
                link = "lost" if age_s > 10.0 else "fresh"
                ages = dict.fromkeys(("link_age_s", "alt_age_s", "battery_age_s"), age_s)
                state["vehicles"][0] |= {**ages, "link": link}

            opened.page.unroute_all(behavior="ignoreErrors")
            _told(opened.served, opened.page, change)
            for value in (card.locator(".doing"), *card.locator("dd").all()):
                expect(value).to_have_class(re.compile(rf"(^|\s){look}$") if look else re.compile(r"^(doing)?$"))
        expect(card).to_contain_text("40 秒前")

    def test_a_page_that_hears_nothing_says_so_itself_and_its_buttons_still_try(
        self, visit: Callable[..., Opened]
    ) -> None:
        opened = visit()
        page = opened.page
        page.route(STATE, lambda route: route.abort())
        expect(page.get_by_text("飛行の中枢とつながっていません")).to_be_visible()
        expect(page.get_by_text("送信機（プロポ）を使ってください")).to_be_visible()
        expect(page.locator("article").first.locator(".link")).to_have_text("不明", timeout=SOON_MS)
        assert len(opened.new_commands(lambda: _hold(page, opened.button("待機"), LONG_S))) == 1
        page.unroute_all(behavior="ignoreErrors")
        expect(page.get_by_text("飛行の中枢とつながっていません")).to_be_hidden()

    def test_questions_never_pile_up_while_no_answer_comes(self, visit: Callable[..., Opened]) -> None:
        page = visit().page
        asked: list[float] = []
        page.route(STATE, lambda route: asked.append(time.monotonic()))  # it is never answered
        page.wait_for_timeout(5000)
        assert 1 <= len(asked) <= 3
        page.unroute_all(behavior="ignoreErrors")

    def test_alarms_of_the_core_stand_on_top(self, visit: Callable[..., Opened]) -> None:
        opened = visit()
        words = {"ja": "飛行の記録を書けません", "en": "the journal cannot be written"}
        _told(opened.served, opened.page, lambda state: state.update(alarms=[{"what": words, "cure": None}]))
        alarms = opened.page.locator("#alarms")
        expect(alarms).to_contain_text(words["ja"])
        top, card = alarms.bounding_box(), opened.page.locator("article").first.bounding_box()
        assert top is not None
        assert card is not None
        assert top["y"] < card["y"]

    def test_a_station_without_aircraft_says_what_to_do(self, visit: Callable[..., Opened]) -> None:
        opened = visit()
        _told(opened.served, opened.page, lambda state: state.update(vehicles=[], commands=[]))
        expect(opened.page.get_by_text("この局に機体が登録されていません")).to_be_visible()
        expect(opened.page.locator("article")).to_have_count(0)
        expect(opened.page.get_by_role("button", name="上空退避")).to_have_count(0)

    def test_live_is_not_dressed_as_a_drill(self, visit: Callable[..., Opened]) -> None:
        opened = visit()
        _told(opened.served, opened.page, lambda state: state.update(realm="live"))
        expect(opened.page.locator("#realm")).to_have_text("本番")
        expect(opened.page.locator("body.drill")).to_have_count(0)
        assert opened.page.title() == "緊急操作"


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_its_buttons_are_large_and_apart_and_nothing_scrolls_sideways(
    visit: Callable[..., Opened], width: int, height: int
) -> None:
    opened = visit(width=width, height=height)
    page = opened.page
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]
    boxes = [box for box in (button.bounding_box() for button in page.locator("button.hold").all()) if box]
    assert len(boxes) == 7
    for index, one in enumerate(boxes):
        assert min(one["width"], one["height"]) >= 64.0
        for other in boxes[index + 1 :]:
            across = max(one["x"], other["x"]) - min(one["x"] + one["width"], other["x"] + other["width"])
            along = max(one["y"], other["y"]) - min(one["y"] + one["height"], other["y"] + other["height"])
            assert max(across, along) >= 16.0


def test_every_button_has_a_name_and_english_is_one_press_away(visit: Callable[..., Opened]) -> None:
    page = visit().page
    names = [button.get_attribute("aria-label") for button in page.locator("button.hold").all()]
    assert len(set(names)) == 7
    assert all(names)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name=re.compile("^Kakehashi 1 Land here "))).to_be_visible()
    expect(page).to_have_title("【DRILL】Emergency")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert not re.search(r"[぀-ヿ一-鿿]", page.locator("main").inner_text().replace(PILOT, ""))


def test_the_night_screen_is_kept_on_this_device(visit: Callable[..., Opened]) -> None:
    page = visit().page
    page.get_by_role("button", name="夜").click()
    expect(page.locator("html.night")).to_have_count(1)
    page.reload()
    expect(page.locator("html.night")).to_have_count(1)
