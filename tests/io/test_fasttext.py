"""fastText's binary files: read in all versions, written, and never believed."""

import gzip
import io
import itertools

import fasttext_files as files
import numpy as np
import pytest

import fastvec
from fastvec import FastTextKeyedVectors
from fastvec.io.fasttext_args import FastTextArgs
from fastvec.io.fasttext_reader import read_fasttext
from fastvec.io.format import VectorFile
from fastvec.io.registry import read_vectors, sniff, write_vectors
from fastvec.models.facebook import load_facebook_vectors
from fastvec.subwords import Subwords, ngrams
from fastvec.words import Words


def expected(word: str | bytes, row: int, matrix: np.ndarray, rows: dict[int, int] | None = None):
    """The vector of a word, from the input matrix; row -1: of an unseen word."""
    name = Words.of([word]) if isinstance(word, str) else Words(
        np.frombuffer(word, np.uint8), np.array([0, len(word)])
    )  # fmt: skip
    found = ngrams(name, 3, 6, files.BUCKET)[1].tolist()
    if rows is not None:
        found = [rows[bucket] for bucket in found if bucket in rows]
    used = [matrix[len(files.WORDS) + bucket] for bucket in found]
    used += [matrix[row]] if row >= 0 else []
    return np.mean(used, axis=0)


@pytest.mark.parametrize("version", [12, 11, 0])
def test_read_plain_files_of_all_versions(tmp_path, version):
    path = tmp_path / "a.bin"
    path.write_bytes(files.model(version))
    assert sniff(path).name == "fasttext"
    wv = fastvec.load(path)
    assert isinstance(wv, FastTextKeyedVectors)
    assert wv.index_to_key == files.WORDS
    assert wv.counts.tolist() == [9, 8, 7, 6]
    assert (wv.min_n, wv.max_n, wv.bucket) == (3, 6, files.BUCKET)
    matrix = files.random(len(files.WORDS) + files.BUCKET, files.SIZE)
    np.testing.assert_array_equal(wv["</s>"], matrix[0])
    for row, word in enumerate(files.WORDS[1:], 1):
        np.testing.assert_allclose(wv[word], expected(word, row, matrix), atol=1e-6)
    np.testing.assert_allclose(wv["unseen"], expected("unseen", -1, matrix), atol=1e-6)
    output = read_fasttext(path, output=True).output
    np.testing.assert_array_equal(output, files.random(len(files.WORDS), files.SIZE))


@pytest.mark.parametrize("norms", [True, False])
@pytest.mark.parametrize("pruned", [None, [(7, 2), (39, 0), (11, 1)]])
def test_read_quantised_files(tmp_path, norms, pruned):
    rows = len(files.WORDS) + (files.BUCKET if pruned is None else len(pruned))
    data, matrix = files.quantized(rows, norms)
    path = tmp_path / "a.ftz"
    path.write_bytes(files.model(matrix=data, pruned=pruned))
    wv = fastvec.load(path)
    for row, word in enumerate(files.WORDS[1:], 1):
        wanted = expected(word, row, matrix, None if pruned is None else dict(pruned))
        np.testing.assert_allclose(wv[word], wanted, atol=1e-6)
    if pruned is not None:
        assert wv.ngram_buckets.tolist() == [7, 11, 39]
        with pytest.raises(ValueError, match=r"b\.bin: some n-grams of these vectors were pruned"):
            write_vectors(tmp_path / "b.bin", read_vectors(path), file_format="fasttext")


def test_a_pruned_model_without_ngrams(tmp_path):
    path = tmp_path / "a.ftz"
    path.write_bytes(files.model(matrix=files.quantized(len(files.WORDS), True)[0], pruned=[]))
    wv = load_facebook_vectors(path)
    assert wv["unseen"].tolist() == [0] * files.SIZE
    assert len(wv.vectors_ngrams) == 0


