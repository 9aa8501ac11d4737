"""The page in a real browser: what it computes, beside the reference and the trainer, and its
parts.

FASTVEC_SCREENSHOTS=FOLDER keeps pictures of it.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pages import Opened, opening
from reference import batches
from reference import word2vec as reference

import fastvec
from fastvec import Word2Vec
from fastvec.corpus.corpus import Corpus
from fastvec.params import WatchParams
from fastvec.teaching.texts import DEFAULT
from fastvec.teaching.watch import FOLDER, MOST_WORDS

SCREENSHOTS = os.environ.get("FASTVEC_SCREENSHOTS")
ALL = [*itertools.product(("one-word", "cbow", "skip-gram"), ("softmax", "ns", "hs"))]
TEXT = "a b c\nb a d d a\n\nc c\ne f a b g h a\nh"
SENTENCES = [line.split() for line in TEXT.splitlines() if line]
COMPUTES = ("numbers.js", "text.js", "training.js")  # these use nothing of the page


# --- what is computed


@pytest.fixture(scope="module")
def scripts(browser: Any) -> Iterator[Any]:
    """An empty page that has the functions of the scripts that compute."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    for name in COMPUTES:
        page.add_script_tag(content=(FOLDER / name).read_text("utf-8"))
    yield page
    context.close()


def trained(scripts: Any, sentences: list[list[str]], count: int, **options: Any) -> Any:
    """A training of so many steps: what each of them and the next one compared, and the weights
    before and after."""
    return scripts.evaluate(
        """([sentences, options, count]) => {
            const training = new Training(sentences, options);
            const begin = [...training.weights], steps = [];
            for (let i = 0; i < count; i++) {
                const task = training.task(i), look = training.look(task);
                steps.push({ ...task, ...look });
                training.advance();
            }
            const { words, counts, first, total } = training;
            const task = training.task(count), next = { ...task, ...training.look(task) };
            return { words, counts, first, total, steps, next, begin, end: [...training.weights] };
        }""",
        [sentences, options_of(**options), count],
    )


def options_of(**options: Any) -> dict[str, Any]:
    return vars(WatchParams(**options))


