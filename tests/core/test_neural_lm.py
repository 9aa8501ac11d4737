"""The native training of the neural language model against plain NumPy."""

import threading

import numpy as np
import pytest
from reference import neural_lm as reference

from fastvec._core import Control, NeuralLMTraining, simd_names
from fastvec._util.blas import one_thread_each, sgemm
from fastvec._util.matrix import padded_copy

BEST = simd_names()[0]
ORDER, SIZE = 4, 2
SENTENCES = [[2, 3, 4], [], [5], [3, 3, 2, 1, 2100, 4]]
WORDS = 2_200  # more than two slices


def text(sentences=SENTENCES):
    """Tokens, starts and ends."""
    ends = np.cumsum([len(words) for words in sentences])
    tokens = np.array([word for words in sentences for word in words], np.int32)
    return {"tokens": tokens, "starts": np.concatenate([[0], ends[:-1]]), "ends": ends}


def network(hidden=3, direct=False, words=WORDS):
    generator = np.random.default_rng(2)
    return reference.Network.random(words, ORDER, SIZE, hidden, direct, generator)


def arrays_of(net):
    """The arrays of a network as the core takes them."""
    rows = {name: np.atleast_2d(array) for name, array in vars(net).items()}
    return {name: padded_copy(array) for name, array in rows.items()}


def core(arrays, sentences=SENTENCES, hidden=3, direct=False, workers=1, batch=4, simd=None):
    return made(
        arrays,
        **text(sentences),
        hidden_size=hidden,
        direct=direct,
        workers=workers,
        batch=batch,
        simd=simd or BEST,
    )


def made(arrays, **change):
    options = {"vector_size": SIZE, "hidden_size": 3, "direct": False, "order": ORDER, "batch": 4}
    more = {"workers": 1, "simd": BEST, "sgemm": sgemm()}
    return NeuralLMTraining(**{**text(), **arrays, **options, **more, **change})


def run(training, first=0):
    control = Control(training.n_workers, first)
    workers = [
        threading.Thread(target=training.run, args=(i, control)) for i in range(training.n_workers)
    ]
    with one_thread_each():
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return control


def train(arrays, numbers, **options):
    training = core(arrays, **options)
    training.start_epoch(numbers, alpha=0.1, rate_decay=0.01, weight_decay=0.02, t=100)
    control = run(training)
    assert control.total(0) == control.total(1) == training.predictions == len(numbers)
    return training


@pytest.mark.simd
@pytest.mark.parametrize("simd", simd_names())
@pytest.mark.parametrize(("hidden", "direct"), [(3, False), (3, True), (0, True)])
def test_an_epoch_is_that_of_the_reference(simd, hidden, direct):
    expected = network(hidden, direct)
    arrays = arrays_of(expected)
    every = list(reference.windows(SENTENCES, ORDER))
    numbers = np.random.default_rng(3).permutation(len(every))
    training = train(arrays, numbers, hidden=hidden, direct=direct, simd=simd)
    loss = 0.0
    for first in range(0, len(every), 4):
        batch = [every[number] for number in numbers[first : first + 4]]
        loss -= sum(reference.log_probability(expected, window) for window in batch)
        rate = 0.1 / (1 + 0.01 * (100 + first))
        expected = reference.step(expected, batch, rate, 0.02)
    assert training.loss == pytest.approx(loss, rel=1e-5)
    for name, wanted in arrays_of(expected).items():
        np.testing.assert_allclose(arrays[name], wanted, atol=1e-5, err_msg=name)


def log_probabilities(training):
    found = np.empty(training.n_predictions, np.float32)
    training.start_scoring(found)
    run(training)
    return found


@pytest.mark.simd
@pytest.mark.parametrize("simd", simd_names())
@pytest.mark.parametrize("words", [7, 1024, 1041])
def test_scores_are_those_of_the_reference(simd, words):
    net = network(words=words)
    sentences = [[2, 3], [words - 1]]
    found = log_probabilities(core(arrays_of(net), sentences, simd=simd))
    wanted = [reference.log_probability(net, one) for one in reference.windows(sentences, ORDER)]
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.simd
def test_very_different_scores_are_no_infinities():
    net = network()
    net.output_biases[7] = 1e4
    found = log_probabilities(core(arrays_of(net), [[7, 7], [3]]))
    np.testing.assert_allclose(found, [0, 0, -1e4, -1e4, -1e4], rtol=1e-2, atol=1e-5)


def test_any_number_of_workers_gives_the_same_bytes():
    numbers = np.arange(14)
    results = []
    for workers in (1, 2, 3, 8):
        arrays = arrays_of(network(direct=True))
        train(arrays, numbers, direct=True, workers=workers)
        results.append(arrays)
    assert core(arrays, direct=True, workers=8).n_workers == 3  # as many as slices
    for other in results[1:]:
        for name, rows in other.items():
            np.testing.assert_array_equal(rows, results[0][name])


