"""What a stranger's project tries: paths that lead elsewhere, files that are none, names that are
words of the language, and programs in the folder a build is started in.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.cli import main
from reportgen.core.contracts import Reach
from reportgen.core.errors import DataError
from reportgen.data.paths import find

POSIX = pytest.mark.skipif(os.name != "posix", reason="files as POSIX has them")


@pytest.fixture
def roots(tmp_path):
    """A project with a data folder beside it, and a secret outside both."""
    for name in ("project", "data", "outside"):
        (tmp_path / name).mkdir()
    (tmp_path / "outside" / "secret.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "project" / "mine.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "data" / "wave.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return tmp_path / "project", tmp_path / "data"


def code_of(name, roots):
    with pytest.raises(DataError) as caught:
        find(name, roots)
    return caught.value.problems[0].code


@pytest.mark.parametrize(
    "name",
    [
        "../outside/secret.csv", "sub/../../outside/secret.csv", "/etc/passwd", "~/x.csv",
        "~root/x",
        "$HOME/x.csv", "${HOME}/x.csv", "file:///etc/passwd", "FILE://x/y", "s3://bucket/x.csv",
        "http://evil.org/x.csv", "zip::x.zip", "\\\\server\\share\\x.csv", "//server/share/x.csv",
        "a\0.csv", "mine.csv\0.txt", "./../outside/secret.csv", "..",
    ],
)  # fmt: skip
def test_no_path_leads_out(roots, name):
    """Above, absolute, home, variables, addresses, network shares, NUL: all are refused."""
    assert code_of(name, roots) in ("outside", "no-file")


def test_what_is_below_is_found(roots):
    """The spec's folder first, then each data folder; a path may go down and up again within."""
    assert find("mine.csv", roots).name == "mine.csv"
    assert find("wave.csv", roots).name == "wave.csv"
    (roots[0] / "sub").mkdir()
    assert find("sub/../mine.csv", roots).name == "mine.csv"


@POSIX
def test_links_are_followed_before_they_are_judged(roots):
    """A link within is a file; a link, or a folder that is one, to outside is not."""
    project = roots[0]
    outside = project.parent / "outside"
    (project / "within.csv").symlink_to("mine.csv")
    (project / "file.csv").symlink_to(outside / "secret.csv")
    (project / "folder").symlink_to(outside)
    (project / "chain.csv").symlink_to("file.csv")
    (project / "loop.csv").symlink_to("loop.csv")
    assert find("within.csv", roots).name == "mine.csv"
    for name in ("file.csv", "folder/secret.csv", "chain.csv"):
        assert code_of(name, roots) == "outside"
    assert code_of("loop.csv", roots) in ("outside", "no-file", "not-a-file")


@POSIX
@pytest.mark.parametrize("kind", ["fifo", "folder", "socket"])
def test_only_regular_files_are_opened(roots, monkeypatch, kind):
    """A pipe would wait for ever, a device would never end."""
    import socket

    path = roots[0] / "odd.csv"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        monkeypatch.chdir(roots[0])
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("odd.csv")
    assert code_of("odd.csv", roots) == "not-a-file"


@POSIX
def test_a_spec_that_is_a_pipe_or_a_device_is_refused(tmp_path, capsys):
    """Nothing waits for a spec that never comes, and none is read without end."""
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path / "pipe.yaml", Path("/dev/zero")):
        assert main(["validate", str(path), "--json"]) == 2
        assert json.loads(capsys.readouterr().out)[0]["code"] == "no-spec"


NAMES = (
    "plain", "a b", "2nd", "class", "Größe", "身長", "x-y", "x.y", "True", "None", "import",
    "C", "np", "I", "Q",
    "log", "and", "__class__", "a:b", "1", "a*b", "x'y", 'x"y', "e\u0301", "models", "center",
)  # fmt: skip

