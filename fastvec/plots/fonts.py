"""Fonts for words of any script: those of this machine that have their letters."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterable

from fastvec._util.log import log

#: the first font; matplotlib brings it with it
FIRST = "DejaVu Sans"


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
    for font in sorted(font_manager.fontManager.ttflist, key=lambda font: font.name):
        if not missing:
            break
        if font.style == "normal" and (found := missing & _letters(font.fname)):
            families.append(font.name)
            missing -= found
    if missing:
        some = " ".join(map(chr, sorted(missing)[:5]))
        log.warning(
            "no font of this machine that matplotlib can draw has %s: install one that has, such "
            "as Noto, or save the picture as .html, for which browsers have their own",
            some,
        )
    return families


@functools.cache
def _letters(path: str) -> frozenset[int]:
    """The letters that a font has."""
    from matplotlib.ft2font import FT2Font

    with contextlib.suppress(OSError, RuntimeError):  # of fonts that have pictures, not outlines
        return frozenset(FT2Font(path).get_charmap())
    return frozenset()
