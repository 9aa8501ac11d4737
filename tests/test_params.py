"""Every option's rule is checked with one sentence: name, rule, value."""

import dataclasses
import math
import re
from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastvec.params
from fastvec import FrozenPhrases, GloVe, NeuralLM, Phrases, Ranker, Word2Vec, cooccurrence
from fastvec._util.options import Params
from fastvec.corpus.build import count_words
from fastvec.corpus.corpus import Corpus
from fastvec.models.ppmi import ppmi_vectors
from fastvec.params import (
    CooccurrenceParams,
    CorpusParams,
    GloVeParams,
    NeuralLMParams,
    PhrasesParams,
    PPMIParams,
    RankerParams,
    ReadOptions,
    TextOptions,
    VocabularyParams,
    Word2VecParams,
)

ALL = [VocabularyParams, Word2VecParams]
OPTIONS = [(kind, item) for kind in ALL for item in dataclasses.fields(kind)]
NAMES = [f"{kind.__name__}.{item.name}" for kind, item in OPTIONS]


@pytest.mark.parametrize("kind", ALL)
def test_defaults_keep_their_own_rules(kind: type) -> None:
    kind()


def test_every_option_has_a_help_text_and_a_bound_if_it_counts() -> None:
    for _, item in OPTIONS:
        assert item.metadata["help"][-1] not in ". "
        if item.type in (int, int | None):
            assert item.metadata["rule"].keys() & {"low", "choices"}


@pytest.mark.parametrize(("kind", "item"), OPTIONS, ids=NAMES)
def test_values_beyond_the_bounds_are_refused(kind: type, item: dataclasses.Field[Any]) -> None:
    rule = item.metadata["rule"]
    for bound, words, step in (
        ("low", "at least", -1),
        ("above", "above", 0),
        ("high", "at most", 1),
    ):
        if bound in rule:
            value = rule[bound] + step
            with pytest.raises(ValueError, match=rf"^{item.name} must be {words} .*, got {value}$"):
                kind(**{item.name: value})
            if step:
                kind(**{item.name: rule[bound]})


@pytest.mark.parametrize(("kind", "item"), OPTIONS, ids=NAMES)
def test_values_of_another_kind_are_refused(kind: type, item: dataclasses.Field[Any]) -> None:
    for value in ("5", b"5", "", [1], math.nan, math.inf, -math.inf, object(), 1 + 1j):
        with pytest.raises((TypeError, ValueError), match=rf"^{item.name} must be "):
            kind(**{item.name: value})
    if item.default is not None:
        with pytest.raises((TypeError, ValueError), match=rf"^{item.name} must be .*, got None$"):
            kind(**{item.name: None})


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"window": 0}, "window must be at least 1, got 0"),
        ({"window": 2.5}, "window must be an integer, got 2.5"),
        ({"window": "five"}, "window must be an integer, got 'five'"),
        ({"negative": -1}, "negative must be at least 0, got -1"),
        ({"alpha": math.nan}, "alpha must be a finite number, got nan"),
        ({"alpha": "fast"}, "alpha must be a number, got 'fast'"),
        ({"alpha": 0}, "alpha must be above 0, got 0"),
        ({"hs": 2}, "hs must be 0 or 1, got 2"),
        ({"alpha": 10**400}, "alpha must be a finite number, got an integer of 1329 bits"),
        ({"window": 10**9999}, f"window must be at most {2**63 - 1}, got an integer of 33216 bits"),
        ({"window": "9" * 999}, f"window must be an integer, got '{'9' * 56}..."),
        ({"epochs": 10**30}, f"epochs must be at most {2**63 - 1}, got {10**30}"),
        ({"seed": 2**63}, f"seed must be at most {2**63 - 1}, got {2**63}"),
        ({"vector_size": 10**30}, f"vector_size must be at most 65536, got {10**30}"),
    ],
)
def test_the_sentences(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        Word2VecParams(**options)
    assert str(caught.value) == sentence


def test_numbers_of_other_kinds_become_plain_ones() -> None:
    made = Word2VecParams(
        window=np.int32(5), epochs=5.0, alpha=np.float32(0.5), sg=np.bool_(True), hs=np.int8(1),
        seed=np.array(7), vector_size=np.float64(16), negative=Fraction(6, 2), cbow_mean=False,
        shrink_windows=1, cbow_corrected=np.int8(0),
    )  # type: ignore[arg-type]  # fmt: skip
    for name, value in {"window": 5, "epochs": 5, "alpha": 0.5, "sg": 1, "hs": 1, "seed": 7,
                        "vector_size": 16, "negative": 3, "cbow_mean": 0, "shrink_windows": True,
                        "cbow_corrected": False}.items():  # fmt: skip
        assert (type(getattr(made, name)), getattr(made, name)) == (type(value), value)
    assert VocabularyParams(max_vocab_size=None).max_vocab_size is None
    assert CorpusParams(column=np.str_("text")).column == "text"


GROUPS = [
    kind
    for kind in vars(fastvec.params).values()
    if isinstance(kind, type) and issubclass(kind, Params) and kind is not Params
]
EVERY = [pytest.param(kind, item, id=f"{kind.__name__}.{item.name}")
         for kind in GROUPS for item in dataclasses.fields(kind)]  # fmt: skip

NUMBERS: list[Any] = [
    0, 1, 2, -1, 2**31, 2**53 + 1, 2**62, 2**63 - 1, 2**63, 2**64, 2**70, -(2**70), 10**29, 10**400,
    10**9999, 0.5, 5.0, 1e-320, 1e-300, 1e300, math.nan, math.inf, -math.inf, True, False,
    np.int8(-3), np.int64(3), np.uint64(2**63), np.float16(0.5), np.float64("nan"), np.bool_(True),
    np.longdouble(1) / 3, np.array(3), Fraction(1, 3), Decimal(3), 1 + 1j,
]  # fmt: skip
OTHERS: list[Any] = [
    "", "5", "nan", "1e400", "-1", "500M", "1\0", "\ud800", "9" * 5000, np.str_("x"), b"5",
    None, [1], (1,), {}, object(), np.array([1, 2]), np.datetime64("2020"), Path("x"), print,
]  # fmt: skip


@pytest.mark.parametrize(("kind", "item"), EVERY)
def test_any_value_is_taken_or_refused_in_one_sentence(
    kind: type, item: dataclasses.Field[Any]
) -> None:
    for value in NUMBERS + OTHERS:
        try:
            given = getattr(kind(**{item.name: value}), item.name)
        except (TypeError, ValueError) as error:
            assert re.match(rf"{item.name} (must|needs) ", str(error))
            assert len(str(error)) < 200
        else:
            assert given == value or math.isclose(given, value)
            assert type(given) in (bool, int, float, str, type(None)) or given is value
            assert not isinstance(given, np.generic) or type(given) is np.str_


TEXT = [["the", "cat", "sat"], ["the", "dog", "ran"]] * 9


def use_word2vec(folder: Path, **options: Any) -> None:
    options = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 1, "sample": 0} | options
    Word2Vec(TEXT, **options).save(folder / "m")
    Word2Vec.load(folder / "m").train(TEXT, epochs=1)