SPEC = """\
reportgen: 1
title: Odd names
datasets:
  people:
    source: people.csv
    columns: {{y: y, {key}: A label, g: Group}}
    sample: [{{complete: [{key}]}}, {{where: {where}}}]
    recodes:
      twice: {{expr: {expr}}}
      middle: {{center: {key}}}
      parts: {{cut: {key}, at: [0]}}
models:
  plain: {{kind: ols, data: people, formula: {formula}}}
  inside: {{kind: ols, data: people, formula: {inside}}}
  each: {{kind: gee, data: people, formula: {each}, each: {{v: [{key}]}}, groups: g}}
  by: {{kind: gee, data: people, formula: y ~ 1, groups: {key}}}
report:
  - {{table: describe, data: people, columns: [y, {key}]}}
  - {{table: compare, models: [plain, inside, each]}}
output: {{formats: [html]}}
"""


def quoted_name(name):
    """How a formula or an expression names any column."""
    return f"Q('{name}')" if "'" not in name else f'Q("{name}")'


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_a_column_works_everywhere(tmp_path, capsys, name):
    """Spaces, digits, signs, other scripts, words of Python and of the grammar: in formulas,
    recodes, the sample, groups and `each`; a plain identifier also without `Q()`.
    """
    import csv

    chance = random.Random(2)
    with (tmp_path / "people.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["y", name, "g"])
        for row in range(60):
            rows.writerow([f"{chance.gauss(0, 1):.3f}", row % 12 - 5, row % 9])
    q = quoted_name(name)
    given = {"key": name, "where": f"{q} < 99", "expr": f"2 * {q}", "formula": f"y ~ {q}",
             "inside": f"y ~ I({q} ** 2) + C(g) + center({q})", "each": "$v ~ 1"}  # fmt: skip
    if name != "plain":  # what stands for `$v` is put into the formula as a text
        given["each"] = "Q('$v') ~ 1" if "'" not in name else 'Q("$v") ~ 1'
    text = SPEC.format(**{key: json.dumps(each, ensure_ascii=False) for key, each in given.items()})
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    code = main(
        ["build", str(tmp_path / "spec.yaml"), "--out", str(tmp_path / "out"), "--no-cache"]
    )
    assert code == 0, capsys.readouterr().err
    record = json.loads((tmp_path / "out" / "spec" / "results.json").read_text(encoding="utf-8"))
    assert q in record["models"]["plain"]["coef"] or name in record["models"]["plain"]["coef"]


PROGRAM = "raise SystemExit('a program of the project ran')\n"


def test_nothing_in_the_folder_is_run(tmp_path, root):
    """Modules, start files and settings that lie in the project are never imported or read."""
    for name in ("sitecustomize.py", "usercustomize.py", "yaml.py", "pandas.py", "reportgen.py",
                 "matplotlib.py", "numpy.py", "jinja2.py", "conftest.py"):  # fmt: skip
        (tmp_path / name).write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "matplotlibrc").write_text(
        "axes.facecolor: ff0000\nfont.size: 99\n", encoding="utf-8"
    )
    rows = "\n".join(f"{row * 7 % 5},{row}" for row in range(12))
    (tmp_path / "t.csv").write_text(f"y,x\n{rows}\n", encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(
        "reportgen: 1\ntitle: T\ndatasets: {t: {source: t.csv}}\n"
        "models: {m: {kind: ols, data: t, formula: y ~ x}}\n"
        "report: [{plot: forest, models: m}]\noutput: {formats: [html]}\n", encoding="utf-8",
    )  # fmt: skip
    script = Path(sys.executable).parent / "reportgen"
    command = [str(script)] if script.exists() else [sys.executable, "-P", "-m", "reportgen.cli"]
    known = {"REPORTGEN_CACHE": str(tmp_path / "cache"), "SOURCE_DATE_EPOCH": "1700000000"}
    done = subprocess.run(
        [*command, "build", "spec.yaml", "--out", "out"], cwd=tmp_path, env=os.environ | known,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "a program of the project ran" not in done.stdout + done.stderr
    drawn = (tmp_path / "out" / "spec" / "figures" / "01-forest.svg").read_text(encoding="utf-8")
    assert "ff0000" not in drawn


def test_models_of_one_file_name_do_not_meet(tmp_path):
    """Model names that differ only in what a file name cannot hold are two models of one report."""
    rows = "\n".join(f"{row * 7 % 5},{row}" for row in range(12))
    (tmp_path / "t.csv").write_text(f"y,x\n{rows}\n", encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(
        "reportgen: 1\ntitle: T\ndatasets: {t: {source: t.csv}}\nmodels:\n"
        "  a/b: {kind: ols, data: t, formula: y ~ x}\n  a b: {kind: ols, data: t, formula: y ~ 1}\n"
        "  ../c: {kind: ols, data: t, formula: y ~ 1}\n"
        "report:\n  - {table: model, models: a/b}\n  - {table: model, models: ../c}\n"
        "output: {formats: [html]}\n", encoding="utf-8",
    )  # fmt: skip
    out = tmp_path / "out"
    assert main(["build", str(tmp_path / "spec.yaml"), "--out", str(out), "--no-cache"]) == 0
    names = sorted(path.name for path in (out / "spec" / "tables").iterdir())
    assert names == ["01-model.csv", "02-model.csv"]
    assert sorted(os.listdir(tmp_path)) == ["out", "spec.yaml", "t.csv"]


def test_problems_in_every_form(tmp_path, capsys):
    """Text, JSON and annotations say the same, and none can be broken out of."""
    (tmp_path / "t.csv").write_text("y,x\n1,2\n2,3\n", encoding="utf-8")
    spec = tmp_path / "a,b:c.yaml"
    spec.write_text(
        "reportgen: 1\ntitle: T\ndatasets: {t: {source: t.csv}}\nmodels:\n  m: {kind: ols, data: t,"
        ' formula: "y ~ z%0A::error::x\\u202e"}\nreport: [{table: "b\\n::warning::y"}]\n',
        encoding="utf-8",
    )
    assert main(["validate", str(spec), "--format", "json"]) == 2
    problems = json.loads(capsys.readouterr().out)
    assert main(["validate", str(spec)]) == 2
    text = capsys.readouterr().err
    assert main(["validate", str(spec), "--format", "github"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(problems)
    for line, problem in zip(lines, problems, strict=True):
        assert line.startswith(f"::{problem['severity']} file=")
        assert f"line={problem['line']},col={problem['column']}," in line
        assert "a%2Cb%3Ac.yaml" in line
        assert f"error[{problem['code']}]" in text
    assert "\u202e" not in text + "".join(lines)


def test_an_output_folder_that_is_a_link_is_refused(tmp_path, capsys):
    """Nothing is written through a report folder that leads elsewhere."""
    (tmp_path / "t.csv").write_text("y,x\n1,2\n2,3\n3,5\n", encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(
        "reportgen: 1\ntitle: T\ndatasets: {t: {source: t.csv}}\n"
        "report: [{table: sample, data: t}]\noutput: {formats: [html]}\n", encoding="utf-8",
    )  # fmt: skip
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "spec").symlink_to(tmp_path / "elsewhere")
    spec, out = tmp_path / "spec.yaml", tmp_path / "out"
    assert main(["build", str(spec), "--out", str(out), "--no-cache"]) == 5
    assert "is a link to elsewhere" in capsys.readouterr().err
    assert os.listdir(tmp_path / "elsewhere") == []


def test_no_secret_is_told(tmp_path, monkeypatch, capsys):
    """The password of a database is in no message, report, record or entry of the cache."""
    pytest.importorskip("sqlalchemy")
    secret = "hunter2-and-more"
    monkeypatch.setenv("REPORTGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DATABASE", f"postgresql://me:{secret}@127.0.0.1:1/x")
    (tmp_path / "spec.yaml").write_text(
        "reportgen: 1\ntitle: T\n"
        "datasets: {t: {source: {sql: select 1 as y, connection: DATABASE}}}\n"
        "report: [{table: sample, data: t}]\noutput: {formats: [html]}\n", encoding="utf-8",
    )  # fmt: skip
    spec, out = str(tmp_path / "spec.yaml"), str(tmp_path / "out")
    for command in (["build", spec, "--out", out], ["build", spec, "--out", out, "--json"],
                    ["plan", spec], ["show", spec, "--resolved"], ["validate", spec]):  # fmt: skip
        main([*command, *(["--show-values"] if command[0] != "validate" else [])])
        heard = capsys.readouterr()
        assert secret not in heard.out + heard.err
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path
    assert secret not in repr(Reach((tmp_path,), secrets=os.environ))
