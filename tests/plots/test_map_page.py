"""The page of a map, in a browser without a network, and what it holds."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pages import Opened, opening
from word_maps import ODD, word_map


def unpacked(page: str) -> tuple[dict[str, Any], bytes]:
    """The JSON object of a page, and the arrays behind it."""
    found = re.search('<script type="application/octet-stream" id="data">(.*?)</script>', page)
    assert found is not None
    data = zlib.decompress(base64.b64decode(found[1]))
    size = int.from_bytes(data[:4], "little")
    return json.loads(data[4 : 4 + size]), data[4 + size :]


def test_the_page_holds_the_whole_map() -> None:
    made = word_map()
    facts, arrays = unpacked(made.page())
    assert facts["words"] == ODD
    assert facts["counts"] == made.counts.tolist()
    assert [one["name"] for one in facts["clusters"]] == made.names
    n = len(made)
    assert np.frombuffer(arrays, "<f4", 2 * n).tolist() == made.coordinates.ravel().tolist()
    assert np.frombuffer(arrays, "<i4", 4 * n, 8 * n).tolist() == made.neighbours.ravel().tolist()
    cosines = np.frombuffer(arrays, "<i2", 4 * n, 24 * n) / 10_000
    np.testing.assert_allclose(cosines, made.cosines.ravel(), atol=1e-4)
    assert np.frombuffer(arrays, "<u2", n, 32 * n).tolist() == made.clusters.tolist()
    assert len(arrays) == 34 * n


def test_equal_maps_are_equal_pages() -> None:
    assert word_map().page("x") == word_map().page("x")


def test_a_page_asks_for_nothing_and_runs_no_word() -> None:
    page = word_map().page("</title><script>alert(1)</script> @DATA@ @SCRIPT@")
    assert "alert(1)</script>" not in page.replace("&lt;/script&gt;", "")
    assert page.count("<script") == 2
    assert not re.search(r"""(src|href)=["']|@import|url\(""", page)
    assert "default-src 'none'" in page


# --- in a browser


@pytest.fixture
def open_map(browser: Any, tmp_path: Path) -> Iterator[Opened]:
    """Opens a map in a browser."""
    with opening(browser, tmp_path / "map.html", "html[data-ready]") as opened:
        yield lambda made, hash_="", title="", **options: opened(made.page(title), hash_, **options)


def pixels(page: Any) -> int:
    """How many pixels of the points' canvas are not empty."""
    count = page.evaluate(
        """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
            const from = document.getElementById("points"), copy = document.createElement("canvas");
            [copy.width, copy.height] = [from.width, from.height];
            const pen = copy.getContext("2d");
            nearer.click();
            requestAnimationFrame(() => {
                pen.drawImage(from, 0, 0);
                const data = pen.getImageData(0, 0, copy.width, copy.height).data;
                let seen = 0;
                for (let i = 3; i < data.length; i += 4) seen += data[i] > 0;
                done(seen);
            });
        })))"""
    )
    return int(count)


def search(page: Any, text: str) -> list[str]:
    page.fill("#asked", text)
    return page.locator("#found li").all_inner_texts()


def chosen(page: Any) -> str:
    return page.locator("#word h2").inner_text()


@pytest.mark.parametrize("dimensions", [2, 3])
def test_points_are_drawn(open_map: Opened, dimensions: int) -> None:
    page = open_map(word_map(dimensions=dimensions))
    assert pixels(page) > 100
    assert page.locator("#about").inner_text().startswith(f"{len(ODD)} words by principal")


def test_words_are_found_by_their_beginning_and_then_by_a_part(open_map: Opened) -> None:
    page = open_map(word_map(["york", "new york", "Yorkshire", "cat"]))
    assert search(page, "YORK") == ["york", "Yorkshire", "new york"]
    page.press("#asked", "ArrowDown")
    page.press("#asked", "Enter")
    assert chosen(page) == "Yorkshire"
    assert page.locator("#word .near").count() == 4
    assert page.evaluate("location.hash") == "#Yorkshire"
    assert search(page, "dog") == ["no such word on this map"]
    page.press("#asked", "Escape")
    assert page.locator("#word").is_hidden()