def replayed(found: Any, **given: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """The same training by the reference: what it expects of each step, and what was found; at last
    the weights."""
    options = WatchParams(**given)
    counts, first = np.array(found["counts"]), np.array(found["first"])
    ids = [[found["words"].index(word) for word in sentence] for sentence in SENTENCES]
    plan, tokens = planned(ids, options), sum(map(len, ids))
    weights = np.array(found["begin"]).reshape(-1, options.vector_size)
    vectors, outputs = weights[: len(counts)], weights[len(counts) :].copy()
    for number, step in enumerate(found["steps"]):
        inputs, target, done = plan[number % len(plan)]
        rate = reference.learning_rate(
            number // len(plan) * tokens + done,
            options.epochs * tokens,
            options.alpha,
            options.min_alpha,
        )
        rows, labels = compared(target, number, counts, first, options)
        hidden = reference.cbow_hidden(vectors, np.array(inputs))
        probabilities, loss = predicted(hidden, outputs[rows], labels, options)
        yield {
            "inputs": inputs, "target": target, "rate": rate, "rows": list(rows),
            "labels": list(labels), "probabilities": probabilities, "loss": loss,
        }, step  # fmt: skip
        change = rate * (labels - probabilities)
        np.add.at(vectors, inputs, change @ outputs[rows])
        np.add.at(outputs, rows, np.outer(change, hidden))
    yield {"weights": np.concatenate([vectors, outputs])}, found


def predicted(hidden: Any, rows: Any, labels: Any, options: WatchParams) -> tuple[Any, float]:
    """The probabilities of output rows, and the loss."""
    scores = (hidden @ rows.T)[0]
    if options.loss == "softmax":
        target, none = [[int(labels.argmax())]], np.array([], np.int64)
        loss = batches.loss("softmax", hidden, rows, target, none, np.zeros(len(rows)))
        return batches.softmax(scores), loss
    return reference.sigmoid(scores), reference.loss(hidden, rows, labels)


def planned(ids: list[list[int]], options: WatchParams) -> list[tuple[list[int], int, int]]:
    """The steps of an epoch: inputs, target, and the number of words before it."""
    steps: list[tuple[list[int], int, int]] = []
    done = itertools.count()
    for sentence in ids:
        for place, centre in enumerate(sentence):
            context = reference.contexts(sentence, place, options.window)
            before = next(done)
            if options.model == "one-word":
                context = sentence[:place][-1:]
            if options.model != "skip-gram":
                steps += [(context, centre, before)] if context else []
            elif options.loss == "softmax":
                steps += [([centre], one, before) for one in context]
            else:
                steps += [([one], centre, before) for one in context]
    return steps


def compared(
    target: int, number: int, counts: Any, first: Any, options: WatchParams
) -> tuple[Any, Any]:
    """The output rows of a step, and their labels."""
    if options.loss == "softmax":
        return np.arange(len(counts)), np.eye(len(counts))[target]
    if options.loss == "hs":
        code, nodes = reference.huffman(counts, first)[target]
        return reference.tree_list(code, len(counts) - 2 - nodes)
    draws = uniforms(options.seed, number + 1, options.negative)
    ends = np.cumsum(reference.noise_distribution(counts))
    return reference.negative_list(target, np.searchsorted(ends, draws, side="right").tolist())


def uniforms(seed: int, stream: int, count: int) -> list[float]:
    """Random numbers of [0, 1)."""
    state, numbers = (seed << 32) + stream, []
    for _ in range(count):
        state, bits = reference.splitmix64(state)
        numbers.append((bits >> 11) / 2**53)
    return numbers


@pytest.mark.parametrize(("model", "loss"), ALL)
def test_every_step_is_that_of_the_reference(scripts: Any, model: str, loss: str) -> None:
    given = {"model": model, "loss": loss, "alpha": 0.8, "epochs": 9, "vector_size": 3, "seed": 5}
    found = trained(scripts, SENTENCES, 120, **given)
    for wanted, step in replayed(found, **given):
        if "weights" in wanted:
            np.testing.assert_allclose(found["end"], wanted["weights"].ravel(), rtol=0, atol=1e-9)
            continue
        for name in ("inputs", "target", "rows", "labels"):
            assert step[name] == wanted[name]
        for name in ("rate", "probabilities", "loss"):
            np.testing.assert_allclose(step[name], wanted[name], rtol=0, atol=1e-9)
    assert np.abs(found["end"]).max() > 0.5  # something was learned


@pytest.mark.parametrize(("model", "loss"), ALL)
def test_probabilities_of_all_words(scripts: Any, model: str, loss: str) -> None:
    found = trained(scripts, SENTENCES, 40, model=model, loss=loss)
    step = found["steps"][-1]
    if loss == "ns":
        chosen = [step["words"][row] for row in step["rows"]]
        np.testing.assert_allclose(step["probabilities"], chosen, atol=1e-12)
    else:
        assert sum(step["words"]) == pytest.approx(1, abs=1e-12)
        assert step["loss"] == pytest.approx(-np.log(step["words"][step["target"]]), abs=1e-12)


def test_it_begins_like_the_trainer(scripts: Any) -> None:
    found = trained(scripts, SENTENCES, 0, vector_size=4, seed=3)
    begin = np.array(found["begin"]).reshape(-1, 4)
    wanted = [(2 * uniform - 1) / 4 for uniform in uniforms(3, 0, 8 * 4)]
    assert begin[:8].ravel().tolist() == wanted
    assert not begin[8:].any()
    corpus = Corpus.read(SENTENCES, min_count=1)
    assert found["words"] == list(corpus.vocabulary.words)
    assert found["counts"] == corpus.vocabulary.counts.tolist()


def test_cbow_with_the_tree_is_what_the_trainer_does(scripts: Any) -> None:
    """Nothing is drawn at random here, so that both must come to the same vectors."""
    options = {"vector_size": 4, "window": 3, "alpha": 0.1, "min_alpha": 0.1, "epochs": 10}
    steps = 10 * len([1 for sentence in SENTENCES for _ in sentence if len(sentence) > 1])
    found = trained(scripts, SENTENCES, steps, model="cbow", loss="hs", **options)
    model = Word2Vec(
        sg=0, hs=1, negative=0, min_count=1, sample=0, shrink_windows=False, workers=1, **options
    )
    model.build_vocab(SENTENCES)
    assert list(model.wv.index_to_key) == found["words"]
    begin = np.array(found["begin"], np.float32).reshape(-1, 4)
    model.wv.vectors[:] = begin[:8]
    model.train(SENTENCES, total_examples=model.corpus_count, epochs=10)
    end = np.array(found["end"]).reshape(-1, 4)
    assert found["total"] == steps
    np.testing.assert_allclose(model.wv.vectors, end[:8], atol=1e-4)
    np.testing.assert_allclose(model.syn1, end[8:], atol=1e-4)
    assert np.abs(end - begin).max() > 0.3


def test_the_softmax_is_that_of_the_trainer(scripts: Any) -> None:
    found = trained(scripts, SENTENCES, 60, model="cbow", window=1, alpha=0.5)
    model = Word2Vec(loss="softmax", sg=0, vector_size=5, min_count=1, workers=1)
    model.build_vocab(SENTENCES)
    end = np.array(found["end"], np.float32).reshape(-1, 5)
    model.wv.vectors[:], model.syn1neg[:] = end[:8], end[8:]
    given = [found["words"][word] for word in found["next"]["inputs"]]
    predicted = dict(model.predict_output_word(given, topn=8))
    np.testing.assert_allclose(
        [predicted[word] for word in found["words"]], found["next"]["words"], atol=1e-6
    )


@pytest.mark.parametrize("loss", ["softmax", "ns"])
def test_backwards_is_exact(scripts: Any, loss: str) -> None:
    """Also from so far that most states on the way were given up."""
    same = scripts.evaluate(
        """([sentences, options]) => {
            const training = new Training(sentences, options), seen = new Map();
            for (let i = 0; i <= 600; i++) {
                seen.set(i, training.weights.slice());
                training.advance();
            }
            training.seek(training.total);
            const curve = [...training.curve.sums];
            return [599, 600, 17, 16, 1, 0, 300].every((at) => {
                training.seek(at);
                return training.weights.every((x, i) => x === seen.get(at)[i]);
            }) && training.states.size < 220 && curve.every((x, i) => x === training.curve.sums[i]);
        }""",
        [SENTENCES, options_of(model="skip-gram", loss=loss, epochs=200)],
    )
    assert same


def test_the_map_is_that_of_principal_components(scripts: Any) -> None:
    rows = np.random.default_rng(2).normal(size=(20, 7)) * np.arange(1, 8)
    found = np.array(scripts.evaluate("(rows) => principalComponents(rows)", rows.tolist()))
    away = rows - rows.mean(axis=0)
    _, _, axes = np.linalg.svd(away)
    wanted = away @ axes[:2].T
    signs = np.sign((found * wanted).sum(axis=0))
    np.testing.assert_allclose(found * signs, wanted, atol=1e-9)
    others = scripts.evaluate(
        "([rows, others]) => principalComponents(rows, others).slice(rows.length)",
        [rows.tolist(), rows[::-1].tolist()],
    )
    np.testing.assert_allclose(others, found[::-1], atol=1e-12)
    turn = np.array([[0.6, 0.8], [0.8, -0.6]])  # a turn, and a mirror
    back = scripts.evaluate(
        "([before, points]) => turnedTo(before, points)",
        [found.tolist(), (found @ turn).tolist()],
    )
    np.testing.assert_allclose(back, found, atol=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "We drink milk.\r\nYou, too!\rDon't",
        "\n\n a  b\tc \n",
        "Straße ΟΔΟΣ İstanbul Éa E\u0301a",
        "مرحبا بالعالم שלום 東京 नमस्ते",
        "3.5 x_y new-york a\u00adb \ufeffc 👩‍👩‍👧",
    ],
)
def test_typed_text_has_the_words_that_fastvec_reads(
    scripts: Any, tmp_path: Path, text: str
) -> None:
    (tmp_path / "text.txt").write_bytes(text.encode())
    typed = scripts.evaluate("sentencesOf", text)
    with Corpus.read(tmp_path / "text.txt", tokens="words", lower=True, min_count=1) as corpus:
        words = list(corpus.vocabulary.words)
        wanted = np.split(corpus.tokens, corpus.offsets[1:-1])
        assert typed == [[words[token] for token in sentence] for sentence in wanted]