RATES = {"alpha": 0.1, "rate_decay": 0.01, "weight_decay": 0.02, "t": 100}


def test_an_epoch_begins_where_it_paused():
    numbers, arrays = np.arange(14), arrays_of(network())
    training = core(arrays)
    training.start_epoch(numbers, **RATES)
    control = Control(1)
    control.pause()
    training.run(0, control)
    assert control.next == training.predictions == 0  # since no batch had begun
    for first in (0, 3, 4):
        training.start_epoch(numbers, **RATES, loss=1, predictions=2)
        control = run(training, first)
        assert control.total() == training.predictions - 2 == max(0, 14 - 4 * first)
        assert (training.loss > 1) == (first < 4)


def test_a_stop_ends_all_workers():
    training = core(arrays_of(network()), [[2] * 50_000], workers=3)
    training.start_epoch(np.arange(50_001), **RATES)
    control = Control(3)
    workers = [threading.Thread(target=training.run, args=(i, control)) for i in range(3)]
    for worker in workers:
        worker.start()
    while not control.total():
        pass
    control.stop()
    for worker in workers:
        worker.join(10)
        assert not worker.is_alive()
    assert 0 < control.total() < 50_001


def test_a_worker_that_waits_for_another_can_be_stopped():
    training = core(arrays_of(network()), workers=2)
    training.start_scoring(np.empty(14, np.float32))
    control = Control(2)
    worker = threading.Thread(target=training.run, args=(1, control))
    worker.start()
    control.stop()
    worker.join(10)
    assert not worker.is_alive()


def test_tokens_that_change_after_the_check_do_no_harm():
    given = text()
    training = made(arrays_of(network()), **given)
    results = []
    for word in (2**31 - 1, -1, 1):  # 1 is <unk>
        given["tokens"][:] = word
        results.append(log_probabilities(training))
    np.testing.assert_array_equal(results[0], results[2])
    np.testing.assert_array_equal(results[1], results[2])


def zeros(*shape, dtype=np.float32):
    return np.zeros(shape, dtype)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tokens": np.full(10, WORDS, np.int32)}, "token ids must be from 0 to 2199"),
        ({"tokens": np.full(10, -1, np.int32)}, "token ids must be from 0 to 2199"),
        ({"tokens": zeros(9, dtype=np.int32)}, "starts and ends"),
        ({"starts": zeros(3, dtype=np.int64)}, "starts and ends"),
        ({"starts": np.array([-1, 3, 3, 4])}, "starts and ends"),
        ({"starts": np.array([0, 4, 3, 4])}, "starts and ends"),
        ({"vectors": zeros(WORDS, 1)}, "vectors must have 2200 rows of at least 2"),
        ({"vectors": zeros(1, 2)}, "words must be from 2"),
        ({"hidden_weights": zeros(3, 5)}, "hidden_weights must have 3 rows of at least 6"),
        ({"hidden_biases": zeros(1, 2)}, "hidden_biases must have 1 rows of at least 3"),
        ({"output_weights": zeros(WORDS, 2)}, "output_weights must have 2200 rows of at least 3"),
        ({"output_weights": zeros(WORDS - 1, 3)}, "output_weights must have 2200 rows"),
        ({"output_biases": zeros(1, 5)}, "output_biases must have 1 rows of at least 2200"),
        ({"order": 1}, "windows of 1 words"),
        ({"batch": 0}, "batches of 0"),
        ({"hidden_size": 0}, "0 hidden units"),
        ({"workers": 0}, "workers must be from 1"),
        ({"simd": "mmx"}, "simd must be one of"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        made(arrays_of(network()), **change)


def test_calls_in_a_wrong_order_are_refused():
    training = core(arrays_of(network()))
    with pytest.raises(ValueError, match="start_epoch or start_scoring"):
        training.run(0, Control(1))
    with pytest.raises(ValueError, match="numbers must be 14, from 0 to 13"):
        training.start_epoch(np.arange(14) + 1, **RATES)
    with pytest.raises(ValueError, match="numbers must be 14"):
        training.start_epoch(np.arange(13), **RATES)
    with pytest.raises(ValueError, match="alpha must be above 0"):
        training.start_epoch(np.arange(14), **{**RATES, "alpha": 0})
    with pytest.raises(ValueError, match="log_probabilities must have 14"):
        training.start_scoring(np.empty(13, np.float32))
    training.start_scoring(np.empty(14, np.float32))
    with pytest.raises(ValueError, match="worker must be one of 1"):
        training.run(1, Control(1))
    with pytest.raises(ValueError, match="worker must be one of 1"):
        training.run(0, Control(2))


@pytest.mark.parametrize("name", ["dgemm", "saxpy"])
def test_another_function_than_sgemm_is_refused(name):
    from scipy.linalg import cython_blas

    with pytest.raises(ValueError, match="this is not sgemm"):
        made(arrays_of(network()), sgemm=cython_blas.__pyx_capi__[name])
