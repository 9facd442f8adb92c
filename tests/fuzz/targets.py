"""What is fuzzed: specs, formulas, expressions, prose, files of every format, the cache."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import mutate
import yaml
from cases import Case, Target

from reportgen.cli import main

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FORMULAS = (
    "y ~ x", "y ~ x * C(site)", "np.log(w) ~ bs(x, df=4) + C(arm, Treatment('b'))",
    "y ~ 0 + C(site):x",
    "y ~ te(cr(x, df=3), cc(w, df=3))", "y ~ (x + w + n)**2 - x:w", "y ~ I(x**2 + 1) / arm",
    "y ~ poly(x, degree=3) + center(w) + standardize(n)", "y ~ Q('a b') + C(Q('class'), Sum)",
    "n ~ 1",
)  # fmt: skip
EXPRESSIONS = (
    "10 * x + site", "age >= 18 and not ismissing(w)", "where(arm == 'a', 1, 0)",
    "clip(x, 0, 1) // 2",
    "isin(site, 1, 2, 3) or x < w < 3", "round(log(exp(w)), 2) ** 2", "-x % 3 + abs(n)",
    "Q('a b') / 2",
)  # fmt: skip
PROSE = (
    "{{ models.m.coef.x.estimate | num(3) }} and {{ data.trial.n | count }}", "{{ ref('t') }}",
    "{{ models.m.coef['x'].p | p }} **b** [l](https://x.y) | a | b |",
    "{{ models.m | min('icc') }}",
    "{{ 1 + 2 * params.a if params.a > 1 else 'x' }}", "a `code` {{ models.m.n }} \\{{ }}",
)  # fmt: skip
ALPHABET = (
    "y", "x", "w", "n", "site", "arm", "Q('a b')", "C(", ")", "(", "~", "+", "-", "*", "/",
    ":", "**",
    "2", "0", "1", "10", "0.5", ",", "I(", "np.log(", "bs(", "df=4", "cr(", "te(", "poly(",
    "degree=2",
    "Treatment(", "'b'", "Sum", "Poly", "center(", "==", "<", "and", "or", "not", "where(", "isin(",
    "round(", "clip(", "log(", "%", "//", ">=", "ismissing(", "|", "{{", "}}", "models", ".",
    "m", "[",
    "]", "coef", "num(", "if", "else", "ref(",
)  # fmt: skip

SHEETS = (
    ":root { --head: #00467f; --titles: serif; --section-rule: .1rem solid #b3252c; }",
    "/* a */ :root{--paper:#fff;--title-size:2rem}",
    "@media (prefers-color-scheme: dark) { :root { --paper: #101010; } }\n:root{}",
)  # fmt: skip
CSS = (
    ":root", "{", "}", ";", ":", "--head", "--paper", "--x", "#fff", "#00467f", "serif", "/*", "*/",
    "@media", "@import", "url(", "(prefers-color-scheme: dark)", "screen", "and", "</style>", "\\",
    "'", '"', "none", ".1rem", "solid", "1rem", "!important", "<!--", "var(--head)", "\n", "\0",
)  # fmt: skip


def table(chance: random.Random, rows: int = 40) -> str:
    """A small data file with everything in it: numbers, counts, groups, texts, gaps, odd names."""
    lines = [
        f"{chance.gauss(0, 1):.4f},{chance.gauss(0, 1):.4f},{chance.random() + 0.1:.4f},"
        f"{chance.randrange(5)},{row % 8},{chance.choice('abc')},{chance.random():.3f},"
        f"{chance.choice('uv')},{chance.choice(('1', '2', ''))},{chance.gauss(170, 9):.1f}"
        for row in range(rows)
    ]
    return "\n".join(["y,x,w,n,site,arm,a b,class,2nd,Größe", *lines, ""])


@cache
def _seeds() -> tuple[tuple[str, Any], ...]:
    """Specs of the repository as texts and as trees; those that YAML itself reads."""
    paths = [*sorted((HERE / "seeds").glob("*.yaml")), *sorted((ROOT / "specs").glob("*.yaml"))]
    paths += sorted((ROOT / "tests" / "wrong").glob("*/*.yaml"))
    found = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        try:
            found.append((text, yaml.safe_load(text)))
        except yaml.YAMLError:
            found.append((text, {}))
    return tuple(found)


class Spec:
    """A whole spec, changed as bytes, as words or as a tree; checked, and built if it is right."""

    def __init__(self, folder: Path, way: str) -> None:
        self.folder, self.way = folder, way
        (folder / "trial.csv").write_text(table(random.Random(1)), encoding="utf-8")
        trees = [tree for _, tree in _seeds()]
        mutate.KEYS[:] = sorted({str(key) for tree in trees for key in _keys(tree)})

    def content(self, case: Case) -> bytes:
        """The spec of a case."""
        chance = case.chance
        own = 5 if chance.random() < 0.7 else len(_seeds())  # mostly those that can be built
        text, tree = chance.choice(_seeds()[:own])
        if self.way == "bytes":
            return mutate.some_bytes(chance, text.encode())
        if self.way == "tokens":
            return mutate.some_tokens(chance, text).encode("utf-8", "surrogatepass")
        made = mutate.some_parts(chance, mutate._copy(tree), [each for _, each in _seeds() if each])
        dumped = yaml.safe_dump(made, allow_unicode=chance.random() < 0.5, sort_keys=False)
        return dumped.encode("utf-8", "surrogatepass")

    def show(self, case: Case) -> str:
        """The spec."""
        return self.content(case).decode("utf-8", "backslashreplace")

    def feed(self, case: Case) -> int | None:
        """Check it; build it where it is right and reads the small file."""
        spec, out = self.folder / "spec.yaml", self.folder / "out"
        content = self.content(case)
        spec.write_bytes(content)
        code = main(
            ["validate", str(spec), "--format", case.chance.choice(("text", "json", "github"))]
        )
        if code == 0 and b"trial.csv" in content:
            shutil.rmtree(out, ignore_errors=True)
            return main(["build", str(spec), "--out", str(out), "--formats", "html", "--no-cache"])
        return code


def _keys(tree: Any) -> Any:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from _keys(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _keys(value)


class Words:
    """A short text of one grammar: words at random, or an example with words changed."""

    def __init__(
        self, folder: Path, examples: tuple[str, ...], use: Callable[[str], None],
        words: tuple[str, ...] = ALPHABET,
    ) -> None:  # fmt: skip
        self.examples, self.use, self.words = examples, use, words

    def show(self, case: Case) -> str:
        """The text."""
        chance = case.chance
        if chance.random() < 0.4:
            count = chance.choice((1, 3, 8, 20, 200))
            return chance.choice(("", " ")).join(chance.choice(self.words) for _ in range(count))
        return mutate.some_tokens(chance, chance.choice(self.examples), self.words)

    def feed(self, case: Case) -> None:
        """Parse it, and evaluate what was parsed."""
        self.use(self.show(case))


@cache
def _frame() -> Any:
    import io

    import pandas as pd

    from reportgen.core.types import Facts, Frame, Variable

    rows = pd.read_csv(io.StringIO(table(random.Random(1))))
    known = {str(name): Variable(str(name), str(name)) for name in rows}
    return Frame(rows, Facts("trial", len(rows), len(rows), "0" * 64, variables=known))


def _formula(text: str) -> None:
    from reportgen.models import MODELS
    from reportgen.models.formulas.formula import parse

    formula = parse(text)
    if set(formula.columns) <= set(_frame().table):
        model = MODELS.load("ols")
        options = model.Options(formula=text)
        if not list(model.check(options)):
            model.tidy(model.fit(options, _frame()))


def _expression(text: str) -> None:
    from reportgen.data.expression import parse

    made = parse(text)
    if {name.text for name in made.names} <= set(_frame().table):
        values = made.evaluate(_frame().table)
        assert len(values) == len(_frame().table)


def _prose(text: str) -> None:
    from reportgen.core.words import load
    from reportgen.writers.texts.markdown import to_html
    from reportgen.writers.texts.prose import render

    record = {"status": "ok", "n": 40, "icc": 0.1,
              "coef": {"x": {"estimate": 0.5, "se": 0.1, "low": 0.3, "high": 0.7, "p": 0.01}}
              }  # fmt: skip
    values = {"models": {"m": record}, "data": {"trial": {"n": 40}}, "params": {"a": 2}}
    html = to_html(render(text, values, {"t": "Table 1"}, load("en")))
    assert "<script" not in html


def _sheet(text: str) -> None:
    from reportgen.writers.pages.variables import sheet, written

    found = sheet(text, "theme.css")
    made = written(found.light, found.dark)
    again = sheet(made, "theme.css")
    assert (again.light, again.dark) == (found.light, found.dark)
    assert not set(made) & set("<\\/!'")
    assert "url" not in made


class File:
    """A data file whose bytes are not what they were."""

    def __init__(self, folder: Path, ending: str) -> None:
        import pandas as pd

        self.path = folder / f"trial{ending}"
        self.folder = folder
        rows = pd.DataFrame({"id": [1, 2, 3], "y": [0.5, None, 2.0], "arm": ["a", "b", "é"]})
        writers: dict[str, Callable[[], Any]] = {
            ".csv": lambda: self.path.write_text(table(random.Random(2), 6), encoding="utf-8"),
            ".tsv": lambda: rows.to_csv(self.path, sep="\t", index=False),
            ".csv.gz": lambda: rows.to_csv(self.path, index=False),
            ".parquet": lambda: rows.to_parquet(self.path),
            ".feather": lambda: rows.to_feather(self.path),
            ".xlsx": lambda: rows.to_excel(self.path, index=False),
            ".dta": lambda: rows.to_stata(self.path, write_index=False, version=118),
            ".sav": lambda: _labelled("write_sav", rows, self.path),
            ".xpt": lambda: _labelled("write_xport", rows, self.path),
        }
        writers[ending]()
        self.whole = self.path.read_bytes()

    def show(self, case: Case) -> str:
        """The bytes."""
        return repr(mutate.some_bytes(case.chance, self.whole))

    def feed(self, case: Case) -> None:
        """Read its header and its rows, and look at them as `init` does."""
        from reportgen.core.contracts import Reach
        from reportgen.data import SOURCES
        from reportgen.data.formats import kind_of
        from reportgen.data.profile import profiles

        self.path.write_bytes(mutate.some_bytes(case.chance, self.whole))
        source = SOURCES.load(kind_of(self.path.name) or "csv")
        options, reach = source.Options(path=self.path.name), Reach((self.folder,))
        names = source.columns(options, reach)
        profiles(source.read(options, reach, names[:3]))


def _labelled(writer: str, rows: Any, path: Path) -> None:
    import pyreadstat

    getattr(pyreadstat, writer)(rows, str(path))


class Cached:
    """A build whose cache holds entries that are damaged."""

    def __init__(self, folder: Path) -> None:
        import os

        self.folder, self.cache = folder, folder / "kept"
        os.environ["REPORTGEN_CACHE"] = str(self.cache)
        (folder / "trial.csv").write_text(table(random.Random(1)), encoding="utf-8")
        self.spec = folder / "spec.yaml"
        self.spec.write_text((HERE / "seeds" / "plain.yaml").read_text(), encoding="utf-8")
        self.code = main(["build", str(self.spec), "--out", str(folder / "out")])
        entries = sorted((self.cache / "entries").rglob("*.json"))
        self.whole = {path: path.read_bytes() for path in entries}

    def show(self, case: Case) -> str:
        """Which entry is damaged, and what it then is."""
        chance = case.chance
        path = chance.choice(sorted(self.whole))
        return f"{path}\n{mutate.some_bytes(chance, self.whole[path])!r}"

    def feed(self, case: Case) -> int:
        """Damage one entry, and build as if a word of the spec had changed."""
        chance = case.chance
        for path, content in self.whole.items():
            path.write_bytes(content)
        path = chance.choice(sorted(self.whole))
        path.write_bytes(mutate.some_bytes(chance, self.whole[path]))
        shutil.rmtree(self.folder / "out")
        code = main(["build", str(self.spec), "--out", str(self.folder / "out")])
        assert code == self.code
        return code


TARGETS: dict[str, Callable[[Path], Target]] = {
    "spec-bytes": lambda folder: Spec(folder, "bytes"),
    "spec-tokens": lambda folder: Spec(folder, "tokens"),
    "spec-parts": lambda folder: Spec(folder, "parts"),
    "formula": lambda folder: Words(folder, FORMULAS, _formula),
    "expression": lambda folder: Words(folder, EXPRESSIONS, _expression),
    "prose": lambda folder: Words(folder, PROSE, _prose),
    "theme": lambda folder: Words(folder, SHEETS, _sheet, CSS),
    "cache": Cached,
    **{
        f"file{ending}": (lambda folder, ending=ending: File(folder, ending))
        for ending in (
            ".csv",
            ".tsv",
            ".csv.gz",
            ".parquet",
            ".feather",
            ".xlsx",
            ".dta",
            ".sav",
            ".xpt",
        )
    },
}
