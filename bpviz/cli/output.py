"""What commands print: results on standard output, sentences on standard error."""

import os
import sys


class OutputLost(Exception):
    """Standard output takes no more text; a sentence, empty if its reader has gone."""


def prepare_streams() -> None:
    """Let both streams replace characters that their encoding lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def tell(text: str) -> None:
    """Print a result on standard output, at once. Raises OutputLost."""
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
    """Have what is still buffered go nowhere: Python flushes once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(sentence: str) -> None:
    """Print a sentence on standard error; where that is closed or full, it is lost."""
    if sys.stderr is not None:
        try:
            sys.stderr.write(sentence + "\n")
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