def test_a_classifier_is_read_as_vectors(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(files.model(labels=("__label__a", "__label__b")))
    with pytest.warns(UserWarning, match=r"a\.bin is a classifier: .* its 2 labels are left out"):
        wv = fastvec.load(path)
    assert wv.index_to_key == files.WORDS
    assert load_facebook_vectors(path).index_to_key == files.WORDS
    path.write_bytes(files.model(11, labels=("__label__a",)))  # of before n-grams of characters
    wv = load_facebook_vectors(path)
    assert (wv.max_n, wv.bucket, "unseen" in wv) == (0, 0, False)


def test_without_ngrams_vectors_are_plain(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(files.model(maxn=0, minn=0))
    assert type(fastvec.load(path)) is fastvec.KeyedVectors
    wv = load_facebook_vectors(path)
    assert "unseen" not in wv
    with pytest.raises(KeyError, match="unseen"):
        wv["unseen"]


def test_limit_keeps_the_ngrams(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(files.model())
    whole, some = fastvec.load(path), read_vectors(path, limit=2)
    assert list(some.words) == files.WORDS[:2]
    np.testing.assert_array_equal(some.vectors, whole.vectors[:2])
    np.testing.assert_array_equal(some.subwords.ngrams, whole.vectors_ngrams)


def test_words_that_are_no_utf8(tmp_path):
    path = tmp_path / "a.bin"
    words = [b"ab\xff", b"ab\xfe", "naïve".encode("latin-1"), b"cd"]
    path.write_bytes(files.model(words=words))
    wv = fastvec.load(path)
    assert wv.index_to_key == ["ab\\xff", "ab\\xfe", "na\\xefve", "cd"]
    matrix = files.random(4 + files.BUCKET, files.SIZE)
    np.testing.assert_allclose(wv.vectors[1], expected(words[1], 1, matrix), atol=1e-6)
    assert load_facebook_vectors(path, encoding="latin-1").index_to_key[2] == "naïve"
    assert read_vectors(path, errors="replace").words[2] == "na�ve"


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: data])
def test_compressed_and_open_files(tmp_path, pack):
    path = tmp_path / "a.bin.gz"
    path.write_bytes(pack(files.model()))
    assert fastvec.load(path).index_to_key == files.WORDS
    assert load_facebook_vectors(io.BytesIO(path.read_bytes()))["cats"].shape == (files.SIZE,)


def test_cut_off_anywhere(tmp_path):
    path = tmp_path / "a.bin"
    for version in (12, 0):
        whole = files.model(version)
        for length in itertools.chain(range(4, 250), range(250, len(whole), 97)):
            path.write_bytes(whole[:length])
            with pytest.raises(ValueError, match=r"a\.bin"):
                load_facebook_vectors(path)
            path.write_bytes(gzip.compress(whole[:length]))
            with pytest.raises(ValueError, match=r"a\.bin"):
                load_facebook_vectors(path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(ValueError, match="more bytes follow"):
        load_facebook_vectors(path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": 13}, "it has version 13 of fastText's format, and 12 is the newest"),
        ({"dim": 0}, "dim must be at least 1, got 0"),
        ({"dim": 2**31 - 1}, "dim must be at most"),
        ({"bucket": -1}, "bucket must be at least 0, got -1"),
        ({"bucket": 2**31 - 1}, "input matrix should be 2147483651 x 5, and is 44 x 5"),
        ({"maxn": 10**9}, "maxn must be at most 1000"),
        ({"loss": 9}, "loss must be at most 4, got 9"),
    ],
)
def test_a_wrong_head(tmp_path, change, reason):
    path = tmp_path / "a.bin"
    rows = files.dense(files.random(44, 5))
    path.write_bytes(files.model(matrix=rows, **change))
    with pytest.raises(ValueError, match=rf"a\.bin is .*{reason}"):
        load_facebook_vectors(path)


def test_other_files_are_no_models(tmp_path):
    path = tmp_path / "a.bin"
    for data in (b"", b"2 2\ncat 1 2\ndog 3 4\n", b"to be or not to be\n" * 100):
        path.write_bytes(data)
        with pytest.raises(ValueError, match=r"a\.bin is no fastText model that is read"):
            load_facebook_vectors(path)


@pytest.mark.parametrize("name", ["b.bin", "b.bin.gz"])
def test_what_is_written_is_read_again(tmp_path, name):
    path = tmp_path / "a.bin"
    path.write_bytes(files.model())
    file = read_vectors(path)
    write_vectors(tmp_path / name, file, file_format="fasttext")
    data = (tmp_path / name).read_bytes()
    data = gzip.decompress(data) if name.endswith("gz") else data
    whole = path.read_bytes()
    head = len(whole) - 4 * len(files.WORDS) * files.SIZE
    tokens = slice(64 + 12, 64 + 20)  # which are counted anew
    assert data[: tokens.start] == whole[: tokens.start]
    assert data[tokens.stop : head] == whole[tokens.stop : head]
    assert not np.frombuffer(data[head:], np.float32).any()


@pytest.mark.parametrize("seed", [None, 1])
def test_used_buckets_are_spread_over_the_table(tmp_path, seed):
    words = Words.of(["cat", "dog"])
    buckets = np.unique(ngrams(words, 3, 6, 20_000)[1])
    if seed is not None:
        buckets = np.random.default_rng(seed).permutation(buckets)
    rows = files.random(len(buckets) + 2, 3)
    made = Subwords(3, 6, 20_000, rows[:2], rows[2:], buckets)
    vectors = made.vectors_of(words, made.words)
    file = VectorFile(words, vectors, subwords=made)
    path = tmp_path / "a.bin"
    write_vectors(path, file, file_format="fasttext")
    wv = fastvec.load(path)
    assert len(wv.vectors_ngrams) == 20_000
    np.testing.assert_array_equal(wv.vectors, vectors)
    np.testing.assert_array_equal(wv["cats"], made.vectors_of(Words.of(["cats"]))[0])


def test_plain_vectors_become_a_model_without_ngrams(tmp_path):
    file = VectorFile(Words.of(["cat", "New York"]), files.random(2, 3).astype(np.float64))
    write_vectors(tmp_path / "a.bin", file, file_format="fasttext")
    read = read_vectors(tmp_path / "a.bin")
    np.testing.assert_array_equal(read.vectors, file.vectors.astype(np.float32))
    assert list(read.words) == ["cat", "New York"]
    with pytest.raises(ValueError, match=r"word 'a\\x00b' has a zero byte"):
        write_vectors(
            tmp_path / "a.bin",
            VectorFile(Words.of(["a\0b"]), file.vectors[:1]),
            file_format="fasttext",
        )


def test_options_are_kept_and_wrong_ones_left_out():
    args = FastTextArgs(ws=7, model=1, t=0.5)
    assert FastTextArgs.from_facts(args.facts()) == args
    for facts in (None, [], {"dim": "x"}, {"no": 1}, {"model": "none"}):
        assert FastTextArgs.from_facts(facts) == FastTextArgs()
