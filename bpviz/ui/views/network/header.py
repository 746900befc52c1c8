"""The words above the diagram: the instant or the phase, and the patterns."""

from bpviz.ui.views.network.labels import pattern_text
from bpviz.ui.views.network.pattern_pass import PatternPass


def header_words(pattern_pass: PatternPass) -> tuple[str, str]:
    """The title, which is the instant or the phase, and what follows it."""
    title, words = pattern_pass.instant, _filled_words(pattern_pass)
    cursor = pattern_pass.cursor
    if cursor is not None and cursor.position:
        number = f" ({cursor.pattern + 1:,} of {cursor.n_patterns:,})"
        which = f"pattern {pattern_text(pattern_pass.setup.patterns, cursor.row)}"
        title = cursor.phase_words
        words = f"{which}{number if cursor.n_patterns > 1 else ''} · {pattern_pass.under_way}"
    elif cursor is not None and cursor.change is None:
        words = "the first pattern is not presented yet"
    elif cursor is not None:
        title, words = "update", f"{_updated_by(pattern_pass)} · {pattern_pass.instant}"
    elif pattern_pass.updated is not None:
        words = f"updated by {_updated_by(pattern_pass)} · {words}"
    if pattern_pass.lacking:
        words = f"{pattern_pass.overlay.button} {pattern_pass.lacking}"
    return title, words


def _filled_words(pattern_pass: PatternPass) -> str:
    which = f"pattern {pattern_text(pattern_pass.setup.patterns, pattern_pass.row)}"
    if pattern_pass.drawn:
        which = "the drawing"
    words = f"units filled by {which}"
    if pattern_pass.responses:
        words = f"hidden units show their responses, others {which}"
    dead = pattern_pass.dead.words
    return f"{dead} · {words}" if dead else words


def _updated_by(pattern_pass: PatternPass) -> str:
    """The patterns of the last update: 'pattern 0 1 → 1', '10 patterns', 'all 4 patterns'."""
    rows, patterns = pattern_pass.updated, pattern_pass.setup.patterns
    if rows is None:
        whole = pattern_pass.setup.experiment.training.batch_size(len(patterns.train))
        return f"all {whole:,} patterns" if whole == len(patterns.train) else "its patterns"
    if len(rows) > 1:
        return f"{len(rows):,} patterns"
    return f"pattern {pattern_text(patterns, int(rows[0]))}"
