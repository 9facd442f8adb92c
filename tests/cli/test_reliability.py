"""Full disks, read-only folders, two builds at once, a damaged cache, odd clocks and places: the
report before is whole or the new one is, the error is a clear one, and the next build works.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.cli import main
from reportgen.run import clock
from reportgen.run.kept import cache as cache_module
from reportgen.run.kept.folders import cache_folder
from reportgen.run.publish import store

COMMAND = [sys.executable, "-P", "-c", "from reportgen.cli import main; raise SystemExit(main())"]
KILLS = Path(__file__).parent.parent / "fuzz" / "kills.py"


@pytest.fixture(autouse=True)
def at_home(project, monkeypatch):
    """A cache of its own, and a time that is set."""
    monkeypatch.setenv("REPORTGEN_CACHE", str(project.folder / "cache"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def retitle(project, title="Another title"):
    project.replace("title: A small trial", f"title: {title}")


def started(project, *arguments, **more):
    """A build in a process of its own."""
    command = [*COMMAND, "build", str(project.spec), "--out", str(project.out), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        cwd=project.folder, **more,
    )  # fmt: skip


def told(process):
    """The exit code of a process, and what it said of problems."""
    said = process.communicate()[1]
    assert "Traceback" not in said
    return process.returncode, [line for line in said.splitlines() if line.startswith("error")]


def without_power():
    """The superuser may write anywhere; without these capabilities a mode means what it says."""
    import ctypes

    for capability in (1, 2, 3):  # DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


def small_files():
    """No file may grow beyond 20,000 bytes: what a full disk is to a program."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_page_names_the_results_it_shows(project):
    """The digest on its last page is that of the results.json beside it, and of the one inside."""
    import hashlib

    from pypdf import PdfReader

    assert project.build("--formats", "html,pdf") == 0
    files = project.files()
    digest = hashlib.sha256(files["trial/results.json"]).hexdigest()
    assert digest in files["trial/report.html"].decode()
    inside = PdfReader(project.out / "trial" / "report.pdf").attachments["results.json"][0]
    assert inside == files["trial/results.json"]


def test_builds_survive_kills():
    """A few of the many kills of `make kills`."""
    command = [sys.executable, str(KILLS), "--kills", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("3 kills survived")


def test_a_full_disk_leaves_the_report_before(project):
    """The page does not fit: exit code 5, one clear sentence, nothing changed; then it works."""
    assert project.build() == 0
    before = project.files()
    retitle(project)
    code, errors = told(started(project, preexec_fn=small_files))
    assert code == 5
    message = f"the report cannot be written to `{project.out / 'trial'}`: File too large"
    assert errors == [f"error[cannot-write]: {message}"]
    assert project.files() == before
    assert project.build() == 0
    assert b"Another title" in project.files()["trial/report.html"]


@pytest.mark.parametrize("call", ["os.fsync", "os.rename", "os.link", "Path.mkdir"])
def test_a_disk_that_is_full_at_any_step(project, monkeypatch, capsys, call):
    """Whatever the disk refuses, it is one error and the report before is as it was."""
    assert project.build() == 0
    (project.out / "trial" / "mine.txt").write_text("mine", encoding="utf-8")
    before = project.files()
    retitle(project)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(f"reportgen.run.publish.store.{call}", full)
        patch.setattr(store.shutil, "copy2", full)
        patch.setattr(cache_module.os, "replace", full)
        if call == "os.rename":
            patch.setattr(store, "swap", lambda one, other: False)
            patch.setattr(store.os, "replace", full)
        capsys.readouterr()
        assert project.build() == 5
    assert "error[cannot-write]" in capsys.readouterr().err
    assert project.files() == before
    assert project.build() == 0


def test_a_full_disk_for_the_cache_is_no_error(project, monkeypatch):
    """The report is made; nothing is kept, and nothing half written stays."""

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(cache_module.os, "replace", full)
        assert project.build() == 0
    assert [path for path in (project.folder / "cache").rglob("*") if path.is_file()] == []
    assert project.build() == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux's capabilities")
def test_folders_that_can_only_be_read(project):
    """An output folder is an error with exit code 5; a read-only cache is still used."""
    assert project.build() == 0
    before = project.files()
    retitle(project)
    report, kept = project.out / "trial", project.folder / "cache"
    folders = [each for each in (kept, *kept.rglob("*")) if each.is_dir()]
    for folder in (report, project.out, *folders):
        folder.chmod(0o555)
    code, errors = told(started(project, preexec_fn=without_power))
    assert code == 5
    assert "permission denied" in errors[0].lower()
    assert project.files() == before
    project.out.chmod(0o755)
    report.chmod(0o755)
    process = started(project, preexec_fn=without_power)
    assert process.communicate()[1].count("as before") == 2
    assert process.returncode == 0
    assert b"Another title" in project.files()["trial/report.html"]


def test_no_home_and_no_cache_folder(project, monkeypatch):
    """Somebody without a home folder builds without a cache; a missing one is made."""
    with monkeypatch.context() as patch:
        patch.delenv("REPORTGEN_CACHE")
        patch.delenv("XDG_CACHE_HOME", raising=False)

        def homeless():
            raise RuntimeError("Could not determine home directory.")

        patch.setattr(Path, "home", homeless)
        assert cache_folder(os.environ) is None
        assert project.build() == 0
        assert main(["doctor"]) in (0, 5)
        assert main(["clean"]) == 0
    assert not (project.folder / "cache").exists()
    assert project.build() == 0
    assert (project.folder / "cache").is_dir()


def test_two_builds_at_once(project):
    """Both succeed, the report is whole, and the cache holds whole entries only."""
    assert project.build() == 0
    retitle(project)
    project.replace("    groups: site\n", "    groups: site\n    confidence: 0.9\n")
    both = [started(project), started(project)]
    assert [told(each) for each in both] == [(0, []), (0, [])]
    made = project.files()
    assert os.listdir(project.out) == ["trial"]
    shutil.rmtree(project.folder / "out")
    assert project.build("--no-cache") == 0
    assert project.files() == made


def entries(project, room="*"):
    return sorted((project.folder / "cache" / "entries").glob(f"{room}/*/*.json"))


def reshaped(text):
    """An entry that carries the right digest of content that is nothing of the kind."""
    from reportgen.core.digest import digest

    entry = json.loads(text)
    content = '{"n": "' + "[" * 2000 + '"}'
    return json.dumps(entry | {"content": content, "sha256": digest(content)})


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[" * 100_000,
        lambda text: text.replace("estimate", "estimatf"),
        reshaped,
    ],
    ids=["cut", "empty", "deep", "changed", "reshaped"],
)
def test_a_damaged_cache_is_made_again_and_said_once(project, capsys, damage):
    """The same numbers as without a cache, one warning, and at the next build none."""
    assert project.build() == 0
    first = project.models()
    retitle(project)
    for entry in entries(project):
        entry.write_text(damage(entry.read_text(encoding="utf-8")), encoding="utf-8")
    capsys.readouterr()
    assert project.build() == 0
    assert capsys.readouterr().err.count("warning[cache-damaged]") == 1
    assert project.models() == first
    retitle_again = project.spec.read_text(encoding="utf-8").replace("Another", "A third")
    project.spec.write_text(retitle_again, encoding="utf-8")
    assert project.build() == 0
    assert "cache-damaged" not in capsys.readouterr().err