def use_hierarchical_softmax(folder: Path, **options: Any) -> None:
    use_word2vec(folder, **({"hs": 1, "sg": 1, "workers": 2, "shared_negatives": False} | options))


def use_glove(folder: Path, **options: Any) -> None:
    options = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 1} | options
    GloVe(**options, progress=False).fit(TEXT).save(folder / "m")
    GloVe.load(folder / "m").train(TEXT, epochs=1)


def use_neural_lm(folder: Path, **options: Any) -> None:
    options = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 1} | options
    NeuralLM(TEXT, **options, progress=False).save(folder / "m")
    NeuralLM.load(folder / "m").train(TEXT, epochs=1)


def use_ranker(folder: Path, **options: Any) -> None:
    options = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 1} | options
    Ranker(TEXT, **options, progress=False).save(folder / "m")
    Ranker.load(folder / "m").train(TEXT, epochs=1)


def use_phrases(folder: Path, **options: Any) -> None:
    phrases = Phrases(TEXT, **({"min_count": 1, "threshold": 0.1} | options))
    phrases.save(folder / "p")
    phrases.freeze().save(folder / "f")
    for model in (Phrases.load(folder / "p"), FrozenPhrases.load(folder / "f")):
        assert list(model[TEXT]) == list(phrases[TEXT])
        model.join(TEXT)
    phrases.add_vocab(TEXT)
    phrases.export_phrases()


def use_ppmi(_: Path, **options: Any) -> None:
    counts = cooccurrence(TEXT, min_count=1)
    ppmi_vectors(counts, params=PPMIParams(**({"vector_size": 2} | options)))


def use_corpus(folder: Path, **options: Any) -> None:
    Corpus.read(TEXT, **({"min_count": 1} | options)).save(folder / "c.fvc")
    Corpus.open(folder / "c.fvc")


