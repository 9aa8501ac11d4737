"""Queries of several threads take turns at the matrix products."""

import multiprocessing
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from fastvec.vectors import products


@pytest.fixture
def busy(monkeypatch):
    """Counts how many products run at once, at most; each waits for another one for a moment."""
    running, most, changed = 0, 0, threading.Condition()
    plain = np.matmul

    def matmul(*args, **kwargs):
        nonlocal running, most
        with changed:
            running += 1
            most = max(most, running)
            changed.notify_all()
            changed.wait_for(lambda: running > 1, 0.05)
        result = plain(*args, **kwargs)
        with changed:
            running -= 1
        return result

    monkeypatch.setattr(np, "matmul", matmul)
    return lambda: most


@pytest.mark.skipif("1" in map(os.environ.get, products.THREADS), reason="BLAS has one thread")
def test_products_of_several_threads_run_one_after_the_other(wv, busy):
    expected = wv.most_similar("w1")
    calls = [
        lambda: wv.most_similar("w1") == expected,
        lambda: len(wv.distances("w1")) == len(wv),
        lambda: len(wv.most_similar_cosmul("w1")) == 10,
        lambda: len(wv.most_similar("w1", topn=None)) == len(wv),
    ]
    answers = []
    threads = [threading.Thread(target=lambda c=call: answers.append(c())) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 4
    assert busy() == 1


@pytest.mark.parametrize(("variable", "locked"), [({"OMP_NUM_THREADS": "1"}, False), ({}, True)])
def test_where_blas_has_one_thread_nobody_waits(variable, locked):
    code = "from fastvec.vectors.products import _turns; print(hasattr(_turns['lock'], 'acquire'))"
    environment = {k: v for k, v in os.environ.items() if k not in products.THREADS} | variable
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(locked)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Python 3.12: fork beside threads
def test_a_child_process_does_not_wait_for_a_thread_of_its_parent(wv):
    with products._turns["lock"]:
        child = multiprocessing.get_context("fork").Process(target=wv.most_similar, args=("w1",))
        child.start()
    child.join(60)
    assert child.exitcode == 0
