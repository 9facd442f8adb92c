"""A build whose fits are made by a Dask cluster: real processes, some of which are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from reportgen.core.errors import DataError, DocumentError, Problem, UsageError
from reportgen.core.limits import most, raised
from reportgen.models import MODELS
from reportgen.run.facts import versions
from reportgen.run.likeness import THREADS, likeness
from reportgen.run.queues import cluster as queue
from reportgen.run.queues import connect
from reportgen.run.queues.queue import Rows, Task

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its processes are forked")

MORTAL = """\
import os, signal
from pathlib import Path

from reportgen.models.regression.ols import Ols

ENDS = Path(__file__).parent / "ends"


class Mortal(Ols):
    '''Kills its process as often as there are bytes in a file.'''

    def fit(self, options, frame, start=None):
        left = ENDS.stat().st_size
        if left:
            os.truncate(ENDS, left - 1)
            os.kill(os.getpid(), signal.SIGKILL)
        return super().fit(options, frame, start)
"""


class Cluster:
    """A scheduler and as many workers as are wanted."""

    def __init__(self, folder: Path) -> None:
        self.ends = folder / "ends"
        environment = {
            **os.environ, "PYTHONPATH": str(folder), "DASK_TEMPORARY_DIRECTORY": str(folder),
            **dict.fromkeys(THREADS, "1"),
        }  # fmt: skip
        self.log = (folder / "log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "cluster_process.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env=environment,
        )  # fmt: skip
        process, self.address = self.process.stdout.readline().split()
        self.scheduler = int(process)

    def hire(self) -> str:
        """The address of one more worker."""
        self.process.stdin.write("one more\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def set(self, **settings) -> int:
        """Settings of the scheduler; how many workers it has."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            return client.run_on_scheduler(_set, settings=settings)


def _set(dask_scheduler, settings):
    vars(dask_scheduler).update(settings)
    return len(dask_scheduler.workers)


