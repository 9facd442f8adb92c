"""Building again on a change, and showing the report on this machine only."""

from __future__ import annotations

from argparse import Namespace
from http.client import HTTPConnection

import pytest

from reportgen.cli import watch
from reportgen.cli.parser import parser
from reportgen.cli.serving import Server


@pytest.fixture
def options(project):
    return parser().parse_args(
        ["watch", str(project.spec), "--out", str(project.out), "--no-cache"]
    )


def test_a_report_rests_on_its_spec_and_its_data(project, options):
    """Both are looked at; a change of either is seen, and so is a file that goes."""
    found = watch.files(options)
    assert {path.name for path in found} == {"trial.yaml", "trial.csv"}
    before = watch.marks(found)
    assert watch.marks(found) == before
    project.replace("A small trial", "A trial")
    assert watch.marks(found) != before
    project.data.unlink()
    assert watch.marks(found)[project.data] == (0, 0)


def test_a_spec_with_mistakes_is_watched_alone(project, options):
    """So that mending it is seen."""
    project.replace("kind: ols", "kind: olz")
    assert {path.name for path in watch.files(options)} == {"trial.yaml"}


def test_each_build_is_told(project, options, monkeypatch):
    """Built at once, and once more after a change; interrupted, it ends."""
    done = []

    def wait(given):
        done.append((project.out / "trial" / "report.html").read_text(encoding="utf-8"))
        if len(done) == 2:
            raise KeyboardInterrupt
        project.replace("A small trial", "Another trial")

    monkeypatch.setattr(watch, "wait", wait)
    with pytest.raises(KeyboardInterrupt):
        watch.run(Namespace(**{**vars(options), "serve": True}))
    assert "A small trial" in done[0]
    assert "Another trial" in done[1]
    assert "EventSource" not in done[1]


@pytest.fixture
def served(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.html").write_text("<p>Report</p>", encoding="utf-8")
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    server = Server(tmp_path / "out", "report.html")
    yield server
    server.close()


def get(server, path, host=None):
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{server.port}")
    connection.endheaders()
    return connection.getresponse()


def test_the_report_is_served_as_it_was_written(served):
    """The script that listens is in the page around it."""
    assert get(served, "/report.html").read() == b"<p>Report</p>"
    around = get(served, "/").read()
    assert b'src="/report.html"' in around
    assert b"EventSource" in around


@pytest.mark.parametrize(
    "path", ["/../secret.html", "/%2e%2e/secret.html", "/nothing.html", "/x.py"]
)
def test_nothing_else_is_served(served, path):
    """No file outside the folder of the report."""
    assert get(served, path).status == 404


def test_another_name_is_refused(served):
    """A page elsewhere cannot read a report by giving this machine a name of its own."""
    assert get(served, "/report.html", host="evil.example").status == 403


def test_news_comes_with_a_build(served):
    """One event a build."""
    answer = get(served, "/events")
    assert answer.getheader("Content-Type") == "text/event-stream"
    served.tell()
    assert answer.fp.readline() == b"data: built\n"