def test_an_entry_under_another_key_is_not_believed(project, capsys):
    """Whoever puts the entry of one model in the place of another's gets no number changed."""
    assert project.build() == 0
    first = project.models()
    retitle(project)
    one, other = entries(project, "fit")
    shutil.copy(one, other)
    assert project.build() == 0
    assert "cache-damaged" in capsys.readouterr().err
    assert project.models() == first


PLACE = {"LC_ALL": "tr_TR.ISO-8859-9", "TZ": "Pacific/Kiritimati", "PYTHONIOENCODING": "ascii"}


def test_locale_and_time_zone_change_no_byte(project):
    """The same spec, data and versions give the same bytes wherever they are built."""
    assert project.build("--no-cache", "--formats", "html,pdf") == 0
    here = project.files()
    shutil.rmtree(project.out)
    process = started(project, "--no-cache", "--formats", "html,pdf", env=os.environ | PLACE)
    assert told(process) == (0, [])
    assert project.files() == here


def test_a_comma_for_the_decimal_point_changes_no_byte(project, monkeypatch):
    """Not even a program around us that has set a locale changes how numbers are written."""
    import locale

    assert project.build("--no-cache") == 0
    here = project.files()
    before = locale.setlocale(locale.LC_ALL)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"):
        try:
            locale.setlocale(locale.LC_ALL, name)
            break
        except locale.Error:
            continue
    try:
        shutil.rmtree(project.out)
        assert project.build("--no-cache") == 0
    finally:
        locale.setlocale(locale.LC_ALL, before)
    assert project.files() == here


@pytest.mark.parametrize("year", [1970, 1979, 2099])
def test_a_wrong_clock_is_no_trouble(project, monkeypatch, year):
    """A clock that has lost its battery, or runs ahead: the report is made and says that date."""
    from datetime import UTC, datetime

    class Wrong(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(year, 1, 1, tzinfo=UTC)

    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    monkeypatch.setattr(clock, "datetime", Wrong)
    assert project.build("--formats", "html,pdf") == 0
    assert f"{year}-01-01T00:00:00Z" in project.files()["trial/results.json"].decode()
    for path in (project.spec, *project.out.rglob("*"), *entries(project)):
        os.utime(path, (4_000_000_000, 4_000_000_000))
    retitle(project)
    assert project.build() == 0
    assert b"Another title" in project.files()["trial/report.html"]
