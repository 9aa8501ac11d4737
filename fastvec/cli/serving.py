"""What commands share that serve a page to the browser of this machine."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable

import click

from fastvec._util.page_server import PageServer
from fastvec.cli.shared import echo

#: environment variables that say that there is a browser to open
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")

BROWSER = click.option(
    "--browser/--no-browser", default=True, show_default=True,
    help="open the page, where there is a screen",
)  # fmt: skip
PORT = click.option("--port", type=click.IntRange(1, 65535), help="by default, one that is free")


def serve(make: Callable[[int], PageServer], port: int | None, browser: bool, until: str) -> None:
    """Make a server for a port, print its address, and serve until Ctrl-C or the page ends it.

    ``until`` completes the sentence "the page is there until ...".
    """
    try:
        server = make(port or 0)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on port {port}: {error.strerror}; without --port, one is found"
        ) from None
    with server, contextlib.suppress(KeyboardInterrupt):
        click.echo(server.address)
        echo(f"fastvec: the page is there until {until}", err=True)
        if browser and has_screen():
            open_browser(server.opening)
        server.serve_forever(poll_interval=0.1)


def has_screen() -> bool:
    """Whether a browser can be expected to open a window, and not to take over the terminal."""
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in SCREENS)


def open_browser(address: str) -> None:
    """Open a page in the browser, which may take a while."""
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
