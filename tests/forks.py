"""Python with fastvec imported already, as a fork of a process that waits for that.

``python -IS forks.py NAME -m fastvec ...`` does what ``python -m fastvec ...`` does: with the same
arguments, streams, folder and environment, to the same exit status.  It takes a small part of the
time, because the process behind the socket NAME has done all imports.  ``python forks.py serve
NUMBER`` is that process: NUMBER is its listening socket, and it ends with its standard input.

A signal that is sent to the process does not reach the fork.  Linux only.
"""

import gc
import marshal
import os
import select
import signal
import socket
import sys

#: the beginnings of names that matter while Python starts and fastvec is imported
EARLY = ("PYTHON", "FASTVEC_", "LANG", "LC_")


def ask(name: str, arguments: list[str]) -> None:
    """Have Python run with these arguments in a fork, and end as it ends."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.connect(f"\0{name}")
        folder = os.getcwd()  # noqa: PTH109, importing pathlib takes longer than all of this
        wanted = marshal.dumps((arguments, folder, dict(os.environ)))
        socket.send_fds(connection, [wanted], [0, 1, 2])
        code = os.waitstatus_to_exitcode(int(connection.recv(10)))
    if code < 0:
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def serve(listener: socket.socket) -> socket.socket:
    """Wait for connections, and return in a new process for each."""
    gc.freeze()  # or each fork would copy all objects when it looks for garbage at its end
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for these processes
    while listener in select.select([listener, 0], [], [])[0]:
        connection, _ = listener.accept()
        if fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            return connection
        connection.close()
    os._exit(0)


def fork() -> int:
    """Like os.fork, which warns that there are threads: those of NumPy's BLAS are prepared."""
    import warnings

    with warnings.catch_warnings(action="ignore"):
        return os.fork()


def forked(connection: socket.socket) -> list[str]:
    """Return in a fork that is as it was asked for, with its arguments; this process waits."""
    wanted, streams, *_ = socket.recv_fds(connection, 1 << 20, 3)
    arguments, folder, environment = marshal.loads(wanted)
    child = fork()
    if child == 0:
        connection.close()
        become(arguments, folder, environment, streams)
        return arguments
    ended = os.pidfd_open(child)
    if ended not in select.select([ended, connection], [], [])[0]:
        os.kill(child, signal.SIGKILL)  # who asked for it is gone
    connection.send(b"%d" % os.waitpid(child, 0)[1])
    os._exit(0)


def become(
    arguments: list[str], folder: str, environment: dict[str, str], streams: list[int]
) -> None:
    """Take over what belongs to a process; start anew where Python has to see its environment."""
    os.chdir(folder)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    if early(environment) != early(os.environ):
        os.execve(sys.executable, [sys.executable, *arguments], environment)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin = reopened(sys.stdin, "r")
    sys.stdout = reopened(sys.stdout, "w")
    sys.stderr = reopened(sys.stderr, "w", buffering=1)


def early(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(EARLY)}


def reopened(stream, mode: str, buffering: int = -1):
    """A standard stream again, because Python remembers whether it is a file or a terminal."""
    given = {"encoding": stream.encoding, "errors": stream.errors, "closefd": False}
    return open(stream.fileno(), mode, buffering, **given)  # noqa: PTH123


def run(arguments: list[str]) -> None:
    """Do what Python does with -m MODULE or -c CODE, and what follows."""
    import runpy

    way, what, *rest = arguments
    sys.argv[:] = [way, *rest]
    if way == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(what, {"__name__": "__main__"})


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        import fastvec.cli  # noqa: F401

        run(forked(serve(socket.socket(fileno=int(sys.argv[2])))))
    else:
        ask(sys.argv[1], sys.argv[2:])
