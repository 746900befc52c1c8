"""What a person might type, paste, press and open in a round of random acts."""

from pathlib import Path

from tests.campaigns.file_kinds import KINDS

TEXTS = [
    "", " ", "abc", "1e999", "nan", "-inf", "0", "-0", "1,5", "1,000", "0x10", "1e-320", "½", "1_0",
    "😀" * 5, "\u202eabc", "\x00", "%s%n", "{0}", "<img src='/dev/zero'>", "../../x", "/dev/zero",
    "w[1,2]", "x1 -> h1", "h1", "9**9**9", "sin(x", "1/0*x", "9" * 5000, "x" * 20_000, "4,2", "-3",
    "4:tanh,2:relu", "3,3,3,3,3,3,3,3,3", "18446744073709551616", "1e12", "0.5", "3", "100",
]  # fmt: skip
CLIPBOARD = [
    "0\t1\t1\n1\t0\t1\n", "a\tb\tc", "\t\t\n\t", "nan\tinf\t0", "x" * 50_000, "\n" * 1000,
    "1\t" * 3000, "\n".join("0\t1\t1" for _ in range(3000)), "1,5\t2,5\t0", "b1.xxxx", "b2.", "",
]  # fmt: skip
KEYS = [
    "Space", "Left", "Right", "Up", "Down", "Return", "Escape", "Tab", "Backtab", "Delete", "Home",
    "End", "PageUp", "PageDown", "P", "A", "F1", "F2", "F10", "Menu",
]  # fmt: skip
FILES = {
    "good.csv": "a,b,c\n" + "".join(f"{i % 3},{i % 5},{i % 2}\n" for i in range(60)),
    "classes.csv": "x;y;art\n"
    + "".join(f"{i / 7:.3f};{i % 9};{'abc'[i % 3]}\n" for i in range(90)),
    "ragged.csv": "a,b,c\n1,2,3\n1,2\n",
    "empty.csv": "",
    "huge.csv": "a,b\n1e300,1e300\n-1e300,2\n1e-320,0\n",
    "wide.csv": "\n".join(",".join(str(i * j % 7) for i in range(300)) for j in range(40)),
    "html.csv": "<b>a</b>,<img src=x>,&amp;\n1,2,0\n2,3,1\n4,5,1\n",
    "bad.toml": "title = 1\n",
    "good.toml": """
title = "<b>A lesson</b>"
summary = "![x](/dev/zero)"
minutes = 1
[[step]]
title = "One"
text = "<img src='/dev/zero'> ![x](formula:99) [link](file:///etc/passwd)"
[step.experiment]
problem = "xor"
hidden = [{ size = 2, activation = "tanh" }]
[[step]]
title = "Two"
text = "$x_{h1}$ and $\\frac$"
[step.experiment]
problem = "circle"
[step.state]
epochs = 3
choices = { loss = { scale = "no such scale", nothing = 1 }, output = { mode = "table" } }
show = ["loss", "output"]
""",
}


def write_files(folder: Path) -> list[str]:
    """Write FILES and a good file of every kind that bpviz reads; their names."""
    names = list(FILES)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    for kind, row in KINDS.items():
        (folder / file_name(kind)).write_bytes(row.examples()[0])
        names.append(file_name(kind))
    return names


def file_name(kind: str) -> str:
    """The name of the good file of a kind."""
    return kind.replace(" ", "-") + KINDS[kind].ending
