"""Pictures of words: maps of many, and an analogy as a parallelogram."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fastvec._util.options import check_value
from fastvec.vectors.norms import normalized_rows
from fastvec.vectors.sentence_vectors import SentenceVectors
from fastvec.words import Key, not_one_string

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fastvec.plots.word_map import WordMap

MOST_FREQUENT, NEAREST = 10_000, 200  # words of a map by default: in all, and of each word in near
OTHERS = 3  # further answers in the picture of an analogy


class Pictures(SentenceVectors):
    """A store whose words can be seen.

    >>> wv.map(method="pca").method
    'pca'
    """

    def map(
        self,
        topn: int | None = None,
        *,
        words: Iterable[Key] | None = None,
        near: Iterable[Key] | None = None,
        method: str | None = None,
        dimensions: int = 2,
        clusters: int | None = None,
        seed: int = 1,
    ) -> WordMap:
        """A map of words: near words stand near each other, in clusters with colours and names.

        Save it with ``.save("map.html")``, or let a notebook show it.  The same vectors and the
        same seed give the same map.

        Parameters
        ----------
        topn : int, optional
            how many words: the most frequent ones, by default 10,000; with ``near``, the nearest
            ones of each word there, by default 200.
        words : iterable of keys, optional
            these words instead; missing ones are left out.
        near : iterable of keys, optional
            these words and their neighbours instead.
        method : {"tsne", "umap", "pca"}, optional
            how words get their coordinates: t-SNE by openTSNE and UMAP by umap-learn
            (``pip install 'fastvec[map]'``), which keep neighbours together, or principal
            components.  By default t-SNE, if openTSNE is installed.
        dimensions : {2, 3}
            a map of three dimensions can be turned, in HTML.
        clusters : int, optional
            how many, found by k-means; by default a few for hundreds of words, and 25 for 10,000.
        seed : int
            decides where words and centres of clusters begin.

        Raises
        ------
        KeyError
            a word in ``near`` that is missing.
        ValueError
            fewer than 2 words, or words and near together.
        ImportError
            the package of the method is not installed.

        >>> wv.map(3, method="pca").keys
        ['king', 'queen', 'man']
        """
        from fastvec.vectors.maps.making import make_map

        topn = check_value("topn", topn, int | None, low=2)
        seed = check_value("seed", seed, int, low=0, high=2**32 - 1)
        dimensions = check_value("dimensions", dimensions, int, low=2, high=3)
        rows = self._rows_of_map(topn, words, near)
        clusters = check_value("clusters", clusters, int | None, low=1, high=max(1, len(rows)))
        counts = self.counts
        return make_map(
            self._keys.keys(rows),
            self.vectors[rows],
            None if counts is None else counts[rows],
            method,
            dimensions,
            clusters,
            seed,
        )

    def _rows_of_map(
        self, topn: int | None, words: Iterable[Key] | None, near: Iterable[Key] | None
    ) -> NDArray[np.int64]:
        """The rows of the words that a map shows, the most frequent first."""
        if words is not None and near is not None:
            raise ValueError("give words or near, not both")
        if words is not None:
            if topn is not None:
                raise ValueError("topn has no effect with words: leave one of them out")
            rows = self._rows_there(not_one_string(words))
        elif near is not None:
            rows = self._rows_near(list(not_one_string(near, "near")), topn or NEAREST)
        else:
            rows = np.arange(min(len(self), len(self._keys)))
        if self.counts is not None:
            rows = rows[np.argsort(-self.counts[rows], kind="stable")]
        return rows if near is not None or words is not None else rows[: topn or MOST_FREQUENT]

    def _rows_there(self, keys: Iterable[Key]) -> NDArray[np.int64]:
        """The rows of keys, each once, without those that are missing."""
        rows = [row for row in map(self._row_of, dict.fromkeys(keys)) if row >= 0]
        return np.array(list(dict.fromkeys(rows)), np.int64)

    def _rows_near(self, keys: list[Key], topn: int) -> NDArray[np.int64]:
        """The rows of keys and of their nearest words."""
        found = self.most_similar_batch(keys, topn=topn)
        return self._rows_there([*keys, *(word for words in found for word, _ in words)])

    def plot_analogy(self, a: Key, b: Key, c: Key, d: Key | None = None) -> Figure:
        """Draw "a is to b as c is to d" as a parallelogram.

        The plane is the one through the unit vectors of a, b and c, so these three have their true
        distances and angles, and ``b - a + c`` is the fourth corner.  Other words are the points of
        the plane that are nearest to them; how far away they are from it is not seen, but their
        cosines with the fourth corner are written beside them.

        Parameters
        ----------
        d : key, optional
            the answer; by default the word that :meth:`most_similar` finds.

        Returns
        -------
        matplotlib Figure
            save it with ``.savefig("analogy.png")``.

        Raises
        ------
        KeyError
            a missing word.
        ValueError
            vectors of a, b and c that lie on one line, or are not finite, or no other word.
        ImportError
            without matplotlib: ``pip install 'fastvec[plot]'``.

        >>> wv.plot_analogy("man", "king", "woman").savefig("analogy.png")
        """
        from fastvec.plots.analogies import draw_analogy

        for key in (a, b, c) if d is None else (a, b, c, d):
            if not np.isfinite(self.get_vector(key)).all():
                raise ValueError(
                    f"cannot draw vectors that are not finite, such as that of {key!r}"
                )
        found = [word for word, _ in self.most_similar([b, c], [a], topn=OTHERS + 1)]
        answers = found if d is None else [d, *(key for key in found if key != d)]
        if not answers:
            raise ValueError("no word is left that could be the answer")
        keys = [a, b, c, *answers[: OTHERS + 1]]
        rows = normalized_rows(np.stack([self.get_vector(key) for key in keys]))
        return draw_analogy([str(key) for key in keys], rows)
