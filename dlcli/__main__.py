"""The entry: fast paths first, then the app; every error becomes one message and one exit code."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import time

TYPE_CHECKING = False  # type checkers know the name; importing typing would cost more than the fast paths do
if TYPE_CHECKING:
    from dlcli.core.errors import DlcliError

# Flags of every command, accepted anywhere: `dlcli --json runs ls` is `dlcli runs ls --json`.
ANYWHERE = ("--json", "--jsonl", "-q", "--quiet", "--debug")


def main(argv: list[str] | None = None) -> None:
    """Run ``dlcli`` and exit.

    Effects: ends the process with the exit code of the command.
    """
    argv = sys.argv[1:] if argv is None else argv
    for name in ("stdout", "stderr"):  # closed by the caller (`>&-`): Python has none, and nobody listens
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - as long as the process
    if sys.stdout.errors in ("strict", "surrogateescape"):  # a file's name may be no text; JSON reads `\\udcff` back
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if argv == ["--version"]:
        from dlcli import __version__

        try:
            print(f"dlcli {__version__}", flush=True)  # noqa: T201
        except OSError:  # a closed pipe, a full disk: said below, as for every command
            sys.exit(_flushed(run(argv)))
        return
    if argv[:1] == ["__complete"]:
        from dlcli.core import complete

        complete.answer(argv[1:])
        return
    # Imports make much and drop little: looking for garbage meanwhile costs a tenth of the start. cli/app.py turns it
    # on again once the words are parsed.
    gc.disable()
    interrupt = Interrupt()
    try:
        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, interrupt.terminate)
        code = _flushed(run(argv, interrupt))
    except KeyboardInterrupt:  # so early that nothing had begun
        code = interrupt.code
    # All is said and saved: a further Ctrl-C must not make the interpreter's own clean-up complain.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # A library's C code may have noted the interrupt, and Python would end with another code; the threads that talk to
    # other processes do not outlast an orderly end.
    if interrupt.seen or os.environ.get("WORLD_SIZE", "1") != "1":
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _flushed(code: int) -> int:
    """Return the exit code once stdout is empty; what cannot be written (and was told) must not be tried at exit again.

    The interpreter's own last flush would fail too, say so in its words and end with 120.
    """
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code or 1
    return code


class Interrupt:
    """Python's own answer to Ctrl-C, remembered: a library in the middle of its import may make another error of it.

    The same Ctrl-C may come twice, from the terminal and from a launcher; within half a second it is one.
    """

    seen = False
    code = 130
    _seen_s = 0.0

    def __init__(self) -> None:
        self._process = os.getpid()

    def __call__(self, *_: object) -> None:
        """Take the signal."""
        now = time.monotonic()
        if not self.seen or now - self._seen_s >= 0.5:
            self.seen, self._seen_s = True, now
            raise KeyboardInterrupt

    def terminate(self, number: int, _: object) -> None:
        """Take SIGTERM as Ctrl-C with a code of its own, so that half-written files go before the process does.

        A second one ends it at once, and so does the first in a process that a library made of this one.
        """
        if self.seen or os.getpid() != self._process:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        self.seen, self.code = True, 143
        raise KeyboardInterrupt


def run(argv: list[str], interrupt: Interrupt | None = None) -> int:
    """Run a command line; returns its exit code."""
    from dlcli.core.errors import DlcliError, Exit, Told

    argv = _flags_last(argv)
    # Looking for plugins of pydantic reads the metadata of every installed package, at each start.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        if "--json" in argv or "--jsonl" in argv or "NO_COLOR" in os.environ or not sys.stdout.isatty():
            os.environ.setdefault("TYPER_USE_RICH", "0")  # read once, when Typer is imported
        from dlcli.cli.app import app

        code = app(args=argv, prog_name="dlcli", standalone_mode=False)
        sys.stdout.flush()
        if code == Exit.INTERRUPTED and interrupt:  # Typer's word for either signal
            return interrupt.code
        return int(code) if isinstance(code, int) else Exit.OK
    except BrokenPipeError:
        return _unread()
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # Typer's own answer to a closed pipe is 1
            return _unread()
        raise
    except KeyboardInterrupt:
        return interrupt.code if interrupt else Exit.INTERRUPTED
    except Told as error:
        return int(error.code)
    except DlcliError as error:
        return _failed(error, argv)
    except ModuleNotFoundError as error:
        if interrupt and interrupt.seen:
            return interrupt.code
        return _failed(_missing(error), argv, error)
    except Exception as error:
        return interrupt.code if interrupt and interrupt.seen else _other(error, argv)


def _unread() -> int:
    """End quietly when nobody reads any more; the interpreter must not complain either when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 141


