"""What the window does without until it is on the screen."""

import json
import os
import subprocess
import sys

PROGRAM = """
import json, os, sys
sys.argv = ["bpviz"]

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "bpviz.app":
            sys.meta_path.remove(self)
            import bpviz.ui.main_window as module
            show = module.MainWindow.show
            def shown(window):
                window.first_frame_shown.connect(lambda: told(window))
                show(window)
            module.MainWindow.show = shown
        return None

def told(window):
    seen = [v.objectName() for v in window.views.values() if v.isVisible()]
    print(json.dumps({"modules": sorted(sys.modules), "seen": seen}))
    window.close()

sys.meta_path.insert(0, Finder())
from bpviz.__main__ import main
sys.exit(main())
"""

HEAVY = {"numba", "scipy", "ziamath", "PIL", "rich", "qtawesome", "numpy.ma", "tqdm", "torch"}


def test_the_first_painted_window_is_the_real_one_and_imports_nothing_heavy(
    tmp_path: os.PathLike[str],
) -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {"view_network", "view_loss", "view_activations", "view_output"} <= set(told["seen"])
    assert not HEAVY & set(told["modules"])
