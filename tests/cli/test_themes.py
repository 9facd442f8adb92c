"""A theme of the user's own, from its folder to the page: read, checked, remembered, refused."""

from __future__ import annotations

import json
import os
import re
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from reportgen.cli import main, watch
from reportgen.cli.parser import parser

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path d="M 0 0 h 30"/></svg>'
TITLE = "<header class=title><h1>Mine: {{ page.document.title }}</h1></header>"


class House:
    """A project whose spec names a theme beside it: the example of the documentation."""

    def __init__(self, project: Any, root: Path, capsys: Any) -> None:
        self.project, self.capsys = project, capsys
        self.folder = project.folder / "house"
        self.folder.mkdir()
        text = (root / "docs" / "themes.md").read_text(encoding="utf-8")
        for name, content in re.findall(
            r"`house/(theme\.\w+)`:\n\n```\w+\n(.*?)```", text, re.DOTALL
        ):
            self.write(name, content)
        self.write("logo.svg", LOGO)
        with project.spec.open("a", encoding="utf-8") as spec:
            spec.write("output: {formats: [html], theme: ./house}\n")

    def write(self, name: str, content: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def run(self, *arguments: str) -> tuple[int, str]:
        """The exit code of a command, and what it said to stderr."""
        code = main([arguments[0], str(self.project.spec), *arguments[1:]])
        return code, self.capsys.readouterr().err

    def build(self, *more: str) -> tuple[int, str]:
        return self.run("build", "--out", str(self.project.out), *more)

    @property
    def page(self) -> str:
        return (self.project.out / "trial" / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def house(project: Any, root: Path, capsys: Any) -> House:
    text = project.spec.read_text(encoding="utf-8")
    project.spec.write_text(re.sub(r"^output:.*\n(  .*\n)*", "", text, flags=re.MULTILINE), "utf-8")
    return House(project, root, capsys)


def test_the_example_of_the_documentation_is_a_theme(house: House) -> None:
    """Its base, its colours, its logo, and its style of numbers; `validate` finds nothing wrong."""
    assert house.run("validate") == (0, "")
    assert house.build()[0] == 0
    page = house.page
    assert "--head: #00376f" in page  # the base
    assert page.rindex("--paper: #fdf8ef") > page.index("--head: #00376f")
    assert page.rindex("--head: #7a1f5c") > page.index("--head: #00376f")
    assert 'aria-label="Institute of Public Health"><svg' in page
    assert "0·" not in page  # probabilities as in apa, without the points of lancet


def test_a_change_of_the_theme_makes_pages_anew_and_fits_nothing(house: House) -> None:
    """And where nothing changed nothing is done."""
    assert "[1/" in house.build()[1]
    code, told = house.build()
    assert (code, "nothing changed" in told) == (0, True)
    before = house.project.models()
    for name, old, new in (
        ("theme.css", "--hair: #e4d8c8", "--hair: #ffddcc"),
        ("theme.yaml", "base: lancet", "base: ama"),
        ("logo.svg", "h 30", "h 31"),
    ):
        path = house.folder / name
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
        page = house.page
        code, told = house.build()
        assert code == 0
        assert "nothing changed" not in told
        assert told.count("as before") == 2, name
        assert house.page != page
    assert house.project.models() == before


WRONG = {
    "a variable": ("theme.css", ":root {\n  --hed: #fff;\n}", "house/theme.css:2:3"),
    "a colour": ("theme.css", ":root { --head: url(x) }", "house/theme.css:1:17"),
    "a key": ("theme.yaml", "base: apa\nfonts: x", "house/theme.yaml:2:1"),
    "a base": ("theme.yaml", "base: ./house", "house/theme.yaml:1:7"),
    "no mapping": ("theme.yaml", "- apa", "house/theme.yaml:1:1"),
    "a tag": ("theme.yaml", "base: !!python/object:x apa", "house/theme.yaml:1:7"),
    "an accent": ("theme.yaml", "brand:\n  accent: red", "house/theme.yaml:2:11"),
    "a logo without a name": ("theme.yaml", "brand: {logo: logo.svg}", "house/theme.yaml:1:8"),
    "a logo above": ("theme.yaml", "brand: {logo: ../trial.csv, name: x}", "house/theme.yaml:1:15"),
    "no logo": ("theme.yaml", "brand: {logo: x.svg, name: x}", "house/theme.yaml:1:15"),
    "a logo with a script": ("logo.svg", LOGO.replace("<path", "<script/><path"), "theme.yaml:4:9"),
    "a template": ("templates/blocks/title.html.j2", "<h1>\n{% if %}", "title.html.j2:2:1"),
    "a filter": ("templates/blocks/title.html.j2", "\n{{ 1 | shell }}", "title.html.j2:2:1"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_told_at_its_place(house: House, case: str) -> None:
    """By `validate` and by `build`, in the theme's own file; and no report is written."""
    name, content, place = WRONG[case]
    house.write(name, content)
    for code, told in (house.run("validate"), house.build("--allow-templates")):
        assert code in (2, 5)
        assert place in told.replace("\\", "/")
        assert "Traceback" not in told
    assert not house.project.out.exists() or not list(house.project.out.rglob("*.html"))


def test_all_mistakes_of_a_theme_are_told_at_once(house: House) -> None:
    """Those of the sheet and those of the keys."""
    house.write("theme.yaml", "base: apaa\nfonts: x\n")
    house.write("theme.css", ":root { --hed: #fff; --link: #gg; }")
    code, told = house.run("validate")
    assert code == 2
    assert told.count("error[") == 4
    assert "did you mean `apa`?" in told


@pytest.mark.parametrize(
    ("theme", "code", "says"),
    [
        ("./nothing", "no-folder", "there is no folder `./nothing`"),
        ("../elsewhere", "outside", "leads out"),
        ("/etc", "outside", "not a path below"),
        ("~/house", "outside", "not a path below"),
        ("https://evil.org/house", "outside", "not a path below"),
        ("./trial.csv", "not-a-folder", "is not a folder"),
        ("./link", "outside", "leads out"),
        ("./empty", "theme", "is no theme"),
        ("huose", "bad-value", "begins with `./`"),
    ],
)
def test_a_folder_that_is_none_is_told(house: House, theme: str, code: str, says: str) -> None:
    """At the key that names it, before anything is fitted."""
    elsewhere = house.project.folder.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / "theme.css").write_text(":root { --head: #000; }")
    (house.project.folder / "link").symlink_to(elsewhere)
    (house.project.folder / "empty").mkdir()
    house.project.replace("theme: ./house", f'theme: "{theme}"')
    exit_code, told = house.build()
    assert exit_code == 2
    assert f"error[{code}]" in told
    assert says in told
    assert re.search(r"trial\.yaml:\d+:\d+", told)


@pytest.mark.parametrize("name", ["theme.css", "theme.yaml", "logo.svg", "templates"])
def test_nothing_outside_the_folder_is_read(house: House, name: str) -> None:
    """A link within a theme leads nowhere but into it; a pipe or a device is no file."""
    secret = house.project.folder / "secret"
    if name == "templates":
        (secret / "blocks").mkdir(parents=True)
        (secret / "blocks" / "title.html.j2").write_text(TITLE)
    else:
        secret.write_text(LOGO + ":root { --head: #123456; }")
        (house.folder / name).unlink()
    (house.folder / name).symlink_to(secret)
    code, told = house.build("--allow-templates")
    assert code in (2, 5)
    assert "leads out" in told
    assert "#123456" not in told
    if name != "templates" and hasattr(os, "mkfifo"):
        (house.folder / name).unlink()
        os.mkfifo(house.folder / name)
        code, told = house.build()
        assert code in (2, 5)
        assert "not a regular file" in told


def test_a_file_that_is_too_large_is_not_read(house: House) -> None:
    """A style sheet has a hundred thousand bytes at most."""
    house.write("theme.css", "/*" + "x" * 100_000 + "*/")
    code, told = house.build()
    assert (code, "larger than 100,000 bytes" in told) == (2, True)
    house.write("theme.css", "")
    (house.folder / "theme.yaml").write_bytes(b"\xff\xfe")
    code, told = house.run("validate")
    assert (code, "is not UTF-8" in told) == (2, True)


def test_templates_of_a_theme_are_used_with_leave_alone(house: House) -> None:
    """The spec may come from anyone; those of the command line stand above those of the theme."""
    house.write("templates/blocks/title.html.j2", TITLE)
    house.write("templates/blocks/heading.html.j2", "<h2>{{ item.text | upper }}</h2>")
    assert house.run("validate") == (0, "")
    code, told = house.build()
    assert code == 2
    assert "error[theme-templates]" in told
    assert "--allow-templates" in told
    assert "title.html.j2" in told
    assert not house.project.out.exists()
    assert house.build("--allow-templates")[0] == 0
    assert "<h1>Mine: " in house.page
    given = house.project.folder / "given" / "blocks"
    given.mkdir(parents=True)
    (given / "title.html.j2").write_text(TITLE.replace("Mine", "Given"))
    assert house.build("--allow-templates", "--templates", str(given.parent))[0] == 0
    assert "<h1>Given: " in house.page
    assert house.build("--templates", str(given.parent))[0] == 2


def test_the_brand_of_the_spec_stands_above_that_of_the_theme(house: House) -> None:
    """Key by key: the theme's logo with the spec's colour."""
    with house.project.spec.open("a") as spec:
        spec.write('brand: {accent: "#00467f"}\n')
    assert house.build()[0] == 0
    assert "--head: #00467f" in house.page
    assert 'aria-label="Institute of Public Health"' in house.page


def test_colours_that_can_hardly_be_read_are_warned_about(house: House) -> None:
    """By `build` and `validate`, which stop only with `--strict`, and by a build without work."""
    house.write("theme.css", ":root {\n  --soft: #ccc;\n}")
    code, told = house.run("validate")
    assert code == 0
    assert "warning[contrast]" in told
    assert "house/theme.css:2:11" in told
    assert house.run("validate", "--strict")[0] == 2
    for _ in range(2):
        code, told = house.build()
        assert (code, "warning[contrast]" in told) == (0, True)
    with house.project.spec.open("a") as spec:
        spec.write('brand: {accent: "#ffee00"}\n')
    code, told = house.run("validate")
    assert (code, told.count("warning[contrast]")) == (0, 2)
    assert re.search(r"trial\.yaml:\d+:17", told)


def test_a_theme_may_lie_in_a_data_folder(house: House, tmp_path: Path) -> None:
    """One for all projects of an institution, named on the command line."""
    shared = tmp_path / "shared"
    shared.mkdir()
    house.folder.rename(shared / "house")
    assert house.build()[0] == 2
    assert house.build("--data-dir", str(shared))[0] == 0
    assert "--head: #7a1f5c" in house.page


def test_its_files_are_watched(house: House) -> None:
    """Those that are there, those that may come, and the folder of templates."""
    house.write("templates/blocks/title.html.j2", TITLE)
    options = parser().parse_args(["watch", str(house.project.spec)])
    found = watch.files(options)
    names = {path.relative_to(house.project.folder).as_posix() for path in found}
    assert names == {
        "trial.yaml", "trial.csv", "house", "house/theme.yaml", "house/theme.css", "house/logo.svg",
        "house/templates", "house/templates/blocks", "house/templates/blocks/title.html.j2",
    }  # fmt: skip
    before = watch.marks(found)
    house.write("theme.css", ":root { --head: #123; }")
    assert watch.marks(found) != before
    house.write("theme.css", "not css")
    assert house.folder / "theme.css" in watch.files(Namespace(**vars(options)))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_report_is_verified_with_its_theme(house: House, tmp_path: Path) -> None:
    """Logo, theme and templates are inside, as sources; without the folder it is made again."""
    pypdf = pytest.importorskip("pypdf")
    house.write("templates/blocks/title.html.j2", TITLE)
    given = tmp_path / "given" / "blocks"
    given.mkdir(parents=True)
    (given / "heading.html.j2").write_text("<h2 id={{ item.anchor }}>{{ item.text | upper }}</h2>")
    (house.project.folder / "own.svg").write_text(LOGO.replace("h 30", "v 30"))
    house.project.replace("formats: [html]", "formats: [pdf]")
    with house.project.spec.open("a") as spec:
        spec.write("brand: {logo: own.svg, name: Us}\n")
    asked = ("--allow-templates", "--templates", str(given.parent))
    assert house.build(*asked)[0] == 0
    report = house.project.out / "trial" / "report.pdf"
    reader = pypdf.PdfReader(report)
    looks = {
        "house/theme.yaml", "house/theme.css", "house/logo.svg", "own.svg",
        "house/templates/blocks/title.html.j2", "given-templates/blocks/heading.html.j2",
    }  # fmt: skip
    assert looks < set(reader.attachments)
    inside = [each.get_object() for each in reader.trailer["/Root"]["/AF"]]
    relations = {each["/UF"]: each["/AFRelationship"] for each in inside}
    assert {relations[name] for name in looks} == {"/Source"}
    assert relations["results.json"] == "/Data"
    data = tmp_path / "data"
    data.mkdir()
    house.project.data.rename(data / "trial.csv")
    for path in (house.folder / "theme.css", house.project.folder / "own.svg"):
        path.unlink()
    code, told = verified(report, data, house)
    assert code == 0
    assert told["identical"]
    assert set(told["templates"]) == {name for name in looks if name.endswith(".j2")}


@pytest.fixture
def sent(house: House) -> Path:
    """A report in PDF whose theme is inside."""
    house.project.replace("formats: [html]", "formats: [pdf]")
    assert house.build()[0] == 0
    return house.project.out / "trial" / "report.pdf"


EDITS = {
    "a sheet": ("house/theme.css", b"#fdf8ef", b"#000000", "not the one that it was written with"),
    "a name above": ("build.json", b'"house/theme.css"', b'"../../../x.css"', "missing in it"),
    "an absolute name": ("build.json", b'"house/theme.css"', b'"/etc/theme.css"', "missing in it"),
    "no mapping": (
        "build.json",
        b'"looks": {',
        b'"looks": [], "x": {',
        "not what reportgen writes",
    ),
}


@pytest.mark.parametrize("case", EDITS)
def test_a_theme_inside_a_report_is_not_trusted(
    house: House, sent: Path, tmp_path: Path, case: str
) -> None:
    """What was changed is told; no name leads out of the folder that it is unpacked in."""
    pypdf = pytest.importorskip("pypdf")
    name, old, new, says = EDITS[case]
    writer = pypdf.PdfWriter(clone_from=sent)
    for each in writer.attachment_list:
        if each.name == name:
            assert old in each.content
            each.content = each.content.replace(old, new)
    writer.write(tmp_path / "changed.pdf")
    for name in ("../../../x.css", "/etc/theme.css") if "name" in case else ():
        found = pypdf.PdfWriter(clone_from=tmp_path / "changed.pdf")
        found.add_attachment(name, (house.folder / "theme.css").read_bytes())
        found.write(tmp_path / "more.pdf")
        assert main(["verify", str(tmp_path / "more.pdf"), "--data-dir", str(tmp_path)]) == 3
    assert main(["verify", str(tmp_path / "changed.pdf"), "--data-dir", str(tmp_path)]) == 3
    told = house.capsys.readouterr().err
    assert "error[tampered]" in told
    assert says in told


def verified(report: Path, data: Path, house: House) -> tuple[int, Any]:
    house.capsys.readouterr()
    code = main(["verify", str(report), "--data-dir", str(data), "--json"])
    return code, json.loads(house.capsys.readouterr().out)