def _flags_last(argv: list[str]) -> list[str]:
    """Move the flags that every command has behind the words of the command."""
    end = argv.index("--") if "--" in argv else len(argv)
    head, tail = argv[:end], argv[end:]
    return [w for w in head if w not in ANYWHERE] + list(dict.fromkeys(w for w in head if w in ANYWHERE)) + tail


def _failed(error: DlcliError, argv: list[str], cause: BaseException | None = None) -> int:
    """Print a known failure on stderr: the message, what to do, with ``--debug`` how it came, or one JSON document."""
    trace = _traceback(cause or error) if "--debug" in argv else ""
    if "--json" in argv or "--jsonl" in argv:
        import json

        doc = error.document()
        if trace:
            doc["error"]["traceback"] = trace
        text = json.dumps(doc, ensure_ascii=False)
    else:
        text = f"{trace}dlcli: {error.message}" + (f"\n  → {error.hint}" if error.hint else "")
    try:
        print(text, file=sys.stderr)  # noqa: T201
    except OSError:  # nobody reads; the exit code says it
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - what could not be written must not be tried again
    if "DLCLI_TELL" in os.environ:  # one of several processes: its launcher need not speak for it
        from dlcli.core import launch

        launch.tell("said")
    return int(error.code)


def _missing(error: ModuleNotFoundError) -> DlcliError:
    from dlcli.core.errors import MissingError

    name = (error.name or "?").partition(".")[0]
    return MissingError(
        f"the Python package {name!r} is not installed", f"pip install {name}, or reinstall dlcli-toolkit"
    )


def _other(error: Exception, argv: list[str]) -> int:
    from dlcli.core.errors import DeviceError, Exit, RunFailed, UsageError

    if hasattr(error, "exit_code") and hasattr(error, "format_message"):  # Typer's usage errors, whatever their class
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "dlcli"
        message = error.format_message() or "nothing was asked for"
        # A group without a command shows its help, or takes the flags of its commands for options of its own.
        flag = getattr(error, "option_name", "") in ANYWHERE and hasattr(getattr(context, "command", None), "commands")
        if flag or message.lstrip().startswith("Usage:"):
            message = f"which command? {path} COMMAND"
        return _failed(UsageError(message[:1].lower() + message[1:], f"{path} --help"), argv, error)
    if type(error).__name__ == "Abort":
        return Exit.INTERRUPTED
    if isinstance(error, OSError) and error.errno == 28:
        full = f"no space left on the disk: {error.filename or error}"
        return _failed(RunFailed(full, "free some space"), argv, error)
    if isinstance(error, MemoryError):
        return _failed(DeviceError("not enough memory", "give it less at a time, or more memory"), argv, error)
    what = f"unexpected error ({type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''})"
    if "--debug" in argv:
        return _failed(RunFailed(what, "this is a bug of ours"), argv, error)
    place = _saved_traceback(error)
    hint = f"the traceback is in {place}" if place else "--debug says more"
    return _failed(RunFailed(what, f"this is a bug of ours; {hint}"), argv)


def _traceback(error: BaseException) -> str:
    """Return how an error came, with its causes; the values of variables are left out, they may be secret."""
    import traceback

    cause: BaseException | None = error
    while cause is not None:
        cause.__suppress_context__ = False  # `from None` keeps messages short; here all is wanted
        cause = cause.__cause__ or cause.__context__
    return "".join(traceback.format_exception(error))


def _saved_traceback(error: Exception) -> str:
    import tempfile

    try:
        with tempfile.NamedTemporaryFile("w", prefix="dlcli-", suffix=".txt", delete=False, encoding="utf-8") as file:
            file.write(_traceback(error))
    except OSError:  # nowhere to write
        return ""
    return file.name


if __name__ == "__main__":
    main()
