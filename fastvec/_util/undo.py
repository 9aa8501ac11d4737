"""Changes that are made whole or not at all, whatever exception comes between."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def undone_on_error(*owners: object) -> Iterator[None]:
    """Give some objects their attributes back if a block ends with an exception, Ctrl-C included.

    Attributes that are dicts get their entries back too.  Nothing else is copied: the block may
    replace arrays and lists, and must not change them in place.

    >>> import contextlib, types
    >>> options = types.SimpleNamespace(size=1, names={})
    >>> with contextlib.suppress(KeyError), undone_on_error(options):
    ...     options.size, options.names["b"] = 2, 3
    ...     raise KeyError
    >>> options
    namespace(size=1, names={})
    """
    changed = [vars(owner) for owner in owners]
    changed += [
        each for attributes in changed for each in attributes.values() if type(each) is dict
    ]
    before = [dict(entries) for entries in changed]
    try:
        yield
    except BaseException:
        for entries, old in zip(changed, before, strict=True):
            entries.update(old)
            for name in entries.keys() - old.keys():
                del entries[name]
        raise
