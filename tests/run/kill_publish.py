"""Run by `test_store.py`: ends a process right before each touch of a file while it publishes.

    kill_publish.py FOLDER swap|move

Prints for each touch what the folder then holds: `old`, `new`, or the files of a mixture; at the
end `whole`, when a last publication that nobody ended has left the new report and nothing else.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from reportgen.run.publish import store

OLD = {"results.json": b"old", "report.html": b"old", "tables/01-icc.csv": b"old"}
NEW = {"results.json": b"new", "report.html": b"new", "tables/02-fit.csv": b"new"}
MINE = {"mine.txt": b"mine"}
TOUCHES = ("open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "ctypes.dlsym")


def die_at(number: int) -> None:
    """End this process right before the n-th touch."""
    left = number

    def hook(event: str, _: tuple[object, ...]) -> None:
        nonlocal left
        if event in TOUCHES:
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def state(folder: Path) -> str:
    """Which report a folder holds beside the file of somebody else."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    for name, report in (("old", OLD), ("new", NEW)):
        if found == report | MINE:
            return name
    return " ".join(f"{name}={content.decode()}" for name, content in found.items())


def killed(folder: Path, number: int) -> bool:
    """Whether a child that published the new report over the old one was ended."""
    shutil.rmtree(folder.parent, ignore_errors=True)
    store.publish(folder, OLD)
    (folder / "mine.txt").write_bytes(MINE["mine.txt"])
    pid = os.fork()
    if not pid:
        die_at(number)
        store.publish(folder, NEW)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def main() -> None:
    """Every touch in turn, until there are no more."""
    folder = Path(sys.argv[1]) / "out" / "trial"
    if sys.argv[2] == "move":
        store.swap = lambda one, other: False
    number = 1
    while killed(folder, number):
        print(state(folder))
        number += 1
    assert number > 20
    store.publish(folder, OLD)
    store.publish(folder, NEW)
    assert state(folder) == "new", state(folder)
    assert [path.name for path in folder.parent.iterdir()] == ["trial"]
    print("whole")


if __name__ == "__main__":
    main()
