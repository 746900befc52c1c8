"""The text of a lesson's step."""

from bpviz.lessons.model import Lesson, LessonStep

ANSWER = "Answer"
"""The heading of an answer."""


def step_markdown(lesson: Lesson, step: LessonStep, first: bool, revealed: bool) -> str:
    """The step as one Markdown text."""
    parts = [step.text]
    if step.try_it:
        parts.append(f"**Try**\n\n{step.try_it}")
    if step.question:
        parts.append(f"**Question**\n\n{step.question}")
    if step.question and revealed:
        parts.append(f"**{ANSWER}**\n\n{step.answer}")
    if first and lesson.sources:
        parts.append("**Sources**\n\n" + "\n".join(f"* {source}" for source in lesson.sources))
    return "\n\n".join(parts)
