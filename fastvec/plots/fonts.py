"""Fonts for words of any script: those of this machine that have their letters."""

from __future__ import annotations

import contextlib
import functools
import logging
import warnings
from collections.abc import Iterable, Iterator

from fastvec._util.log import log

#: the first font; matplotlib brings it with it
FIRST = "DejaVu Sans"
#: a font of matplotlib's with boxes for all letters that there are
BOXES = "Last Resort"


def families_for(texts: Iterable[str]) -> list[str]:
    """Names of fonts that together have the letters of some texts, as far as this machine can.

    There is a warning in the log if some letters are in none of its fonts.

    >>> families_for(["plain"])
    ['DejaVu Sans']
    """
    from matplotlib import font_manager

    wanted = {ord(letter) for text in texts for letter in text if letter.isprintable()}
    families = [FIRST]
    missing = wanted - _letters(font_manager.findfont(FIRST))
    for name, path in _other_fonts() if missing else ():
        if found := missing & _letters(path):
            families.append(name)
            missing -= found
    if missing:
        some = " ".join(map(chr, sorted(missing)[:5]))
        log.warning(
            "no font of this machine that matplotlib can draw has %s: install one that has, such "
            "as Noto, or save the picture as .html, for which browsers have their own",
            some,
        )
    return families


def _other_fonts() -> list[tuple[str, str]]:
    """The names and files of the upright fonts of this machine, also of those that were installed
    after matplotlib made its list."""
    from matplotlib import font_manager

    manager = font_manager.fontManager
    for path in set(font_manager.findSystemFonts()) - {font.fname for font in manager.ttflist}:
        with contextlib.suppress(OSError, RuntimeError):
            manager.addfont(path)
    fonts = [font for font in manager.ttflist if font.style == "normal"]
    return sorted((font.name, font.fname) for font in fonts if not font.name.startswith(BOXES))


@contextlib.contextmanager
def without_remarks() -> Iterator[None]:
    """Keep matplotlib from remarks about letters that no font has, one for each drawing of each of
    them, and about fonts that are not bold: :func:`families_for` has said what there is to say.

    >>> with without_remarks():
    ...     warnings.warn("Glyph 21271 (\\N{CJK UNIFIED IDEOGRAPH-5317}) missing from font(s)")
    """
    logger = logging.getLogger("matplotlib.font_manager")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", r"Glyph \d+ ", UserWarning)
            yield
    finally:
        logger.setLevel(level)


@functools.cache
def _letters(path: str) -> frozenset[int]:
    """The letters that a font has."""
    from matplotlib.ft2font import FT2Font

    with contextlib.suppress(OSError, RuntimeError):  # of fonts that have pictures, not outlines
        return frozenset(FT2Font(path).get_charmap())
    return frozenset()
