"""Pages that are opened in a browser without a network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Opened = Callable[..., Any]


@contextmanager
def opening(browser: Any, path: Path, ready: str) -> Iterator[Opened]:
    """Opens pages: writes HTML to a file, and waits for a selector.

    Asking for anything, an error, or a message on the console fails the test.
    """
    troubles: list[str] = []
    contexts = []

    def opened(html: str, hash_: str = "", **options: Any) -> Any:
        path.write_text(html, "utf-8")
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text)
                if "GL Driver Message" not in line.text else None)  # fmt: skip
        page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda one: troubles.append(one.url)
                if not one.url.startswith(("file://", "about:")) else None)  # fmt: skip
        page.goto(f"{path.as_uri()}{hash_}")
        page.wait_for_selector(ready)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []
