"""A stranger clicks through a delivery: operator page and town-office page in a real browser, on the real services."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.chromium import Watched, browser, open_page, press_and_hold, sign_up
from tests.kakehashi.running import Running, environment, run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PASSWORD = "訓練用の長い合言葉です"
OPERATOR = "操縦 太郎"
CLERK = "役場 花子"
SPEEDUP = 20
SOON_MS = 90_000
FLIGHT_MS = 420_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Running]:
    """Run everything, and name the first person of each service through its one-time link, by clicking."""
    with run("--drill", "--speedup", str(SPEEDUP), env=environment(tmp_path_factory.mktemp("browser"))) as running:
        for link, name in zip(running.setup_links(), (OPERATOR, CLERK), strict=True):
            context, watched = open_page(chromium)
            sign_up(watched.page, link, name, PASSWORD)
            expect(watched.page.locator("canvas").first).to_be_visible(timeout=SOON_MS)
            watched.page.goto(link)
            expect(watched.page.locator("input[name=again]")).to_have_count(0)
            _no_trouble(watched)
            context.close()
        yield running


def _ask(page: Page) -> None:
    page.get_by_role("button", name="新しい依頼").first.click()
    page.locator("input[name=item]").fill("水")
    page.locator("input[name=mass]").fill("4")
    page.locator("select[name=site]").select_option("takamuro")
    page.locator("button[form=new-request]").click()


def _plan_and_send(page: Page) -> None:
    page.get_by_role("button", name="飛行計画を作る").click(timeout=SOON_MS)
    expect(page.get_by_text(re.compile("飛行できます")).first).to_be_visible(timeout=SOON_MS)
    send = page.get_by_role("button", name="計画を機体へ送る")
    expect(send).to_be_disabled()
    for reason in page.locator("input[name=reason]").all():
        reason.fill("訓練のため確認した")
    expect(send).to_be_enabled()
    send.click()


def _check(page: Page) -> None:
    expect(page.get_by_role("checkbox").first).to_be_visible(timeout=SOON_MS)
    fly = page.get_by_role("button", name="飛行開始").first
    for box in page.get_by_role("checkbox").all():
        expect(fly).to_be_disabled()
        box.click()
        expect(box).to_have_attribute("aria-checked", "true", timeout=SOON_MS)
    expect(fly).to_be_enabled(timeout=SOON_MS)


def _is_straight_order(response: Response) -> bool:
    return response.url.endswith("/flight/orders") and response.request.method == "POST"


def _short_press_moves_nothing(page: Page) -> None:
    press_and_hold(page, "飛行開始", seconds=0.4)
    expect(page.get_by_role("button", name="飛行開始").first).to_be_enabled()


def _sign_in(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()


def _no_trouble(*pages: Watched) -> None:
    for watched in pages:
        assert watched.foreign == []
        assert watched.errors == []


def test_a_delivery_is_flown_by_clicking_and_seen_at_the_town_office(drill: Running, chromium: Browser) -> None:
    operator_context, operator = open_page(chromium)
    town_context, town = open_page(chromium)
    _sign_in(town.page, f"{drill.office}/town", CLERK)
    _sign_in(operator.page, f"{drill.station}/operator", OPERATOR)
    page = operator.page
    expect(page.get_by_role("button", name="新しい依頼").first).to_be_visible(timeout=SOON_MS)
    expect(page.get_by_text("訓練").first).to_be_visible()
    assert "訓練" in page.title()

    _ask(page)
    _plan_and_send(page)
    _check(page)
    _short_press_moves_nothing(page)
    press_and_hold(page, "飛行開始")
    expect(page.get_by_text(re.compile("高室集会所へ飛行中")).first).to_be_visible(timeout=SOON_MS)
    for action in ("待機", "帰還", "その場に着陸"):
        expect(page.get_by_role("button", name=action).first).to_be_visible()

    page.get_by_role("button", name="新しい依頼").first.click()
    expect(page.locator("input[name=item]")).to_be_visible()
    expect(page.get_by_role("button", name="帰還").first).to_be_visible()

    with page.expect_response(_is_straight_order) as straight:
        press_and_hold(page, "待機")
    assert straight.value.status == 202
    expect(page.get_by_role("button", name="飛行を再開").first).to_be_visible(timeout=SOON_MS)
    press_and_hold(page, "飛行を再開")
    page.get_by_role("button", name=re.compile("かけはし1号")).first.click()
    going_on = page.get_by_text(re.compile("高室集会所へ飛行中")).or_(page.get_by_text("届けました"))
    expect(going_on.first).to_be_visible(timeout=SOON_MS)  # a slow page may see it again only where it has arrived
    expect(town.page.get_by_text("かけはし1号").first).to_be_visible(timeout=SOON_MS)
    expect(page.get_by_text("届けました").first).to_be_visible(timeout=FLIGHT_MS)

    pictures = town.page.locator("img[src*='/thumbnail']")
    expect(pictures.first).to_be_visible(timeout=SOON_MS)
    expect(town.page.get_by_text("届けました").or_(town.page.get_by_text("完了")).first).to_be_visible(timeout=SOON_MS)
    pictures.first.click()
    large = town.page.locator("img[src*='/preview']")
    expect(large.first).to_be_visible(timeout=SOON_MS)
    expect(town.page.get_by_text("53S").first).to_be_visible()
    _no_trouble(operator, town)
    operator_context.close()
    town_context.close()


HIDDEN_TABS = """() => [...document.querySelectorAll('[role=tab]')].filter(tab => {
    const box = tab.getBoundingClientRect();
    const at = (y) => document.elementFromPoint(box.x + box.width / 2, y);
    return box.height > 0 && ![box.top + 3, box.bottom - 3].every(y => tab.contains(at(y)));
}).map(tab => tab.textContent)"""


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1920, 1080)])
def test_both_pages_fit_a_phone_and_a_wall_screen(drill: Running, chromium: Browser, width: int, height: int) -> None:
    for address, name in ((f"{drill.station}/operator", OPERATOR), (f"{drill.office}/town", CLERK)):
        context, watched = open_page(chromium, width=width, height=height)
        page = watched.page
        _sign_in(page, address, name)
        expect(page.locator("canvas").first).to_be_visible(timeout=SOON_MS)
        page.wait_for_timeout(1500)
        widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert widths[0] <= widths[1], f"{address} scrolls sideways at {width} px"
        page.evaluate("document.querySelector('.bar').style.marginBottom = '150px'")  # as tall as several strips
        assert page.evaluate(HIDDEN_TABS) == []
        _no_trouble(watched)
        context.close()


def test_the_operator_page_says_so_when_it_is_frozen(drill: Running, chromium: Browser) -> None:
    context, watched = open_page(chromium)
    page = watched.page
    _sign_in(page, f"{drill.station}/operator", OPERATOR)
    expect(page.get_by_role("button", name="新しい依頼").first).to_be_visible(timeout=SOON_MS)
    context.set_offline(True)
    expect(page.get_by_text(re.compile("更新が止まって")).first).to_be_visible(timeout=SOON_MS)
    context.close()
