"""Ids of parametrized tests that are the same in every process, as pytest-xdist needs them."""

import re


def stable_id(value: object) -> str:
    """What repr gives, but without addresses, and with the members of a set in order."""
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__} of {sorted(value)}"
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))
