"""WordMap: words as points, in clusters with names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastvec._util.atomic import STDOUT, PathLike, atomic_write
from fastvec.plots.colours import by_direction
from fastvec.plots.figures import ENDINGS, require_matplotlib, save_figure
from fastvec.plots.pages import frame

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Ints = NDArray[np.int64]

PAGE = ".html"


@dataclass(eq=False, repr=False)
class WordMap:
    """N words as points, the most frequent first; ``wv.map()`` makes one.

    Attributes
    ----------
    keys : list
        the words, strings or integers.
    coordinates : (N, 2) or (N, 3) float32 array
        from -1 to 1, around 0.
    clusters : (N,) int64 array
        the cluster of each word, from 0 to C - 1.
    names : list of str
        the C names of the clusters: their most typical words.
    neighbours : (N, k) int64 array
        the words on the map that are nearest to each one, as positions in ``keys``.
    cosines : (N, k) float32 array
        their cosines.
    counts : (N,) int64 array, optional
        how often each word occurred.
    method : str
        how the coordinates were computed: pca, tsne or umap.
    """

    keys: list[Any]
    coordinates: NDArray[np.float32]
    clusters: Ints
    names: list[str]
    neighbours: Ints
    cosines: NDArray[np.float32]
    counts: Ints | None = None
    method: str = ""

    def __len__(self) -> int:
        return len(self.keys)

    def __repr__(self) -> str:
        size = f"{len(self)} words in {self.coordinates.shape[1]} dimensions"
        clusters = f"{len(self.names)} cluster{'s' * (len(self.names) != 1)}"
        return f"WordMap({size} by {self.method}, {clusters})"

    @property
    def places(self) -> Ints:
        """The (C,) word that stands in the middle of each cluster, as a position in ``keys``.

        >>> wv.map(method="pca").places
        array([3])
        """
        return np.array([self._middle(one) for one in range(len(self.names))])

    def _middle(self, cluster: int) -> int:
        members = np.flatnonzero(self.clusters == cluster)
        where = self.coordinates[members]
        away = np.linalg.norm(where - np.median(where, axis=0), axis=1)
        return int(members[away.argmin()])

    @property
    def colours(self) -> list[str]:
        """The C colours of the clusters, as ``#rrggbb``.

        >>> wv.map(method="pca").colours
        ['#c1587d']
        """
        return by_direction(self.coordinates[self.places])

    def figure(self, title: str = "") -> Figure:
        """The map as a figure of matplotlib; two dimensions only.

        ImportError without matplotlib; ValueError for three dimensions.

        >>> wv.map(method="pca").figure().savefig("map.png")
        """
        from fastvec.plots.map_figure import draw_map

        if self.coordinates.shape[1] != 2:
            raise ValueError("a map of three dimensions is a page that turns it: save it as .html")
        return draw_map(self, title)

    def page(self, title: str = "") -> str:
        """The map as one HTML page, which loads nothing from anywhere.

        >>> wv.map(method="pca").page().startswith("<!doctype html>")
        True
        """
        from fastvec.plots.map_page import map_page

        return map_page(self, title)

    def save(self, path: PathLike, title: str = "") -> None:
        """Write the map as a page (.html) or a picture (.png, .svg, .pdf).

        Raises
        ------
        ValueError
            another ending, or a picture of three dimensions.
        ImportError
            a picture without matplotlib: ``pip install 'fastvec[plot]'``.
        OSError
            the file cannot be written.

        >>> wv.map(method="pca").save("map.html")
        """
        if check_picture(path, self.coordinates.shape[1]) == PAGE:
            with atomic_write(path) as file:
                file.write(self.page(title).encode())
        else:
            save_figure(self.figure(title), path)

    def _repr_html_(self) -> str:
        """What a notebook shows: the page, in a frame that can do nothing outside it."""
        return frame(self.page(), height=600)


def check_picture(path: PathLike, dimensions: int = 2) -> str:
    """The ending of a file that a map can be saved in; standard output takes a page.

    Raises what :meth:`WordMap.save` raises before it writes.

    >>> check_picture("map.HTML")
    '.html'
    """
    ending = Path(path).suffix.lower()
    if Path(path) == STDOUT or ending == PAGE:
        return PAGE
    if ending not in ENDINGS:
        raise ValueError(f"{path}: the ending must be one of {', '.join((PAGE, *ENDINGS))}")
    if dimensions != 2:
        raise ValueError(
            f"{path}: a map of three dimensions is a page that turns it: the ending must be {PAGE}"
        )
    require_matplotlib()
    return ending
