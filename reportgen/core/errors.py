"""Every error that is raised on purpose.

    ReportgenError                    exit
    ├── UsageError                       2   the command line
    ├── SpecError                        2   the spec: carries all its problems
    ├── DataError                        3   a file, a column or a code is not what the spec says
    ├── FitError                         4   a model cannot be fitted; the report says so
    └── DocumentError                    5   the report cannot be written (no Pango, a full disk)

A wing that finds something wrong knows *what* (a Problem with a path into the spec, relative to
the thing it was given); the run knows *where* (the line) and fills in the Place. Foreign
exceptions are wrapped once, at the wing's edge, `from` their cause.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reportgen.core.dataclass import dataclass
from reportgen.core.sentences import Sentence


@dataclass(frozen=True)
class Place:
    """Where in a file: line and column count from 1; `text` is the whole source line."""

    file: str
    line: int
    column: int
    length: int = 1
    text: str = ""


Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in the spec's own words.

    `path` leads to the value at fault, relative to whatever the reporter was given (a recode
    reports `("map",)`; its caller puts `("datasets", "nhanes", "recodes", "smq")` in front).
    `said` is the message for a report in another language, where one may say it.
    `offset` and `length` point inside that value where it is a text (a name in a formula).
    `hint` stands beside the caret ("did you mean `BMXBMI`?"), `help` below ("write …").
    """

    code: str
    message: str
    path: Path = ()
    hint: str = ""
    help: str = ""
    offset: int | None = None
    length: int | None = None
    place: Place | None = None
    key: bool = False
    severity: str = "error"
    said: str | Sentence | None = None

    def under(self, *path: str | int) -> Problem:
        """The same problem seen from further up."""
        return replace(self, path=path + self.path)

    def at(self, place: Place) -> Problem:
        """The same problem, with its place in the file known."""
        return replace(self, place=place)


class ReportgenError(Exception):
    """The base: a list of problems and the exit code they lead to."""

    exit_code = 70

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))

    def __reduce__(self) -> tuple[type[ReportgenError], tuple[tuple[Problem, ...]]]:
        """Between processes an error travels with its problems."""
        return type(self), (self.problems,)

    def under(self, *path: str | int) -> ReportgenError:
        """The same error with `path` put in front of each problem's own."""
        return type(self)(problem.under(*path) for problem in self.problems)


class UsageError(ReportgenError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class SpecError(ReportgenError):
    """The spec is wrong; found before any data is read."""

    exit_code = 2


class DataError(ReportgenError):
    """The data are not what the spec says."""

    exit_code = 3


class FitError(ReportgenError):
    """A model cannot be fitted to these data."""

    exit_code = 4


class DocumentError(ReportgenError):
    """The report cannot be made or written."""

    exit_code = 5