# --- the page


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Opened]:
    """Opens a page that watches a training, when nothing moves any more."""
    with opening(browser, tmp_path / "watch.html", "html[data-still]") as opened:
        yield lambda made=None, **options: opened((made or fastvec.watch()).page(), **options)


def picture(page: Any, name: str) -> None:
    """Keep a picture of the page, if pictures are wanted."""
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / f"watch-{name}.png", full_page=True)


def press(page: Any, *names: str) -> None:
    """Press buttons, and wait until everything is drawn."""
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_selector("html[data-still]")


def told(page: Any) -> str:
    """What the last step did, in words."""
    return str(page.locator("#told").inner_text()).replace("\u00a0", " ")


def step_of(page: Any) -> int:
    return int(page.locator("#where").inner_text().split()[1].replace(",", ""))


def column(page: Any, table: int, number: int) -> list[float]:
    """The numbers in a column of a table, with all digits."""
    cells = page.locator("#numbers table").nth(table).locator(f"tbody td:nth-child({number})")
    return [
        float(one)
        for one in cells.locator("data").evaluate_all("all => all.map((one) => one.value)")
    ]


def test_a_step_of_the_softmax(open_page: Opened) -> None:
    page = open_page(fastvec.watch([["we", "drink", "milk"], ["we", "eat"]], alpha=0.5))
    assert told(page) == (
        "The first step will predict drink from we. All words are equally likely so far, since all "
        "output vectors are 0."
    )
    page.locator("#numbers summary").click()
    press(page, "One step")
    assert column(page, 0, 3) == [0.25] * 4
    after = column(page, 0, 4)
    assert sum(after) == pytest.approx(1, abs=1e-12)
    assert told(page) == (
        "The output vector of drink was pulled towards we, and others were pushed away; we did not "
        "move yet, since these output vectors were 0. The probability of drink rose from 25.0 % "
        f"to {100 * after[1]:.1f} %."
    )
    press(page, "One epoch", "One step", "One step")
    assert told(page).startswith(
        "drink was pulled towards milk and pushed away from all others, most from"
    )
    assert page.locator("#sentence .predicted").inner_text() == "milk"
    assert page.locator("#sentence .input").all_inner_texts() == ["drink"]
    before = column(page, 0, 3)
    np.testing.assert_allclose(before, column(page, 1, 4), atol=0)
    np.testing.assert_allclose(column(page, 1, 5), np.eye(4)[2] - before, atol=1e-15)
    assert f"In this step {-np.log(before[2]):.3f}" in page.locator("#curve-note").inner_text()
    assert "drink was pulled" in page.locator("#network svg").get_attribute("aria-label").lower()
    picture(page, "softmax")


