"""The page in a real browser.

FASTVEC_SCREENSHOTS=FOLDER keeps pictures of it; FASTVEC_MILLION=1 looks at a million words, too.
"""

import os
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explorers import ODD_WORDS, ROYAL, royal_words, serving

from fastvec.explore.server import Explorer
from fastvec.vectors.keyedvectors import KeyedVectors
from fastvec.words import Words

SCREENSHOTS = os.environ.get("FASTVEC_SCREENSHOTS")
DEADLINE = 60_000  # milliseconds


@pytest.fixture(scope="module")
def explorer() -> Iterator[Explorer]:
    with serving(royal_words(), names=["royal.bin"]) as explorer:
        yield explorer


@pytest.fixture(scope="module")
def pair() -> Iterator[Explorer]:
    with serving(royal_words(), royal_words(turned=True)) as explorer:
        yield explorer


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page; it fails the test if the console of the browser has a word of complaint."""
    context = browser.new_context()
    context.set_default_timeout(DEADLINE)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    yield page
    context.close()
    assert complaints == []


def picture(page: Any, name: str) -> None:
    """Keep a picture of the page, if pictures are wanted."""
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png", full_page=True)


def opened(page: Any, explorer: Explorer, view: str = "") -> Any:
    """The page, opened at a view, when it shows it."""
    page.goto("about:blank")  # or the browser would only follow the part behind the #
    page.goto(explorer.address + view)
    page.wait_for_selector("nav a[aria-current]")
    return page


def option(page: Any, word: str) -> Any:
    """A word in the list of completions."""
    return page.locator("[role=option]").get_by_text(word, exact=True)


def answered(page: Any) -> None:
    """Wait until an answer is there."""
    page.wait_for_selector(".results:not([aria-busy]) > *")


def words(page: Any, panel: int = 0) -> list[str]:
    """The words in the list of a panel."""
    answered(page)
    return page.locator(".panel").nth(panel).locator(".ranking bdi").all_inner_texts()


def shows(page: Any, wanted: list[str], panel: int = 0) -> None:
    """Wait until the list of a panel has these words."""
    try:
        page.wait_for_function(
            """([panel, wanted]) => JSON.stringify([...document.querySelectorAll(
                `.panel:nth-child(${panel + 1}) .ranking bdi`)].map((one) => one.textContent))
                === JSON.stringify(wanted)""",
            arg=[panel, wanted],
        )
    except Exception:
        assert words(page, panel) == wanted
        raise


def expected(wv: KeyedVectors, *query: Any) -> list[str]:
    return [word for word, _ in wv.most_similar(*query)]


def test_typing_completes_words_and_shows_neighbours(page: Any, explorer: Explorer) -> None:
    opened(page, explorer)
    box = page.get_by_role("combobox", name="Word, or sum of words")
    assert box.evaluate("node => node === document.activeElement")
    assert "king" in page.locator(".hint").inner_text()
    box.press_sequentially("PRIN")
    options = page.locator("[role=option]")
    options.first.wait_for()
    assert options.all_inner_texts() == ["prince", "princess"]
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    box.press("ArrowDown")
    active = page.locator("[role=option][aria-selected=true]")
    assert active.inner_text() == "princess"
    assert box.get_attribute("aria-activedescendant") == active.get_attribute("id")
    picture(page, "completion")
    box.press("Enter")
    shows(page, expected(royal_words(), "princess"))
    assert (box.input_value(), options.count()) == ("princess", 0)
    assert page.url.endswith("#neighbours?q=princess&n=10")
    assert page.title() == "princess – Neighbours – fastvec"
    assert page.get_by_role("status").inner_text() == "10 words"
    page.get_by_role("link", name="queen", exact=True).click()
    page.wait_for_function("document.title.startsWith('queen')")
    shows(page, expected(royal_words(), "queen"))
    page.go_back()
    page.wait_for_function("document.title.startsWith('princess')")
    shows(page, expected(royal_words(), "princess"))


def test_escape_closes_the_list_and_a_click_chooses(page: Any, explorer: Explorer) -> None:
    box = opened(page, explorer).locator("form input")
    box.press_sequentially("ki")
    page.locator("[role=option]").wait_for()
    box.press("Escape")
    assert page.locator("[role=option]").count() == 0
    box.press_sequentially("n")
    option(page, "king").click()
    shows(page, expected(royal_words(), "king"))


def test_sums(page: Any, explorer: Explorer) -> None:
    box = opened(page, explorer).locator("form input")
    box.press_sequentially("king - ma")
    option(page, "man").wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    assert box.input_value() == "king - man"
    answered(page)
    box.press_sequentially(" + woman")
    box.press("Enter")
    shows(page, expected(royal_words(), ["king", "woman"], ["man"]))
    picture(page, "sum")


def test_analogy(page: Any, explorer: Explorer) -> None:
    opened(page, explorer, "#analogy")
    for place, word in enumerate(("man", "king", "woman")):
        page.locator("form input").nth(place).fill(word)
    page.get_by_role("button", name="Show").click()
    shows(page, expected(royal_words(), ["king", "woman"], ["man"]))
    picture(page, "analogy")


def test_odd_one_out(page: Any, explorer: Explorer) -> None:
    opened(page, explorer, "#odd?q=king, man, prince, apple")
    answered(page)
    assert page.locator(".answer").inner_text() == "apple does not match."
    assert words(page)[-1] == "apple"
    picture(page, "odd")


def test_similarities(page: Any, explorer: Explorer) -> None:
    opened(page, explorer, "#matrix?q=king, queen, apple, pear, new york, xyzzy")
    answered(page)
    cells = page.locator("tbody td").all_inner_texts()
    assert (len(cells), cells[0], cells[7]) == (
        25,
        "1.00",
        f"{royal_words().similarity('queen', 'apple'):.2f}",
    )
    assert page.locator("thead th").all_inner_texts()[-1] == "new york"
    assert page.locator(".failure").inner_text() == "Without a vector here: xyzzy."
    picture(page, "matrix")


def test_map(page: Any, explorer: Explorer) -> None:
    opened(page, explorer, "#map")
    page.locator("canvas").wait_for()
    still(page)
    whole = page.locator("canvas").screenshot()
    picture(page, "map")
    page.locator("form input").fill("apple")
    page.locator("form input").press("Enter")
    page.wait_for_selector(".ranking")
    still(page)
    lit = page.locator("canvas").screenshot()
    assert lit != whole
    shows(page, expected(royal_words(), "apple"))
    picture(page, "map-lit")
    page.get_by_role("button", name="Whole map").click()
    still(page)
    assert page.locator("canvas").screenshot() != lit
    page.locator("canvas").focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    page.locator("canvas").hover(position={"x": 200, "y": 200})
    page.mouse.wheel(0, -300)
    still(page)
    assert page.locator("canvas").screenshot() not in (lit, whole)


def still(page: Any) -> None:
    """Wait until the map does not move any more."""
    before = None
    while (now := page.locator("canvas").first.screenshot()) != before:
        before = now


#: moves the pointer over the canvas, and gives the first place of a word
FIRST_WORD = """
(canvas) => {
  const { left, right, top, bottom } = canvas.getBoundingClientRect();
  for (let clientX = left + 20; clientX < right; clientX += 12)
    for (let clientY = top + 20; clientY < bottom; clientY += 12) {
      canvas.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY }));
      if (canvas.style.cursor === "pointer") return [clientX, clientY];
    }
}
"""


def test_a_click_on_the_map_shows_its_neighbours(page: Any, explorer: Explorer) -> None:
    page.emulate_media(reduced_motion="reduce")
    opened(page, explorer, "#map")
    canvas = page.locator("canvas")
    canvas.wait_for()
    still(page)
    page.mouse.click(*canvas.evaluate(FIRST_WORD))
    page.wait_for_selector(".ranking")
    assert page.title().partition(" – ")[0].strip('"') in {*ROYAL, *ODD_WORDS}


def test_two_models_side_by_side(page: Any, pair: Explorer) -> None:
    opened(page, pair, "#neighbours?q=king")
    one, other = words(page), words(page, 1)
    assert one == expected(royal_words(), "king")
    assert other == expected(royal_words(turned=True), "king")
    both = set(one) & set(other)
    assert page.locator(".shared").inner_text() == (
        f"{len(both)} of 10 words are shared; =3 stands for number 3 in the other list."
    )
    marked = page.locator(".panel").first.locator("li:has(.also) a bdi").all_inner_texts()
    assert set(marked) == both
    note = page.locator(".panel").first.locator(".also").first
    assert re.fullmatch(r"number \d+ in b.bin", note.get_attribute("title"))
    picture(page, "two")
    for view in (
        "#analogy?a=man&b=king&c=woman",
        "#odd?q=king queen apple",
        "#matrix?q=king queen",
        "#map?q=king",
    ):
        opened(page, pair, view)
        answered(page)
        assert page.locator(".panel").count() == 2
        picture(page, f"two-{view[1:4]}")


def test_a_word_that_only_one_model_has(page: Any) -> None:
    other = KeyedVectors.of(Words.of(["kings", "queen"]), np.eye(2, dtype=np.float32))
    with serving(royal_words(), other) as explorer:
        opened(page, explorer, "#neighbours?q=king")
        assert words(page)
        assert (
            page.locator(".failure").inner_text()
            == "“king” has no vector here. Did you mean kings?"
        )
        assert page.locator(".shared").count() == 0
        picture(page, "one-of-two")


def test_unknown_words(page: Any, explorer: Explorer) -> None:
    opened(page, explorer, "#neighbours?q=quen %2B xyzzy")
    answered(page)
    assert "“quen” has no vector here. Did you mean queen" in page.locator(".failure").inner_text()
    assert page.get_by_role("status").inner_text() == "“quen” has no vector here."
    picture(page, "unknown")
    page.get_by_role("link", name="queen").click()
    page.get_by_text("“xyzzy” has no vector here").first.wait_for()
    opened(page, explorer, "#analogy?a=man&b=kin&c=woman")
    page.get_by_role("link", name="king").click()
    shows(page, expected(royal_words(), ["king", "woman"], ["man"]))


@pytest.mark.parametrize("word", ODD_WORDS)
def test_odd_words(page: Any, explorer: Explorer, word: str) -> None:
    """They are completed, shown as they are, and linked to their neighbours; none becomes HTML."""
    opened(page, explorer)
    box = page.locator("form input")
    box.fill(word)
    option(page, word).click()
    answered(page)
    wv = royal_words()
    shows(page, expected(wv, word))
    nearest = page.locator(".ranking a").first
    shown = nearest.inner_text()
    nearest.click()
    shows(page, expected(wv, shown))
    box.fill("king - ")
    box.press_sequentially(word[:1])
    option(page, word).click()
    shows(page, expected(wv, "king", word))
    assert page.locator("main img, main script").count() == 0


def test_all_odd_words_at_once(page: Any, explorer: Explorer) -> None:
    opened(page, explorer, "#neighbours?q=king&n=50")
    shows(page, [word for word, _ in royal_words().most_similar("king", topn=50)])
    picture(page, "odd-words")
    quoted = ", ".join(
        '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in ODD_WORDS
    )
    page.get_by_role("link", name="Similarities").click()
    page.locator("form input").fill(quoted)
    page.locator("form input").press("Enter")
    page.wait_for_selector("table")
    assert page.locator("tbody th").all_inner_texts() == ODD_WORDS
    picture(page, "odd-matrix")


def test_scripts_that_run_from_right_to_left(page: Any, explorer: Explorer) -> None:
    opened(page, explorer, "#neighbours?q=مرحبا&n=50")
    answered(page)
    assert page.locator("form input").evaluate("node => node.matches(':dir(rtl)')")
    hebrew = page.locator(".ranking bdi", has_text="שלום")
    assert hebrew.evaluate("node => getComputedStyle(node).direction") == "rtl"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_sizes_and_colours(page: Any, pair: Explorer, scheme: str, width: int) -> None:
    """Nothing is wider than the screen, and all text can be told from what is behind it."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    for view in (
        "neighbours?q=king&n=25", "analogy?a=man&b=king&c=woman", "odd?q=king queen apple pear",
        "matrix?q=king queen prince princess apple pear", "map?q=king", "analogy",
        "neighbours?q=xyz",
    ):  # fmt: skip
        opened(page, pair, f"#{view}")
        answered(page)
        picture(page, f"{scheme}-{width}-{view[:3]}-{len(view)}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view
        assert page.evaluate(LOW_CONTRAST) == [], view


#: the texts of the page whose contrast with what is behind them is below 4.5 (WCAG AA)
LOW_CONTRAST = """
() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r / 255, g / 255, b / 255].map(
      (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = rgba(getComputedStyle(node).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")].filter((node) => {
    if (![...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim())) return false;
    const [a, b] = [light(rgba(getComputedStyle(node).color)), light(behind(node))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
  }).map((node) => node.outerHTML);
}
"""


def test_the_button_ends_the_server(page: Any) -> None:
    with serving(royal_words()) as explorer:
        opened(page, explorer)
        page.get_by_role("button", name="End").click()
        page.get_by_text("It has ended. You can close this page.").wait_for()
        picture(page, "ended")


def test_a_server_that_has_gone(browser: Any, explorer: Explorer) -> None:
    context = browser.new_context()
    page = opened(context.new_page(), explorer)
    context.set_offline(True)
    page.locator("form input").fill("king")
    page.locator("form input").press("Enter")
    page.locator(".failure", has_text="fastvec explore is not running any more").wait_for()
    context.close()


# --- a page of somebody else

HOSTILE = """
<!doctype html><meta charset="utf-8"><title>hostile</title><body>
<script src="%(address)smain.js" type="module"></script>
<script src="%(address)sspaces"></script>
<link rel="stylesheet" href="%(address)sstyle.css">
<iframe id="frame" src="%(address)s"></iframe>
<img id="image" src="%(address)sicon.svg">
<form id="form" method="post" action="%(address)send" target="hidden"></form>
<iframe name="hidden"></iframe>
<script>
const address = "%(address)s", read = [];
async function attack() {
  for (const mode of ["cors", "no-cors"]) for (const method of ["GET", "POST"])
    for (const question of ["spaces", "neighbours?q=king&n=5", "main.js", "end", ""]) {
      try {
        const text = await (await fetch(address + question, { mode, method })).text();
        if (text) read.push([mode, method, question, text]);
      } catch {}
    }
  try { read.push(document.getElementById("frame").contentDocument.body.innerText); } catch {}
  const image = document.getElementById("image");
  if (image.naturalWidth) read.push("an image");
  try { if ([...document.styleSheets[0].cssRules].length) read.push("rules"); } catch {}
  document.getElementById("form").submit();
  const opened = window.open(address);
  for (let tries = 0; tries < 400 && opened && !opened.closed; tries++) {
    await new Promise((done) => setTimeout(done, 25));
    try { read.push(opened.document.body.innerText); } catch { break; }  // it is not ours any more
  }
  document.title = JSON.stringify(read.filter((one) => one));
}
addEventListener("load", attack);
</script>
"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_hostile_page_reads_nothing_even_if_it_knows_the_token(browser: Any, host: str) -> None:
    """It comes from another port of this machine, which is as near as one can get."""
    with serving(royal_words()) as explorer:
        hostile = HTTPServer((host, 0), serving_one_page(HOSTILE % {"address": explorer.address}))
        thread = threading.Thread(target=hostile.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        context = browser.new_context()
        page = context.new_page()
        opened(context.new_page(), explorer)  # the explorer is open beside it
        page.goto(f"http://{host}:{hostile.server_port}/")
        page.wait_for_function("document.title !== 'hostile'")
        assert page.title() == "[]"
        assert opened(context.new_page(), explorer, "#neighbours?q=king")  # and it has not ended
        context.close()
        hostile.shutdown()
        thread.join()
        hostile.server_close()


def serving_one_page(text: str) -> type[BaseHTTPRequestHandler]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    return Page


# --- a million words


@pytest.mark.skipif(not os.environ.get("FASTVEC_MILLION"), reason="FASTVEC_MILLION is not set")
def test_a_million_words(page: Any) -> None:
    random = np.random.default_rng(1)
    wv = KeyedVectors.of(
        Words.of([f"{random.integers(1 << 40):x}_{i}" for i in range(1_000_000)]),
        random.standard_normal((1_000_000, 300), np.float32),
    )
    with serving(wv) as explorer:
        opened(page, explorer)
        box = page.locator("form input")
        box.press_sequentially("ff")
        page.locator("[role=option]").first.wait_for()
        box.press("ArrowDown")
        begun = time.monotonic()
        box.press("Enter")
        page.wait_for_selector(".ranking")
        print(f"neighbours of one of a million words on the page: {time.monotonic() - begun:.3f} s")
        opened(page, explorer, f"#map?q={wv.words[999_999]}")
        page.wait_for_selector(".ranking")
        still(page)
        picture(page, "million-map")
