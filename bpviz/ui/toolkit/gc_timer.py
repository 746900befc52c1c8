"""Cyclic garbage collection in the GUI thread only."""

import gc

from PySide6.QtCore import QObject, QTimer

from bpviz.session.scheduling import numba_loader

INTERVAL_MS = 200


class GcTimer(QObject):
    """Runs Python's cyclic garbage collection from a timer of the thread that it lives in.

    Python collects in whichever thread happens to allocate. In the training thread this may
    destroy widgets, which Qt allows in the GUI thread only: warnings, crashes or a deadlock
    follow. An application needs one instance.
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
        """Collect the oldest generation that is due, as Python's own collector does.

        Nothing is collected while an engine is loaded: it allocates half a million objects that
        stay.
        """
        loading = any(loader.loading for loader in numba_loader.loaders())
        was_loading, self._is_loading = self._is_loading, loading
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
    """Exclude all objects that exist now from further collections.

    The modules, widgets and tables of a started program stay until its end, and visiting all
    of them takes several frames.
    """
    gc.freeze()
