"""What results depend on: the code that computes them, and no other."""

from __future__ import annotations

import ast
from pathlib import Path

from reportgen.run.kept.keys import COMPUTING, HOME, code_digest

PLAN = "plan"  # what was asked for is in a key by itself: the options after parsing


def imported(path: Path) -> set[str]:
    """Modules of reportgen that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("reportgen"):
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return found


def place(module: str) -> Path | None:
    below = HOME.joinpath(*module.split(".")[1:])
    candidates = (below.with_suffix(".py"), below / "__init__.py")
    return next((each for each in candidates if each.is_file()), None)


def test_a_result_depends_on_all_code_that_a_fit_can_load():
    """All that the worker and the subgroups import, and what that imports, is in the key."""
    seen: set[Path] = set()
    todo = [HOME / "run/queues/worker.py", HOME / "run/subgroups.py", HOME / "data/prepare.py"]
    while todo:
        path = todo.pop()
        if path in seen or path.is_relative_to(HOME / PLAN):
            continue
        seen.add(path)
        todo += [found for name in imported(path) if (found := place(name)) is not None]
    outside = {
        name
        for path in seen
        if (name := path.relative_to(HOME).as_posix()) not in COMPUTING
        and name.partition("/")[0] not in COMPUTING
    }
    assert outside <= {"__init__.py", "run/__init__.py"}


def test_code_that_only_shows_is_no_part_of_it(tmp_path):
    """A changed writer gives the same digest, a changed model another, and so does a new one."""
    for name in ("models/ols.py", "run/queues/worker.py", "run/watch.py", "writers/html.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one = 1\n")
    parts = ("models", "run/queues/worker.py")
    before = code_digest(tmp_path, parts, (".py",))
    (tmp_path / "writers/html.py").write_text("one = 2\n")
    (tmp_path / "run/watch.py").write_text("one = 2\n")
    assert code_digest(tmp_path, parts, (".py",)) == before
    assert code_digest(tmp_path, [""], (".py",)) != before
    (tmp_path / "models/gls.py").write_text("one = 1\n")
    added = code_digest(tmp_path, parts, (".py",))
    assert added != before
    (tmp_path / "run/queues/worker.py").write_text("one = 3\n")
    assert code_digest(tmp_path, parts, (".py",)) not in (before, added)
