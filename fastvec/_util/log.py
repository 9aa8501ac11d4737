"""The logger of fastvec: what gensim logs, for programs that set up ``logging`` as for gensim.

Remarks about odd calls have the level WARNING; lines about reading, training and files INFO.
"""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger("fastvec")


def tell(event: str, line: str, **facts: Any) -> None:
    """Log a line of news at the level INFO.

    Its facts, by name, are the attribute ``news`` of the log record, for logs that programs read.

    >>> tell("read", "read 12 words", words=12)
    """
    log.info("%s", line, extra={"news": {"event": event, **facts}})


def log_unsaved(thing: object, fresh: object) -> None:
    """Log a remark about attributes that a fresh thing of its kind does not have: files do not keep
    them.

    >>> log_unsaved(wv, wv)
    """
    extra = sorted(vars(thing).keys() - vars(fresh).keys() - {"_used_by"})
    if extra:
        log.warning("save does not keep the attributes %s", ", ".join(extra))