def test_keys_go_forwards_and_backwards(open_page: Opened) -> None:
    page = open_page()
    page.locator("#vectors summary").click()
    page.locator("#numbers summary").click()
    page.locator("h1").click()

    def shown() -> str:
        return str(page.evaluate("told.innerHTML + numbers.innerHTML + vectors.innerHTML"))

    def key(name: str) -> int:
        page.keyboard.press(name)
        page.wait_for_selector("html[data-still]")
        return step_of(page)

    assert [key("ArrowRight") for _ in range(3)] == [1, 2, 3]
    third = shown()
    assert page.locator("#network .flowing").count() == 1
    assert [key("Shift+ArrowRight"), key("Shift+ArrowRight")] == [36, 72]
    assert [key("ArrowLeft"), key("Shift+ArrowLeft"), key("Shift+ArrowLeft")] == [71, 36, 0]
    assert page.locator("#network .flowing").count() == 0  # back to where nothing was done
    assert [key("ArrowLeft"), key("End"), key("ArrowRight")] == [0, 1800, 1800]
    assert [key("Home"), *(key("ArrowRight") for _ in range(3))] == [0, 1, 2, 3]
    assert shown() == third
    page.locator("#position").evaluate(
        "node => { node.value = 1000; node.dispatchEvent(new Event('input')); }"
    )
    page.wait_for_selector("html[data-still]")
    assert step_of(page) == 1000


