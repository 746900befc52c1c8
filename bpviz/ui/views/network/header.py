"""The words above the diagram: the instant or the phase, and the patterns."""

from bpviz.ui.views.network.labels import pattern_text
from bpviz.ui.views.network.pattern_pass import PatternPass


def header_words(pattern_pass: PatternPass) -> tuple[str, tuple[str, ...]]:
    """The title, which is the instant or the phase, and what follows it, in ever fewer words."""
    title, texts = pattern_pass.instant, _filled_texts(pattern_pass)
    cursor = pattern_pass.cursor
    if cursor is not None and cursor.position:
        number = f" ({cursor.pattern + 1:,} of {cursor.n_patterns:,})"
        which = f"pattern {pattern_text(pattern_pass.setup.patterns, cursor.row)}"
        title = cursor.phase_words
        words = f"{which}{number if cursor.n_patterns > 1 else ''} · {pattern_pass.under_way}"
        texts = words, f"{which} · {pattern_pass.under_way}", which
    elif cursor is not None and cursor.change is None:
        texts = ("the first pattern is not presented yet",)
    elif cursor is not None:
        title, updated = "update", _updated_by(pattern_pass)
        texts = f"{updated} · {pattern_pass.instant}", updated
    elif pattern_pass.updated is not None:
        updated = f"updated by {_updated_by(pattern_pass)}"
        texts = *(f"{updated} · {text}" for text in texts), updated
    if pattern_pass.lacking:
        texts = (f"{pattern_pass.overlay.button} {pattern_pass.lacking}",)
    return title, texts


def _filled_texts(pattern_pass: PatternPass) -> tuple[str, ...]:
    which = f"pattern {pattern_text(pattern_pass.setup.patterns, pattern_pass.row)}"
    if pattern_pass.drawn:
        which = "the drawing"
    texts: tuple[str, ...] = f"units filled by {which}", which
    if pattern_pass.responses:
        long = f"hidden units show their responses, others {which}"
        texts = long, f"responses, others {which}", f"responses, {which}"
    if dead := pattern_pass.dead.words:
        texts = *(f"{dead} · {text}" for text in texts), dead
    return texts


def _updated_by(pattern_pass: PatternPass) -> str:
    """The patterns of the last update: 'pattern 0 1 → 1', '10 patterns', 'all 4 patterns'."""
    rows, patterns = pattern_pass.updated, pattern_pass.setup.patterns
    if rows is None:
        whole = pattern_pass.setup.experiment.training.batch_size(len(patterns.train))
        return f"all {whole:,} patterns" if whole == len(patterns.train) else "its patterns"
    if len(rows) > 1:
        return f"{len(rows):,} patterns"
    return f"pattern {pattern_text(patterns, int(rows[0]))}"
