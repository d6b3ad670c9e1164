"""Debian's Chromium, headless, with WebGL in software and nothing of its own on the network."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 90_000  # software drawing on two busy cores
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass
class Watched:
    """A page with everything it asked for and every error it wrote."""

    page: Page
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note requests that leave this machine, and errors of the page."""

        def on_request(request: Request) -> None:
            url = urlsplit(request.url)
            if url.scheme in {"http", "https", "ws", "wss"} and url.hostname not in LOOPBACK:
                self.foreign.append(request.url)

        self.page.on("request", on_request)
        self.page.on("websocket", lambda socket: self._check(socket.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _check(self, address: str) -> None:
        if urlsplit(address).hostname not in LOOPBACK:
            self.foreign.append(address)


def executable() -> str:
    """Return where Chromium is; without it the test is skipped, but fails in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        reason = "chromium is missing: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Give a browser while the context is open."""
    driver: Playwright
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable(), args=FLAGS, headless=True)
        try:
            yield opened
        finally:
            opened.close()


def open_page(opened: Browser, *, width: int = 1440, height: int = 900) -> tuple[BrowserContext, Watched]:
    """Return a fresh page in Japanese."""
    context = opened.new_context(viewport={"width": width, "height": height}, locale="ja-JP", timezone_id="Asia/Tokyo")
    context.set_default_timeout(PATIENCE_MS)
    watched = Watched(context.new_page())
    watched.watch()
    return context, watched


def sign_up(page: Page, link: str, name: str, password: str) -> None:
    """Use a one-time set-up link."""
    page.goto(link)
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=again]").fill(password)
    page.locator("button[type=submit]").click()


def press_and_hold(page: Page, label: str, *, seconds: float = 4.0) -> None:
    """Hold a button by its name."""
    button = page.get_by_role("button", name=label).first
    button.scroll_into_view_if_needed()
    button.hover()
    page.mouse.down()
    page.wait_for_timeout(seconds * 1000)
    page.mouse.up()