def test_playing_learns_which_words_are_alike(open_page: Opened) -> None:
    page = open_page(fastvec.watch(model="cbow"), reduced_motion="reduce")
    page.get_by_label("steps").select_option("as fast as possible")
    page.locator("h1").click()
    page.keyboard.press("Space")
    page.locator("#where", has_text="Step 2,400 of").wait_for()
    page.wait_for_selector("html[data-still]")
    assert page.locator("#play").inner_text() == "Play"
    nearest = nearest_words(page)
    for group in (["we", "you"], ["milk", "juice", "water"], ["bread", "rice", "soup"]):
        assert {nearest[word] for word in group} <= set(group)
    curve = page.locator("#curve svg").get_attribute("aria-label")
    start, now = map(float, re.findall(r"[0-9.]+(?= at| now)", curve))
    assert now < start / 2
    picture(page, "learned")


def nearest_words(page: Any) -> dict[str, str]:
    """The nearest word of each, as the map says it to readers of the screen."""
    label = page.locator("#map svg").get_attribute("aria-label")
    return dict(re.findall(r"of (\w+), (\w+)", label))


@pytest.mark.parametrize(("model", "loss"), ALL)
def test_all_networks_are_drawn(open_page: Opened, model: str, loss: str) -> None:
    page = open_page(fastvec.watch(model=model, loss=loss), color_scheme="dark")
    press(page, "One epoch", "One epoch", "One step back")
    words = 12
    assert page.locator("#network .row .word").count() == 2 * words
    inputs = set(page.locator("#sentence .input").all_inner_texts())
    assert page.locator("#network .active .hot").count() == len(inputs)
    target = page.locator("#network .target .word").text_content()
    assert target == page.locator("#sentence .predicted").inner_text()
    assert page.locator("#network .node").count() == (words - 1) * (loss == "hs")
    assert page.locator("#for-window").is_visible() == (model != "one-word")
    assert page.locator("#for-negative").is_visible() == (loss == "ns")
    picture(page, f"{model}-{loss}")


def test_the_map_shows_what_moved_and_output_vectors(open_page: Opened) -> None:
    page = open_page(fastvec.watch(model="skip-gram"), reduced_motion="reduce")
    press(page, "One epoch", "One step")
    moved = page.locator("#map .move").evaluate_all(
        "all => all.map((one) => Math.hypot(one.x1.baseVal.value - one.x2.baseVal.value,"
        " one.y1.baseVal.value - one.y2.baseVal.value) > 0.01)"
    )
    words = page.locator("#network .row .word").all_text_contents()[: len(moved)]
    assert [word for word, one in zip(words, moved, strict=True) if one] == (
        page.locator("#sentence .input").all_inner_texts()
    )
    assert page.locator("#map .point").count() == len(words) == 12
    page.get_by_label("output vectors too").check()
    page.wait_for_selector("html[data-still]")
    assert page.locator("#map .point").count() == 24
    target = page.locator("#map .output.target .word").text_content()
    assert target == page.locator("#sentence .predicted").inner_text()
    picture(page, "both")
    page.get_by_label("tree").check()
    page.wait_for_selector("html[data-still]")
    assert page.locator("#for-both").is_hidden()
    assert page.locator("#map .point").count() == 12


def test_settings_begin_a_new_training_or_are_refused(open_page: Opened) -> None:
    page = open_page()
    press(page, "One epoch")
    page.get_by_label("CBOW").check()
    page.get_by_label("negative sampling").check()
    page.wait_for_selector("html[data-still]")
    assert step_of(page) == 0
    press(page, "One epoch")
    assert "the noise" in told(page)
    at, trouble = step_of(page), page.get_by_role("alert")
    for label, value, says in (
        ("window", "6", "window must be a whole number from 1 to 5."),
        ("window", "", "window must be a whole number from 1 to 5."),
        ("learning rate", "-1", "learning rate must be a number from 0.001 to 2."),
        ("epochs", "1.5", "epochs must be a whole number from 1 to 500."),
    ):
        box = page.get_by_label(label, exact=True)
        usual = box.input_value()
        box.fill(value)
        box.blur()
        assert trouble.inner_text() == says
        assert step_of(page) == at
        box.fill(usual)
    page.get_by_label("numbers in a vector").fill("10")
    page.get_by_label("numbers in a vector").blur()
    page.wait_for_selector("html[data-still]")
    assert trouble.is_hidden()
    assert page.locator("#network .unit").count() == 10


