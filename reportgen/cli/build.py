"""`reportgen build`: the report of each spec, all through one queue."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from reportgen.cli.request import kept, request
from reportgen.cli.specs import read, settings
from reportgen.cli.telling import Json, Telling, Text
from reportgen.core.dataclass import dataclass
from reportgen.core.errors import FitError, Problem, ReportgenError, UsageError
from reportgen.plan.matrix import overridden
from reportgen.plan.types import Plan
from reportgen.run.engine import build
from reportgen.run.fits import Progress
from reportgen.run.kept.cache import Cache
from reportgen.run.matrix import Variant, variants
from reportgen.run.outcome import Outcome
from reportgen.run.queues.crew import Crew, can_fork
from reportgen.run.queues.queue import Here, Queue
from reportgen.run.queues.stream import Steps, stream
from reportgen.run.readings import Readings
from reportgen.writers import WRITERS


@dataclass(frozen=True)
class Built:
    """A report that was written; `warned`: what `--strict` does not let pass."""

    spec: Path
    outcome: Outcome
    warned: tuple[Problem, ...] = ()

    @property
    def code(self) -> int:
        """The exit code that it leads to."""
        return 0 if self.outcome.holds and not self.warned else FitError.exit_code


@dataclass(frozen=True)
class Common:
    """What the reports of one spec share: a cache, and what was read. `plan` is that of the only
    report, where there is one alone.
    """

    cache: Path | None
    readings: Readings | None = None
    plan: Plan | None = None


def run(options: Namespace) -> int:
    """Build every spec; the highest exit code of all. One that fails does not stop the others."""
    telling: Telling = Json() if options.format == "json" else Text()
    code, waiting, following = 0, dict[int, Built | ReportgenError](), 0
    anew = False
    with closing(_queue(options)) as queue, _common(options) as folder:
        reports = (
            each for path in options.spec for each in _reports(path, options, telling, folder)
        )
        for number, built in stream(reports, queue):
            waiting[number] = built
            anew = anew or (isinstance(built, Built) and not built.outcome.unchanged)
            while following in waiting:  # they are told in the order of the specs
                code = max(code, _told(waiting.pop(following), telling))
                following += 1
    telling.end()
    if anew:
        Cache(kept(options)).trim()
    return code


@contextmanager
def _common(options: Namespace) -> Iterator[Path]:
    """Where reports find each other's results, even if none are kept."""
    own = kept(options)
    if own is not None:
        yield own
        return
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="reportgen-") as folder:
        yield Path(folder)


def _queue(options: Namespace) -> Queue:
    """Where the work of all reports is done."""
    if options.scheduler is not None:
        from reportgen.run.queues.cluster import Cluster

        return Cluster(options.scheduler)
    return Crew(options.jobs) if options.jobs > 1 and can_fork() else Here()


def _told(built: Built | ReportgenError, telling: Telling) -> int:
    """The exit code of a report that was told of."""
    if isinstance(built, ReportgenError):
        telling.wrong(built.problems)
        return built.exit_code
    outcome = built.outcome
    telling.wrong((*outcome.problems, *built.warned, *outcome.remarks))
    telling.built(built.spec, outcome)
    return built.code


def _reports(
    path: Path, options: Namespace, telling: Telling, folder: Path
) -> Iterator[Steps[Built]]:
    """The one report of a spec, or with a matrix one for each combination: these share what they
    read, and the cache in `folder`.
    """
    try:
        plan = read(path, options)
        given = {**settings(options.matrix, "--matrix"), **_fixed(plan, options)}
        axes = overridden(plan.axes, given)
        found = variants(plan, axes, request(path, plan, options).reach)
    except ReportgenError as error:
        yield _wrong(error)
        return
    only = plan if not found[0].values else None
    common = Common(folder, Readings()) if len(found) > 1 else Common(kept(options), plan=only)
    for number, variant in enumerate(found, 1):
        name = f"{number}/{len(found)} {variant.folder}" if variant.folder else ""
        yield _report(path, variant, options, telling.progress(name), common)


def _wrong(error: ReportgenError) -> Steps[Built]:
    """A report that cannot even be begun."""
    yield from ()
    raise error


def _fixed(plan: Plan, options: Namespace) -> dict[str, str]:
    """Names of the matrix that `--set` gives one value."""
    names = {axis.name for axis in plan.axes}
    return {name: value for name, value in settings(options.set).items() if name in names}


def _report(
    path: Path, variant: Variant, options: Namespace, progress: Progress, common: Common
) -> Steps[Built]:
    plan = _formats(common.plan or read(path, options, variant.values), options.formats)
    folder = options.out / path.stem / variant.folder
    asked = request(path, plan, options, folder)
    asked = replace(asked, cache=common.cache, readings=common.readings)
    outcome = yield from build(plan, asked, progress)
    strict = (*outcome.warnings, *_literals(plan, folder)) if options.strict else ()
    return Built(path, outcome, strict)


def _literals(plan: Plan, folder: Path) -> list[Problem]:
    """Numbers in prose that are results of this build."""
    from reportgen.run.literals import found_records, literals

    return [problem for record in found_records(folder) for problem in literals(plan, record)]


def _formats(plan: Plan, wanted: str | None) -> Plan:
    if wanted is None:
        return plan
    names = tuple(name.strip() for name in wanted.split(",") if name.strip())
    unknown = [name for name in names if name not in WRITERS]
    if names and not unknown:
        return replace(plan, output=replace(plan.output, formats=names))
    listed = f"formats are {', '.join(WRITERS)}"
    if not names:
        raise UsageError(Problem("unknown-format", "`--formats` names no format", help=listed))
    message = f"there is no format `{unknown[0]}`"
    raise UsageError(Problem("unknown-format", message, help=listed))
