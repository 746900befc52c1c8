"""Reference cycles are collected in the thread of the window only."""

import gc

from PySide6.QtCore import QObject, QTimer

from bpviz.session.scheduling import numba_loader

INTERVAL_MS = 200


class GcTimer(QObject):
    """Does Python's cyclic garbage collection from a timer of the thread it lives in.

    Python collects in whichever thread happens to allocate. In the training thread that may
    destroy widgets, which Qt allows in the thread of the window only: it ends in warnings,
    crashes or a deadlock. Only one collector is needed for an application.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("garbage_collector")
        gc.disable()
        self._is_loading = False
        timer = QTimer(self, interval=INTERVAL_MS)
        timer.timeout.connect(self.collect)
        timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due, as Python itself would.

        Not while an engine is loaded: its half a million objects are there to stay.
        """
        was_loading, self._is_loading = self._is_loading, numba_loader.NUMBA_LOADER.loading
        if self._is_loading:
            return
        if was_loading:
            freeze()
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if thresholds[generation] and counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return


def freeze() -> None:
    """Never look again at what there is now.

    The modules, widgets and tables of a started program stay until its end, and looking at all
    of them would take several frames.
    """
    gc.freeze()
