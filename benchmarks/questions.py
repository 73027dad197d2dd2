"""How long five everyday questions take in a browser: `./run python -m benchmarks.questions --keep FOLDER`.

FOLDER holds a jobs.db, as `python -m benchmarks.pages --keep FOLDER` makes it. Each question is asked from the start
page, five times, in the actions of a newcomer; printed are the actions, the median and the longest time in seconds from
the first action until the answer stands on the page, on a desktop and on a phone.
"""

import argparse
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.pages import SITE, serving

TIMES = 5
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_SCREENS = {"desktop": (1280, 900), "phone": (390, 844)}


def _new_near_and_paid(tab: Page) -> int:
    actions = 3
    if not tab.get_by_label("Distance").is_visible():  # on a phone the filters are folded
        tab.locator("details.filters summary").click()
        actions += 1
    tab.get_by_label("Distance").select_option("30")
    tab.wait_for_url("**km=30**")
    tab.get_by_label("New since").select_option("7")
    tab.wait_for_url("**days=7**")
    tab.get_by_label("At least, € a year").fill("80000")
    tab.wait_for_url("**pay_from=80000**")
    tab.locator(".chosen").wait_for()
    return actions


def _stored(name: str) -> Callable[[Page], int]:
    def ask(tab: Page) -> int:
        tab.get_by_role("link", name=name, exact=True).click()
        tab.locator("table.rows-and-columns tbody tr").first.wait_for()
        return 1

    return ask


def _named(tab: Page) -> int:
    tab.get_by_role("searchbox").fill("NIS2")
    tab.wait_for_url("**NIS2**")
    tab.locator(".chosen").wait_for()
    return 1


QUESTIONS: dict[str, Callable[[Page], int]] = {
    "new within 30 km, 80,000 € and more": _new_near_and_paid,
    "who is hiring repeatedly": _stored("Who lists the same post again"),
    "what closed, and after how long": _stored("What closed, and after how long"),
    "what does a head of IT get": _stored("Pay by level and employer"),
    "which posts name NIS2": _named,
}


def main() -> None:
    """Ask each question on each screen, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, required=True, help="the folder of the jobs.db")
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with serving(asked.keep / "jobs.db"), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        for screen, (width, height) in _SCREENS.items():
            agent = "Mobile" if screen == "phone" else None
            tab = browser.new_context(viewport={"width": width, "height": height}, user_agent=agent).new_page()
            for question, ask in QUESTIONS.items():
                times, actions = [], 0
                for _ in range(TIMES):
                    tab.goto(SITE)
                    begun = time.perf_counter()
                    actions = ask(tab)
                    times.append(time.perf_counter() - begun)
                told = f"{actions} actions  median {statistics.median(times):.2f} s  longest {max(times):.2f} s"
                print(f"{screen:8} {question:38} {told}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