@pytest.fixture(scope="module")
def plugin(tmp_path_factory):
    """A folder with an installed package that brings a kind of model."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "mortal.py").write_text(MORTAL)
    (folder / "ends").touch()
    about = folder / "mortal-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: mortal\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[reportgen.models]\nmortal = mortal:Mortal\n")
    return folder


@pytest.fixture(scope="module")
def running(plugin):
    made = Cluster(plugin)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def like_workers(plugin, monkeypatch):
    """This process has the plugin and the threads that workers have, and looks often."""
    monkeypatch.setattr(queue, "LOOK", 0.05)
    monkeypatch.syspath_prepend(plugin)
    for name in THREADS:
        monkeypatch.setenv(name, "1")
    MODELS.__dict__.pop("targets", None)
    likeness.cache_clear()
    yield
    MODELS.__dict__.pop("targets", None)
    likeness.cache_clear()


@pytest.fixture
def cluster(running):
    """Two workers at least."""
    for _ in range(2 - running.set(allowed_failures=3)):
        running.hire()
    return running


@pytest.fixture
def mortal(project):
    """The project with two more models: one of them alone has its dataset."""
    project.replace(
        "models:\n",
        "  other:\n    source: {path: trial.csv}\n    columns: {y: Outcome, x: Dose}\n"
        "    sample:\n      - {where: x > 0, label: Positive}\nmodels:\n"
        "  mortal: {kind: mortal, formula: y ~ x, data: other}\n"
        "  after: {kind: gee, formula: y ~ x, data: trial, groups: site, start: gee}\n",
    )
    project.replace("    formula: y ~ x\n", "    formula: y ~ x\n    data: trial\n")
    project.replace("[ols, gee]", "[ols, gee]\n  - {table: describe, data: trial, columns: [y, x]}")
    return project


def test_the_report_is_the_same_in_every_byte(cluster, mortal, monkeypatch, capfd):
    """Though a worker is killed in the middle, and rows are lost with it. Nothing is told of that,
    and the processes that fitted are not this one.
    """
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert mortal.build("--no-cache") == 0
    alone, lines = mortal.files(), sorted(_bare(capfd.readouterr().err))
    cluster.ends.write_text(".")
    before = cluster.set()
    assert mortal.build("--no-cache", "--scheduler", cluster.address) == 0
    assert cluster.ends.read_text() == ""
    assert cluster.set() == before - 1
    assert mortal.files() == alone
    assert sorted(_bare(capfd.readouterr().err)) == lines


def _bare(err: str) -> list[str]:
    """Lines of progress without their numbers and seconds."""
    return [line.partition("]")[2].rpartition("  ")[0] or line for line in err.splitlines()]


def test_a_model_that_kills_its_workers_is_given_up(cluster, mortal, capfd):
    """It is shown as failed, as it would be on one machine; those that were at work beside it, and
    all others, are fitted.
    """
    cluster.set(allowed_failures=0)
    cluster.hire()
    cluster.ends.write_text("..")
    assert mortal.build("--scheduler", cluster.address) == 4
    assert "model `mortal`: the process that fitted it was killed twice" in capfd.readouterr().err
    models = json.loads(mortal.models())
    assert [name for name, model in models.items() if model["status"] == "failed"] == ["mortal"]
    assert list(models) == ["mortal", "after", "ols", "gee"]
    assert mortal.build("--scheduler", cluster.address) == 0  # another time it may be fitted


def wrong(frame, name):
    raise DataError(Problem("bad", f"{name} {most('levels')} {frame}"))


def broken(frame):
    return 1 / frame


def test_errors_and_bounds_travel(cluster):
    """A worker has the bounds of the command line; its error arrives with its problems."""
    task = Task(wrong, ("levels",), "k", 1.0, Rows("rows"))
    with closing(queue.Cluster(cluster.address)) as made, raised({"levels": 7}):
        made.put("a", task)
        done = made.get()
    assert isinstance(done.value, DataError)
    assert done.value.problems[0].message == "levels 7 rows"


def test_an_error_that_nobody_meant_is_raised_here(cluster):
    with closing(queue.Cluster(cluster.address)) as made:
        made.put("a", Task(broken, (), "k", 1.0, Rows(0)))
        with pytest.raises(ZeroDivisionError):
            made.get()


def where(*_):
    return os.getpid()


def test_rows_are_sent_once(cluster, monkeypatch):
    """Under the name of their content; what needs no rows stays here; an interruption calls back
    what is at work.
    """
    from distributed import Client

    sent = []
    submit = Client.submit

    def counted(self, *given, key=None, **more):
        sent.append(key)
        return submit(self, *given, key=key, **more)

    monkeypatch.setattr(Client, "submit", counted)
    rows = Rows("rows", "content")
    with closing(queue.Cluster(cluster.address)) as made:
        for number in range(5):
            made.put(number, Task(where, (), "k", 1.0, rows))
        made.put("own", Task(where, (), "k", 1.0))
        done = {each.ticket: each.value for each in (made.get() for _ in range(6))}
        assert sent.count("reportgen-rows-content") == 1
        assert done.pop("own") == os.getpid()
        assert os.getpid() not in done.values()
        made.put("late", Task(where, (), "k", 1.0, rows, begun=_interrupt))
        with pytest.raises(KeyboardInterrupt):
            made.get()


def _interrupt():
    raise KeyboardInterrupt


def _otherwise(monkeypatch):
    """Another statsmodels, in this process alone."""
    known = {**versions(), "statsmodels": "0.0.1"}
    monkeypatch.setattr("reportgen.run.likeness.versions", lambda: known)
    likeness.cache_clear()


def test_a_worker_that_is_different_is_refused(cluster, monkeypatch, project, capfd):
    """Before anything is sent, with what differs."""
    there = likeness()["statsmodels"]
    _otherwise(monkeypatch)
    assert project.build("--no-cache", "--scheduler", cluster.address) == 2
    err = capfd.readouterr().err
    assert f"it has statsmodels {there}, here 0.0.1" in err
    assert not project.out.exists()


def test_a_worker_that_came_later_is_asked_too(cluster, monkeypatch):
    """Each process proves itself before it does anything."""
    with closing(queue.Cluster(cluster.address)) as made:
        made.put(0, Task(where, (), "k", 1.0, Rows("rows")))
        made.get()
        _otherwise(monkeypatch)
        made.put(1, Task(where, (), "k", 1.0, Rows("rows")))
        with pytest.raises(UsageError, match="would not give the same digits"):
            made.get()


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("tcp://127.0.0.1:1", "no Dask scheduler answers"),
        ("nonsense", "missing port number"),
        ("tls://127.0.0.1:1", "TLS configuration"),
        ("", "no Dask scheduler answers"),
    ],
)
def test_an_address_where_nobody_is(project, address, message, monkeypatch, capfd):
    """Told in one line, and the previous report is as it was."""
    monkeypatch.setattr(connect, "ANSWER", 0.2)
    assert project.build("--no-cache", "--scheduler", address) == 2
    err = capfd.readouterr().err
    assert message in err
    assert "Traceback" not in err


def ends(process):
    os.kill(process, signal.SIGKILL)


def test_a_cluster_that_ends(plugin, monkeypatch):
    """Workers are waited for, but not for ever; a scheduler that vanishes is told of."""
    monkeypatch.setattr(connect, "WORKERS", 0.1)
    with closing(Cluster(plugin)) as own:
        with closing(queue.Cluster(own.address)) as made:
            made.put("a", Task(where, (), "k", 1.0, Rows("rows")))
            with pytest.raises(UsageError, match="had no worker"):
                made.get()
        own.hire()
        with closing(queue.Cluster(own.address)) as made:
            made.put("a", Task(ends, (), "k", 1.0, Rows(own.scheduler)))
            with pytest.raises(DocumentError, match="is gone"):
                made.get()


def test_arithmetic_is_looked_at_to_the_last_digit(monkeypatch):
    """Another order of adding, as another processor has, is another worker."""
    import numpy as np

    likeness.cache_clear()
    before = likeness()["arithmetic"]
    inverse = np.linalg.inv
    monkeypatch.setattr(np.linalg, "inv", lambda matrix: inverse(matrix) * (1 + 2**-52))
    likeness.cache_clear()
    assert likeness()["arithmetic"] != before
    likeness.cache_clear()


def test_without_dask_it_says_what_to_install(project, monkeypatch, capsys):
    monkeypatch.setattr(connect, "find_spec", lambda name: None)
    assert project.build("--scheduler", "tcp://127.0.0.1:1") == 2
    assert "pip install 'reportgen[dask]'" in capsys.readouterr().err


def test_it_is_a_cluster_or_this_machine(project, capsys):
    with pytest.raises(SystemExit):
        project.build("--scheduler", "tcp://127.0.0.1:1", "--jobs", "2")
    assert "not allowed with" in capsys.readouterr().err
