"""Problems while they are being collected: all of a spec's mistakes are told at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field, replace

from reportgen.core.dataclass import dataclass
from reportgen.core.errors import Path, Place, Problem
from reportgen.core.similar import similar
from reportgen.plan.source import locate, locate_key
from reportgen.plan.types import Source


@dataclass
class Problems:
    """A growing list, each problem with its full path into the spec."""

    source: Source
    found: list[Problem] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.found)

    def add(
        self,
        code: str,
        message: str,
        path: Path,
        *,
        hint: str = "",
        help: str = "",
        key: bool = False,
    ) -> None:
        """One problem with the value at `path`, or (`key`) with the key itself."""
        self.take(Problem(code, message, path, hint=hint, help=help, key=key))

    def unknown(self, code: str, message: str, given: str, known: Iterable[str], path: Path,
                *, key: bool = False, help: str = "") -> None:  # fmt: skip
        """A name that is not among those there are: the nearest one is proposed."""
        names = [str(name) for name in known]
        listed = help or (f"there are: {', '.join(names[:40])}" if names else "")
        self.add(code, message, path, hint=nearest(given, names), help=listed, key=key)

    def take(self, problem: Problem) -> None:
        """A problem whose path is complete; the same one is told once."""
        placed = problem if problem.place else problem.at(self._place(problem))
        if placed not in self.found:
            self.found.append(placed)

    def take_all(self, problems: Iterable[Problem], *path: str | int) -> None:
        """Problems of something that stands at `path`."""
        for problem in problems:
            self.take(problem.under(*path))

    def _place(self, problem: Problem) -> Place:
        if problem.key:
            return locate_key(self.source, problem.path)
        return locate(self.source, problem.path, problem.offset, problem.length)

    def sorted(self) -> list[Problem]:
        """All problems in the order of the file."""
        places = {id(problem): problem.place or Place("", 0, 0) for problem in self.found}
        return sorted(
            self.found, key=lambda problem: (places[id(problem)].line, places[id(problem)].column)
        )


def closest(given: str, known: Iterable[str]) -> str | None:
    """The known name that is most like `given`, in any case; None where none is like it."""
    names = list(known)
    folded = {name.casefold(): name for name in names}
    if given.casefold() in folded:
        return folded[given.casefold()]
    return similar(given, names)


def nearest(given: str, known: Sequence[str]) -> str:
    """“did you mean `…`?” if something like it is known, else nothing."""
    near = closest(given, known)
    return f"did you mean `{near}`?" if near else ""


def without_offset(problem: Problem) -> Problem:
    """The same problem for a text that stands in the spec in another form (with `$name` in it)."""
    return replace(problem, offset=None, length=None)