USES: dict[Callable[..., None], list[type]] = {
    use_word2vec: [Word2VecParams, VocabularyParams, CorpusParams],
    use_hierarchical_softmax: [Word2VecParams],
    use_glove: [GloVeParams, CooccurrenceParams, VocabularyParams, CorpusParams],
    use_neural_lm: [NeuralLMParams, VocabularyParams],
    use_ranker: [RankerParams, VocabularyParams],
    use_phrases: [PhrasesParams, CorpusParams],
    use_ppmi: [PPMIParams],
    use_corpus: [VocabularyParams, CorpusParams],
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("use", USES, ids=lambda use: use.__name__)
def test_a_number_that_is_taken_can_be_used(use: Callable[..., None], tmp_path: Path) -> None:
    items = [item for kind in USES[use] for item in dataclasses.fields(kind)]
    for item in items:
        if item.name in ("epochs", "workers", "tmp"):  # for ever; 1024 threads; a path
            continue
        for value in NUMBERS:
            try:
                use(tmp_path, **{item.name: value})
            except FloatingPointError as error:
                assert re.search("not finite", str(error))
            except (TypeError, ValueError) as error:
                names = rf"{item.name}|no sentence has two words|nothing was|one word only"
                assert re.search(names, str(error)), (item.name, value)
                assert len(str(error)) < 250


NUMPY = {
    "vector_size": np.int64(6), "window": np.uint8(2), "min_count": np.int32(1),
    "seed": np.int64(3), "alpha": np.float32(0.03), "epochs": 2.0, "workers": np.int64(1),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "more"), [(Word2Vec, {"sg": np.bool_(True)}), (GloVe, {"x_max": np.float64(10)})]
)
def test_models_of_numpy_numbers_are_saved_and_loaded(
    tmp_path: Path, kind: Any, more: dict[str, Any]
) -> None:
    model = kind(**NUMPY, **more)
    train = model.fit if kind is GloVe else model.build_vocab
    train([["a", "b", "c"]] * 9)
    model.train(epochs=2.0)
    with pytest.raises(TypeError, match=r"epochs must be an integer, got 5\.5"):
        model.train(epochs=5.5)
    model.window = np.int64(4)
    model.save(tmp_path / "m.safetensors")
    loaded = kind.load(tmp_path / "m.safetensors")
    for name, value in {**NUMPY, **more, "window": 4}.items():
        if hasattr(loaded, name):
            assert getattr(loaded, name) == value
            assert not isinstance(getattr(loaded, name), np.generic)


@pytest.mark.parametrize("kind", [Word2Vec, GloVe])
def test_numbers_that_are_not_whole_are_refused(kind: Any) -> None:
    for name in ("epochs", "vector_size", "window", "min_count", "seed"):
        with pytest.raises(TypeError, match=f"^{name} must be an integer, got 5.5$"):
            kind(**{name: 5.5})
        with pytest.raises(TypeError, match=f"^{name} must be an integer, got 'five'$"):
            kind(**{name: "five"})


def test_corpora_and_phrases_of_numpy_numbers_are_saved(tmp_path: Path) -> None:
    Corpus.read([["a", "b"]], min_count=np.int64(1)).save(tmp_path / "c.fvc")
    assert len(Corpus.open(tmp_path / "c.fvc").vocabulary) == 2
    phrases = Phrases([["a", "b"]], min_count=np.int64(1), threshold=np.float32(0.5))
    phrases.save(tmp_path / "p.fvp")
    assert Phrases.load(tmp_path / "p.fvp").threshold == 0.5


@given(st.integers(-5, 200_000) | st.floats() | st.text() | st.none() | st.booleans())
def test_a_checked_window_can_be_used(window: Any) -> None:
    try:
        made = Word2VecParams(window=window)
    except (TypeError, ValueError) as error:
        assert str(error).startswith("window must be ")
    else:
        assert made.window >= 1
        assert made.window == window


@pytest.mark.parametrize(
    ("names", "groups"),
    [(TextOptions, [CorpusParams]), (ReadOptions, [VocabularyParams, CorpusParams])],
)
def test_keyword_arguments_are_the_fields_of_their_groups(names: Any, groups: list[Any]) -> None:
    wanted = {item.name: item.type for group in groups for item in fields(group)}
    given = get_type_hints(names)
    assert set(given) - {"trim_rule"} == set(wanted)
    assert all(given[name] == kind for name, kind in wanted.items())


@pytest.mark.parametrize("model", [Word2Vec, GloVe])
def test_a_model_has_every_option_with_its_default(model: Any) -> None:
    made = model()
    for group in (group for group in model.__mro__ if dataclasses.is_dataclass(group)):
        for item in fields(group):
            assert item.name == "workers" or getattr(made, item.name) == getattr(model, item.name)


@pytest.mark.parametrize("reader", [Corpus.read, count_words, Word2Vec, GloVe, cooccurrence])
def test_an_option_with_a_typing_error_is_refused(reader: Callable[..., object]) -> None:
    with pytest.raises(TypeError, match="'lowr': did you mean 'lower'"):
        reader([["a"]], lowr=True)


@pytest.mark.parametrize(
    ("model", "wrong", "right"),
    [(Word2Vec, "windw", "window"), (GloVe, "xmax", "x_max"), (Phrases, "treshold", "threshold")],
)
def test_any_option_of_a_model_may_be_what_was_meant(model: Any, wrong: str, right: str) -> None:
    with pytest.raises(TypeError, match=f"'{wrong}': did you mean '{right}'"):
        model(**{wrong: 3})


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (Word2Vec, {"sg": 1, "hs": 1, "window": 3, "epochs": 7, "shrink_windows": False}),
        (GloVe, {"x_max": 10.0, "window": 3, "epochs": 7, "combine": "word", "symmetric": False}),
    ],
)
def test_a_model_shows_how_it_is_trained(kind: Any, options: dict[str, Any]) -> None:
    plain = repr(kind(vector_size=4))
    for name, value in options.items():
        assert f", {name}={value!r}" in repr(kind(vector_size=4, **{name: value}))
        assert f", {name}={value!r}" not in plain
    assert "workers" not in plain
