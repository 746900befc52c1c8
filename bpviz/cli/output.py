"""Output of commands: results on standard output, messages on standard error."""

import os
import sys


class OutputLost(Exception):
    """Standard output cannot be written; the message is empty if its reader has closed it."""


def prepare_streams() -> None:
    """Let both streams replace characters that their encoding lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def write_result(text: str) -> None:
    """Print a result on standard output and flush it. Raises OutputLost."""
    if sys.stdout is None:
        raise OutputLost("The output could not be written: standard output is closed.")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        raise OutputLost("") from None
    except OSError as error:
        from bpviz.sharing.atomic_files import reason_of

        _discard_output()
        raise OutputLost(f"The output could not be written: {reason_of(error)}.") from None


def _discard_output() -> None:
    """Discard what is still buffered: Python flushes again when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_message(sentence: str) -> None:
    """Print a message on standard error; it is lost if that is closed or full."""
    if sys.stderr is not None:
        try:
            sys.stderr.write(sentence + "\n")
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