def test_odd_words_are_shown_as_they_are(open_map: Opened) -> None:
    page = open_map(word_map())
    for word in ODD:
        offered = page.evaluate(
            """(word) => {
                asked.value = word;
                asked.dispatchEvent(new Event("input"));
                return found.firstChild.textContent;
            }""",
            word,
        )
        assert offered == word
        page.press("#asked", "Enter")
        assert page.evaluate("document.querySelector('#word h2').textContent") == word


def test_a_link_leads_to_a_word_again(open_map: Opened) -> None:
    assert chosen(open_map(word_map(), "#%F0%9F%8D%95")) == "🍕"
    assert open_map(word_map(), "#%").locator("#word").is_hidden()
    assert open_map(word_map(), "#no-such-word").locator("#word").is_hidden()


def test_a_neighbour_leads_on(open_map: Opened) -> None:
    page = open_map(word_map(["a", "b", "c", "d", "e", "f"]), "#a")
    assert page.locator("#word .near bdi").all_inner_texts() == ["b", "c", "d", "e"]
    page.locator("#word .near").nth(1).click()
    assert chosen(page) == "c"
    assert page.locator("#word p").first.inner_text().startswith("4,000 times")


def test_pointing_at_a_word_tells_of_it(open_map: Opened) -> None:
    made = word_map(["a", "b", "c", "d", "e", "f"])
    made.coordinates[0] = 0
    made.coordinates[1:] = np.linspace(0.5, 1, 5)[:, None]
    page = open_map(made)
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    page.mouse.move(width / 2 + 3, height / 2)
    tip = page.locator("#tip")
    assert tip.inner_text().splitlines()[0] == "a"
    assert "6,000 times" in tip.inner_text()
    assert "b, c, d, e" in tip.inner_text()
    page.mouse.move(width / 2 + 60, height / 2 + 90)
    assert tip.is_hidden()
    page.mouse.click(width / 2, height / 2)
    assert chosen(page) == "a"


def test_the_wheel_and_the_keys_zoom(open_map: Opened) -> None:
    made = word_map(["a", "b"], clusters=1, k=1)
    made.coordinates[:] = [[0.4, 0], [-0.4, 0]]
    page = open_map(made)
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    at = width / 2 + 0.4 * 0.46 * min(width, height)
    page.mouse.move(at, height / 2)
    for _ in range(3):  # the word under the pointer stays there
        page.mouse.wheel(0, -200)
    page.mouse.move(at + 1, height / 2)
    assert page.locator("#tip").inner_text().startswith("a")
    page.focus("#labels")
    page.keyboard.press("0")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "asked"


def test_a_cluster_can_be_lit(open_map: Opened) -> None:
    page = open_map(word_map())
    button = page.locator("#clusters button").nth(1)
    before = pixels(page)
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert pixels(page) > 0
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert before > 0


@pytest.mark.parametrize("options", [
    {"color_scheme": "dark"},
    {"viewport": {"width": 360, "height": 640}, "has_touch": True, "device_scale_factor": 3},
    {"reduced_motion": "reduce"},
])  # fmt: skip
def test_screens_of_all_kinds_show_it(open_map: Opened, options: dict[str, Any]) -> None:
    page = open_map(word_map(), "#plain", **options)
    assert chosen(page) == "plain"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_webgl_points_are_drawn_too(open_map: Opened) -> None:
    made = word_map()
    page = open_map(made)
    page.add_init_script(
        "const old = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        "  return kind === 'webgl2' ? null : old.call(this, kind, ...more); };"
    )
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert pixels(page) > 100


def test_200_000_points_are_drawn(open_map: Opened) -> None:
    page = open_map(word_map([f"w{i}" for i in range(200_000)], clusters=40, k=10))
    assert pixels(page) > 10_000
    assert search(page, "w19999") == ["w19999", *(f"w19999{i}" for i in range(10))]
