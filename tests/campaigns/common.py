"""What the campaigns share: how long they go on, what they found, and one line of figures."""

import json
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any


def wait(milliseconds: float) -> None:
    """Let the event loop and the training thread run for so long."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(milliseconds), loop.quit)
    loop.exec()


def until(met: Callable[[], bool], seconds: float = 300.0) -> None:
    """Let the event loop run until the condition holds. Raises TimeoutError.

    It is so long because that is to be a fault, not a busy machine.
    """
    deadline = monotonic() + seconds
    while not met():
        if monotonic() > deadline:
            raise TimeoutError(f"not met after {seconds:g} s")
        wait(5)


@dataclass
class Budget:
    """How much a campaign does: so many tries, or so many seconds, whichever ends first."""

    tries: int
    seconds: float
    seed: int
    began: float = field(default_factory=monotonic)

    def goes_on(self, done: int) -> bool:
        """Whether there is another try."""
        return done < self.tries and monotonic() < self.began + self.seconds

    def end(self) -> None:
        """Have no further try."""
        self.tries = 0


@dataclass
class Findings:
    """What came of a campaign: tries, faults by their signature, and figures to print."""

    name: str
    tried: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    details: dict[str, str] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    def fault(self, signature: str, detail: str = "") -> None:
        """Note a fault; the detail of the first one of its kind is kept."""
        self.faults[signature] += 1
        self.details.setdefault(signature, detail)

    def exception(self, error: BaseException, detail: str) -> None:
        """Note an exception that should have been a sentence."""
        places = [f for f in traceback.extract_tb(error.__traceback__) if "bpviz" in f.filename]
        where = f"{places[-1].filename.rpartition('/')[2]}:{places[-1].lineno}" if places else "?"
        text = "".join(traceback.format_exception(error))
        self.fault(f"{type(error).__name__} at {where}", f"{detail}\n{text[-4000:]}")

    def report(self) -> str:
        """One line of figures, and below it the first example of every fault."""
        head = {"campaign": self.name, "tried": self.tried, "faults": sum(self.faults.values())}
        lines = [json.dumps(head | self.figures, ensure_ascii=False)]
        for signature, count in self.faults.most_common():
            lines.append(f"--- {count} times: {signature}\n{self.details[signature]}")
        return "\n".join(lines)
