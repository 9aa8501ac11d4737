"""What the head of a fastText file says: how its model was trained."""

from __future__ import annotations

import dataclasses
import struct
from dataclasses import dataclass
from typing import Any, Self

from fastvec._util.options import check_value
from fastvec.subwords import MOST_BUCKETS, MOST_CHARACTERS

MAGIC = 0x2F4F16BA
VERSION = 12  # the newest, of 2017; the first files had neither this number nor the magic one
SUPERVISED = 3
#: the numbers that stand for a loss and for a model in the file
LOSSES = {"hierarchical softmax": 1, "negative sampling": 2, "softmax": 3, "one-vs-all": 4}
MODELS = {"cbow": 1, "skip-gram": 2, "supervised": SUPERVISED}
MOST_SIZE = 1 << 20  # numbers in a vector; a head that says more is damaged

_LAYOUT = struct.Struct("<12id")
_START = struct.Struct("<2i")


@dataclass
class FastTextArgs:
    """fastText's options, under its own names; the defaults are fastText's.

    Raises
    ------
    TypeError, ValueError
        a value that cannot be.

    >>> FastTextArgs(dim=100, maxn=0).bucket
    2000000
    """

    dim: int = 100
    ws: int = 5
    epoch: int = 5
    min_count: int = 5
    neg: int = 5
    word_ngrams: int = 1
    loss: int = LOSSES["negative sampling"]
    model: int = MODELS["skip-gram"]
    bucket: int = 2_000_000
    minn: int = 3
    maxn: int = 6
    lr_update_rate: int = 100
    t: float = 1e-4

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):
            low, high = _RANGES.get(item.name, (0, MOST_BUCKETS))
            kind = float if item.name == "t" else int
            value = check_value(item.name, getattr(self, item.name), kind, low=low, high=high)
            setattr(self, item.name, value)

    @classmethod
    def parse(cls, head: bytes) -> tuple[Self, int, int]:
        """Options from the first bytes of a file, the version of its format (0: the first, which
        has no number), and where the options end.

        ValueError for the bytes of another file.

        >>> FastTextArgs.parse(FastTextArgs(dim=10).packed())[1:]
        (12, 64)
        """
        version, at = 0, 0
        if len(head) >= _START.size and _START.unpack_from(head)[0] == MAGIC:
            version, at = _START.unpack_from(head)[1], _START.size
            if not 1 <= version <= VERSION:
                raise ValueError(
                    f"it has version {version} of fastText's format, and {VERSION} is the newest"
                )
        if len(head) < at + _LAYOUT.size:
            raise ValueError("it is cut off within its head")
        try:
            args = cls(*_LAYOUT.unpack_from(head, at))
        except (TypeError, ValueError) as error:
            raise ValueError(f"its head is wrong: {error}") from None
        if version == 11 and args.model == SUPERVISED:
            args.maxn = 0  # such models had no n-grams of characters, whatever their head says
        return args, version, at + _LAYOUT.size

    def packed(self) -> bytes:
        """The first bytes of a file with these options.

        >>> len(FastTextArgs().packed())
        64
        """
        return _START.pack(MAGIC, VERSION) + _LAYOUT.pack(*dataclasses.astuple(self))

    def facts(self) -> dict[str, Any]:
        """The options by name, with words for the model and its loss.

        >>> FastTextArgs().facts()["model"]
        'skip-gram'
        """
        names = {"loss": _names(LOSSES), "model": _names(MODELS)}
        values = dataclasses.asdict(self)
        return {
            name: names[name][value] if name in names else value for name, value in values.items()
        }

    @classmethod
    def from_facts(cls, facts: Any) -> Self:
        """The inverse of :meth:`facts`; the defaults for what is missing or cannot be.

        >>> FastTextArgs.from_facts({"model": "cbow"}).model, FastTextArgs.from_facts(None).model
        (1, 2)
        """
        try:
            values = dict(facts)
            numbers = {"loss": LOSSES, "model": MODELS}
            named = {name: numbers[name][values[name]] for name in numbers if name in values}
            return cls(**(values | named))
        except (KeyError, TypeError, ValueError):
            return cls()


_RANGES = {
    "dim": (1, MOST_SIZE),
    "loss": (1, len(LOSSES)),
    "model": (1, len(MODELS)),
    "minn": (0, MOST_CHARACTERS),
    "maxn": (0, MOST_CHARACTERS),
    "t": (0, 1e9),
}


def _names(numbers: dict[str, int]) -> dict[int, str]:
    return {number: name for name, number in numbers.items()}


def is_fasttext(head: bytes) -> bool:
    """Whether a file that begins with these bytes is one of fastText's.

    >>> is_fasttext(FastTextArgs().packed()), is_fasttext(b"to be or not to be" * 9)
    (True, False)
    """
    if head.startswith(MAGIC.to_bytes(4, "little")):
        return True
    try:
        args, _, end = FastTextArgs.parse(head)
    except ValueError:
        return False
    sizes = struct.unpack_from("<3i", head.ljust(end + 12, b"\0"), end)
    return args.ws < 1000 and args.epoch < 10_000 and 0 < sizes[0] == sizes[1] + sizes[2]