def test_a_rate_that_is_too_high_ends_the_training(open_page: Opened) -> None:
    sentences = [["a", "b", "a", "c", "b", "c"], ["c", "a", "b"]]
    page = open_page(fastvec.watch(sentences, model="cbow", alpha=2, min_alpha=2, epochs=500))
    press(page, "To the end")
    end = step_of(page)
    assert end < 500 * 9
    trouble = page.get_by_role("alert").inner_text()
    assert trouble.startswith(f"The training ended after {end:,} steps, because the weights grew")
    page.locator("#vectors summary").click()
    assert "NaN" not in page.locator("body").inner_text()
    press(page, "One step")
    assert step_of(page) == end
    press(page, "To the start", "To the end", "One step back", "One step back")
    assert step_of(page) == end - 2
    page.get_by_label("learning rate", exact=True).fill("0.1")
    page.get_by_label("rate at the end").fill("0.1")
    page.get_by_label("rate at the end").blur()
    press(page, "To the end")
    assert (step_of(page), page.get_by_role("alert").count()) == (4500, 0)


def test_own_sentences(open_page: Opened) -> None:
    page = open_page()
    page.locator("#text summary").click()
    box = page.get_by_label("Your own sentences")
    assert box.input_value() == DEFAULT
    for text, says in (
        (" ".join(f"w{i}" for i in range(MOST_WORDS + 1)), "has 41 different words"),
        ("a b\n" * 201, "has 402 words, and the page has room for 400: take fewer sentences."),
        ("a\nb", "needs a line with two different words"),
        ("a a a", "needs a line with two different words"),
        ("", "needs a line with two different words"),
    ):
        box.fill(text)
        assert says in page.get_by_role("alert").inner_text()
        assert page.locator("#sentence").inner_text().strip() == "we drink milk cold"
    box.fill("<img src=x onerror=alert(1)> 東京 مرحبا\nNEW York")
    page.wait_for_selector("html[data-still]")
    assert page.get_by_role("alert").count() == 0
    words = page.locator("#sentence span").all_inner_texts()
    assert words == ["img", "src", "x", "onerror", "alert", "1", "東京", "مرحبا"]
    press(page, "To the end")
    assert page.locator("#sentence").inner_text().split() == ["new", "york"]
    box.fill("a b " * 100)
    page.wait_for_selector("html[data-still]")
    assert page.locator("#sentence span").count() == 14  # of a long sentence, the words around
    assert page.locator("#sentence").inner_text().endswith("…")
    page.get_by_role("button", name="capitals").click()
    page.wait_for_selector("html[data-still]")
    assert page.locator("#sentence").inner_text().strip() == "paris is in france"


@pytest.mark.parametrize("loss", ["softmax", "hs"])
def test_a_full_page_fits_a_phone(open_page: Opened, loss: str) -> None:
    words = [f"word{'x' * (i % 9)}{i}" for i in range(MOST_WORDS)]
    made = fastvec.watch([words, words[::-1]], vector_size=10, loss=loss)
    page = open_page(made, viewport={"width": 360, "height": 640}, has_touch=True)
    press(page, "One epoch")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"phone-{loss}")
    page.set_viewport_size({"width": 1100, "height": 800})
    page.locator("#network .heading", has_text="probability").wait_for()
    page.wait_for_selector("html[data-still]")
    picture(page, f"full-{loss}")


def test_a_notebook_shows_it(browser: Any, tmp_path: Path) -> None:
    with opening(browser, tmp_path / "notebook.html", "iframe") as opened:
        page = opened(f"<!doctype html><title>notebook</title>{fastvec.watch()._repr_html_()}")
        frame = page.frame_locator("iframe")
        frame.get_by_role("button", name="One step", exact=True).click()
        frame.locator("#where", has_text="Step 1 of").wait_for()


def test_everything_has_a_name(open_page: Opened) -> None:
    page = open_page()
    for details in page.locator("summary").all():
        details.click()
    unnamed = page.evaluate(
        """[...document.querySelectorAll("input, select, textarea, button, svg")].filter((one) =>
            !(one.labels?.length || one.getAttribute("aria-label") || one.textContent.trim()))
            .map((one) => one.outerHTML)"""
    )
    assert unnamed == []
    assert page.locator("h1").count() == 1
    assert page.get_by_role("status").count() == 1
