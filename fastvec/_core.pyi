"""Types of the native core; their docstrings are in core/*.pxi."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

# --- core/control.pxi

class Control:
    def __init__(self, workers: int, first: int = 0, end: int = ...) -> None: ...
    @property
    def workers(self) -> int: ...
    @property
    def stopped(self) -> bool: ...
    @property
    def ending(self) -> bool: ...
    @property
    def next(self) -> int: ...
    def stop(self) -> None: ...
    def pause(self) -> None: ...
    def total(self, column: int = 0) -> int: ...
    def add(self, column: int, count: int) -> None: ...

# --- core/arrays.pxi

def rises(offsets: NDArray[np.int64], end: int, least: int) -> bool: ...

# --- core/checksum.pxi

def checksum(data: NDArray[np.uint8], start: int = 0) -> tuple[int, int, int]: ...

# --- core/words.pxi

class WordTable:
    def __init__(self) -> None: ...
    def __len__(self) -> int: ...
    def add(self, word: bytes) -> int: ...
    def find(self, word: bytes) -> int: ...
    def find_all(
        self, joined: NDArray[np.uint8], offsets: NDArray[np.int64], ids: NDArray[np.int32]
    ) -> None: ...
    def arrays(self) -> tuple[bytes, bytes]: ...

class WordIndex:
    def __init__(self, joined: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None: ...
    def __len__(self) -> int: ...
    def find_all(
        self, joined: NDArray[np.uint8], offsets: NDArray[np.int64], ids: NDArray[np.int32]
    ) -> None: ...
    def find(self, word: bytes) -> int: ...

def gather_words(
    joined: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    order: NDArray[np.int64],
    out: NDArray[np.uint8],
) -> None: ...

# --- core/ngrams.pxi

def word_ngrams(
    joined: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    min_n: int,
    max_n: int,
    bucket: int,
    hash_count: int = 0,
) -> tuple[bytes, bytes]: ...

# --- core/tokens.pxi

def bad_token(got: str) -> TypeError: ...

# --- core/text.pxi

class TextError(ValueError):
    position: int

class TextReader:
    def __init__(
        self,
        replace: bool = False,
        join_lines: bool = False,
        max_words: int = 0,
        step: int = ...,
        *,
        join_rows: bool = False,
    ) -> None: ...
    @property
    def tokens(self) -> int: ...
    @property
    def lines(self) -> int: ...
    @property
    def integers(self) -> bool: ...
    @property
    def known(self) -> int: ...
    @property
    def spooled(self) -> int: ...
    def block(
        self, data: NDArray[np.uint8], origin: int, last: bool, control: Control, worker: int
    ) -> bool: ...
    def file_range(
        self, fd: int, start: int, stop: int, size: int, control: Control, worker: int
    ) -> bool: ...
    def text_rows(
        self, joined: NDArray[np.uint8], ends: NDArray[np.int64], control: Control, worker: int
    ) -> bool: ...
    def token_rows(
        self,
        joined: NDArray[np.uint8],
        ends: NDArray[np.int64],
        starts: NDArray[np.int64],
        control: Control,
        worker: int,
        integers: bool = False,
    ) -> bool: ...
    def int_rows(
        self, values: NDArray[np.int64], starts: NDArray[np.int64], control: Control, worker: int
    ) -> bool: ...
    def resume(self, control: Control, worker: int) -> bool: ...
    def sentence(self, tokens: Iterable[object]) -> bool: ...
    def move_ids(self, ids: NDArray[np.int32]) -> None: ...
    def expect(self, words: int) -> None: ...
    def absorb(self, other: TextReader, start: int, stop: int, ids: NDArray[np.int32]) -> None: ...
    def keep(self, wanted: NDArray[np.uint8], ids: NDArray[np.int32]) -> None: ...
    def flush(self) -> None: ...
    def words(self) -> tuple[bytes, bytes, bytes]: ...

# --- core/renumber.pxi

class Renumbering:
    def __init__(
        self,
        numbers: NDArray[np.int32],
        starts: NDArray[np.int64] | None = None,
        several: NDArray[np.int32] | None = None,
        *,
        keep_empty: bool = False,
    ) -> None: ...
    def count(self, ids: NDArray[np.int32]) -> tuple[int, int, bool, bool, bool]: ...
    def write(
        self,
        ids: NDArray[np.int32],
        tokens: NDArray[np.int32],
        ends: NDArray[np.int64],
        base: int,
        open: bool,  # noqa: A002
    ) -> None: ...

# --- core/phrase_counter.pxi

CONNECTOR_WORD: int
OPENING_WORD: int

class PhraseCounter:
    def __init__(
        self,
        n_words: int,
        share: int = 0,
        shares: int = 1,
        expected: int = 0,
        most: int = ...,
        drop: bool = False,
    ) -> None: ...
    @property
    def n_pairs(self) -> int: ...
    @property
    def n_words_seen(self) -> int: ...
    @property
    def least(self) -> int: ...
    def count(
        self,
        tokens: NDArray[np.int32],
        sentences: NDArray[np.int64],
        kinds: NDArray[np.uint8],
        control: Control,
        worker: int,
    ) -> bool: ...
    def words(self) -> bytes: ...
    def pairs(self) -> bytes: ...
    def tree(self) -> tuple[bytes, bytes]: ...

# --- core/phrase_joiner.pxi

def spell_pairs(
    pairs: NDArray[np.uint32],
    parents: NDArray[np.uint32],
    connectors: NDArray[np.uint32],
    joined: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    delimiter: bytes,
    ends: NDArray[np.int64],
    out: NDArray[np.uint8] | None = None,
) -> None: ...

class PhraseJoiner:
    def __init__(
        self,
        pairs: NDArray[np.uint32],
        parents: NDArray[np.uint32],
        connectors: NDArray[np.uint32],
        n_words: int,
    ) -> None: ...
    def join(
        self,
        tokens: NDArray[np.int32],
        sentences: NDArray[np.int64],
        kinds: NDArray[np.uint8],
        first: int,
        last: int,
        out: NDArray[np.int32],
        lengths: NDArray[np.int64],
    ) -> int: ...

# --- core/simd.pxi

def simd_names() -> tuple[str, ...]: ...
def simd_kernels(simd: str) -> object: ...

# --- core/sampling.pxi

def build_alias(weights: NDArray[np.float64], table: NDArray[np.uint32]) -> None: ...
def first_occurrences(tokens: NDArray[np.int32], first: NDArray[np.int64]) -> None: ...
def fill_depths(counts: NDArray[np.int64], depths: NDArray[np.int32]) -> None: ...
def fill_tree(
    words: NDArray[np.int32],
    order: NDArray[np.int32],
    depths: NDArray[np.int32],
    parent: NDArray[np.int32],
    bit: NDArray[np.uint8],
) -> None: ...
def fill_paths(
    parent: NDArray[np.int32],
    bit: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    rows: NDArray[np.int32],
    signs: NDArray[np.float32],
) -> None: ...

# --- core/output_layers.pxi

class OutputLayer: ...

class NegativeSampling(OutputLayer):
    def __init__(
        self,
        weights: NDArray[np.float32],
        noise: tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int64]],
        negative: int,
        steps: NDArray[np.float32] | None = None,
    ) -> None: ...

BATCH_OBJECTIVES: Final[tuple[str, ...]]
WINDOWS_IN_BATCH: Final[int]

class BatchOutputs(OutputLayer):
    def __init__(
        self,
        weights: NDArray[np.float32],
        objective: str,
        corrections: NDArray[np.float32],
        sgemm: object,
        noise: tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int64]] | None = None,
        negative: int = 0,
    ) -> None: ...

class HierarchicalSoftmax(OutputLayer):
    def __init__(
        self,
        weights: NDArray[np.float32],
        paths: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]],
        steps: NDArray[np.float32] | None = None,
    ) -> None: ...

# --- core/ngram_rows.pxi

class NgramRows:
    def __init__(
        self,
        weights: NDArray[np.float32],
        offsets: NDArray[np.int64],
        rows: NDArray[np.int32],
        counts: NDArray[np.float32],
        sizes: NDArray[np.int32],
        steps: NDArray[np.float32] | None = None,
        block: int = ...,
    ) -> None: ...

# --- core/documents.pxi

class Documents:
    def __init__(
        self,
        rows: NDArray[np.float32],
        starts: NDArray[np.int64],
        tags: NDArray[np.int32],
        alone: bool,
    ) -> None: ...

# --- core/blocks.pxi

MOST_BLOCK_WORDS: Final[int]

class Blocks:
    def __init__(self, shares: NDArray[np.float64], noise: NDArray[np.float64]) -> None: ...
    @property
    def n(self) -> int: ...

# --- core/training.pxi

CHUNK_TOKENS: Final[int]
HOT_ROWS: Final[int]

class Training:
    def __init__(
        self,
        *,
        tokens: NDArray[np.int32],
        offsets: NDArray[np.int64],
        keep: NDArray[np.uint32],
        vectors: NDArray[np.float32],
        layers: list[OutputLayer],
        vector_size: int,
        skip_gram: bool,
        window: int,
        shrink_windows: bool,
        shared_negatives: bool,
        cbow_mean: bool,
        cbow_corrected: bool,
        workers: int,
        simd: str,
        vector_steps: NDArray[np.float32] | None = None,
        locks: NDArray[np.float32] | None = None,
        held: NDArray[np.uint8] | None = None,
        frozen: bool = False,
        ngrams: NgramRows | None = None,
        documents: Documents | None = None,
        inferring: bool = False,
        blocks: Blocks | None = None,
        virtual: bool = False,
    ) -> None: ...
    @property
    def n_workers(self) -> int: ...
    def infer(
        self, index: int, control: Control, epochs: int, alpha: float, min_alpha: float
    ) -> None: ...
    @property
    def loss(self) -> float: ...
    @property
    def predictions(self) -> int: ...
    def start_epoch(
        self,
        alpha_start: float,
        alpha_end: float,
        seed: int,
        loss: float = 0.0,
        predictions: int = 0,
        trained: int = 0,
    ) -> None: ...
    def run(self, index: int, control: Control) -> None: ...

# --- core/pairs.pxi

HOT_WORDS: int

class PairText:
    def __init__(
        self,
        tokens: NDArray[np.int32],
        sentences: NDArray[np.int64],
        weights: NDArray[np.uint64],
        n_words: int,
        asymmetric: bool,
    ) -> None: ...
    @property
    def n_tokens(self) -> int: ...
    @property
    def n_keys(self) -> int: ...
    def scan(
        self, start: int, end: int, hot: NDArray[np.uint64], occurrences: NDArray[np.int64]
    ) -> None: ...
    def list_occurrences(
        self,
        origin: int,
        start: int,
        end: int,
        cursors: NDArray[np.int64],
        limits: NDArray[np.int64],
        occurrences: NDArray[np.uint64],
    ) -> None: ...

class PairRows:
    def __init__(self, text: PairText) -> None: ...
    def count(
        self,
        first: int,
        last: int,
        hot: NDArray[np.uint64] | None,
        occurrences: NDArray[np.uint64],
        starts: NDArray[np.int64],
        origin: int,
        ends: NDArray[np.int64],
    ) -> None: ...
    def merge(
        self,
        first: int,
        last: int,
        hot: NDArray[np.uint64],
        counts: list[tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint64]]],
        ends: NDArray[np.int64],
    ) -> None: ...
    def keys(self) -> bytes: ...
    def sums(self) -> bytes: ...
    def cut(
        self,
        ends: NDArray[np.int64],
        scale: float,
        starts: NDArray[np.int64],
        counts: NDArray[np.int64],
        out: NDArray[np.uint64],
    ) -> None: ...

# --- core/tiles.pxi

def cut_rows(
    ends: NDArray[np.int64],
    keys: NDArray[np.uint32],
    values: NDArray[np.float32],
    starts: NDArray[np.int64],
    asymmetric: bool,
    counts: NDArray[np.int64],
    out: NDArray[np.uint64],
) -> None: ...
def tiles_to_rows(
    pairs: NDArray[np.uint64],
    starts: NDArray[np.int64],
    tiles: NDArray[np.int32],
    offsets: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    indices: NDArray[np.int32] | None,
    values: NDArray[np.float32] | None,
) -> None: ...

# --- core/glove.pxi

class GloveTraining:
    def __init__(
        self,
        records: NDArray[np.float32],
        pairs: NDArray[np.uint64],
        starts: NDArray[np.int64],
        tiles: NDArray[np.int32],
        offsets: NDArray[np.int64],
        *,
        columns: int,
        eta: float,
        clip: float,
        alpha: float,
        x_max: float,
        strip_bits: int,
        workers: int,
        simd: str,
        hashes: NDArray[np.uint64] | None = None,
        held: float = 0,
        frozen: bool = False,
    ) -> None: ...
    @property
    def n_workers(self) -> int: ...
    def start_epoch(
        self,
        steps: NDArray[np.int32],
        blocks: NDArray[np.int32],
        losses: NDArray[np.float64],
        seed: int,
    ) -> None: ...
    def run(self, index: int, control: Control) -> None: ...

# --- core/neural_lm.pxi

class NeuralLMTraining:
    def __init__(
        self,
        *,
        tokens: NDArray[np.int32],
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        vectors: NDArray[np.float32],
        hidden_weights: NDArray[np.float32],
        hidden_biases: NDArray[np.float32],
        output_weights: NDArray[np.float32],
        output_biases: NDArray[np.float32],
        vector_size: int,
        hidden_size: int,
        direct: bool,
        order: int,
        batch: int,
        workers: int,
        simd: str,
        sgemm: object,
    ) -> None: ...
    @property
    def n_workers(self) -> int: ...
    @property
    def n_predictions(self) -> int: ...
    @property
    def loss(self) -> float: ...
    @property
    def predictions(self) -> int: ...
    def start_epoch(
        self,
        numbers: NDArray[np.int64],
        *,
        alpha: float,
        rate_decay: float,
        weight_decay: float,
        t: int,
        loss: float = 0.0,
        predictions: int = 0,
    ) -> None: ...
    def start_scoring(self, log_probabilities: NDArray[np.float32]) -> None: ...
    def run(self, index: int, control: Control) -> None: ...

# --- core/ranker.pxi

class RankerTraining:
    def __init__(
        self,
        *,
        tokens: NDArray[np.int32],
        offsets: NDArray[np.int64],
        vectors: NDArray[np.float32],
        network: NDArray[np.float32],
        vector_size: int,
        hidden_size: int,
        window: int,
        workers: int,
        simd: str,
        held: NDArray[np.uint8] | None = None,
        frozen: bool = False,
    ) -> None: ...
    @property
    def n_workers(self) -> int: ...
    def start_epoch(
        self,
        alpha_start: float,
        alpha_end: float,
        seed: int,
        words: int,
        loss: float = 0.0,
        predictions: int = 0,
        noise: NDArray[np.uint32] | None = None,
    ) -> None: ...
    def run(self, index: int, control: Control) -> None: ...
    @property
    def loss(self) -> float: ...
    @property
    def predictions(self) -> int: ...
    @property
    def wrong(self) -> int: ...

# --- core/vector_files.pxi

class RowReader:
    def __init__(self, size: int, binary: bool, rows: int = 0, doubles: bool = False) -> None: ...
    @property
    def table(self) -> WordTable: ...
    @property
    def size(self) -> int: ...
    @property
    def row(self) -> int: ...
    @property
    def duplicates(self) -> int: ...
    def feed(
        self,
        data: NDArray[np.uint8],
        start: int,
        end: int,
        last: bool,
        vectors: NDArray[np.float32] | NDArray[np.float64],
        limit: int,
    ) -> int: ...

def write_rows(words: list[bytes], vectors: NDArray[np.float32], layout: int) -> bytes: ...

# --- core/bags.pxi

def bag_means(
    words: NDArray[np.float32] | None,
    ngrams: NDArray[np.float32],
    offsets: NDArray[np.int64],
    bags: NDArray[np.int32],
    out: NDArray[np.float32],
) -> None: ...

# --- core/search.pxi

class TopK:
    queries: int
    k: int

    def __init__(self, queries: int, k: int) -> None: ...
    def add(self, scores: NDArray[np.float32], scale: NDArray[np.float32], first: int) -> None: ...
    def result(self) -> tuple[bytes, bytes]: ...

class AnalogySolver:
    def __init__(
        self,
        questions: NDArray[np.int64],
        given: NDArray[np.int64],
        names: NDArray[np.int64],
        shifts: NDArray[np.float32],
        words: int,
        method: int,
    ) -> None: ...
    def add(self, cosines: NDArray[np.float32], first: int) -> None: ...
    def answers(self) -> list[int]: ...

def encode_rows(
    vectors: NDArray[np.float32], codes: NDArray[np.int8], scales: NDArray[np.float32]
) -> None: ...
def code_products(
    codes: NDArray[np.int8],
    scales: NDArray[np.float32],
    query: NDArray[np.int16],
    factor: float,
    products: NDArray[np.float32],
) -> None: ...

# --- core/sentence_sums.pxi

def add_sentences(
    ids: NDArray[np.int32],
    starts: NDArray[np.int64],
    rows: NDArray[np.int32],
    vectors: NDArray[np.float32],
    inferred: NDArray[np.float32],
    sums: NDArray[np.float32],
    known: NDArray[np.int64],
    weights: NDArray[np.float32] | None = None,
) -> None: ...
