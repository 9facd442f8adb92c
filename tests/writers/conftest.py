"""A report as real ones are: three tables (long, wide, ordinary), two figures, two claims.

The numbers are those of the case study's published tables, rounded; nothing is computed here.
Tests ask for `demo`: this file's builders (`demo.document`, `demo.compare`, …).
"""

from __future__ import annotations

import sys
from base64 import b64encode
from functools import cache
from io import BytesIO
from types import ModuleType

import pytest

from reportgen.core.document import (
    Build,
    Cell,
    Claim,
    Column,
    Document,
    Figure,
    Heading,
    Part,
    Row,
    RowBlock,
    Table,
    Text,
)
from reportgen.core.types import Facts, Model, Note, Result, Step

SPEC = "reportgen: 1\ntitle: Multilevel and marginal modeling\n"

BUILD = Build(
    versions={"reportgen": "0.1.0", "python": "3.11.2", "numpy": "2.4.0", "statsmodels": "0.15.0"},
    spec_name="nhanes.yaml",
    spec_sha256="9f2c" * 16,
    spec_text=SPEC,
    git="3f9c2ab" + "0" * 33,
    created="2026-11-23T00:00:00Z",
    params={"wave": "2015-2016", "file": "nhanes_2015_2016.csv"},
    seeds={"nhanes.noise": 20162016},
    results_digest="77aa" * 16,
)

NHANES = Facts(
    name="nhanes",
    rows_read=5735,
    n=5102,
    sha256="116bf37a" + "0" * 56,
    steps=(Step("complete cases", 5735, 5102),),
)

RACES = ("Other Hispanic", "Non-Hispanic White", "Non-Hispanic Black", "Other or multiracial")
OLS = ((0.479, 0.013), (3.67, 0.45), (0.278, 0.033), (0.86, 0.82), (-1.80, 0.67), (3.81, 0.73),
       (-0.46, 0.81), (91.7, 1.3))  # fmt: skip
GEE = ((0.474, 0.018), (3.65, 0.45), (0.280, 0.039), (0.16, 0.77), (-2.23, 0.76), (3.11, 0.88),
       (-0.44, 0.81), (92.2, 1.4))  # fmt: skip

PROSE = """\
Point estimates barely move when clustering is respected; their standard errors do. For age the GEE
standard error is **1.43 times** that of least squares, for body mass index 1.16 times: see
[Table 2](#linear) and [Figure 1](#estimates). Ignoring clusters is *not* a harmless simplification.
"""


@pytest.fixture
def demo() -> ModuleType:
    """The builders of this file."""
    return sys.modules[__name__]


def compare(models: int = 2, table_id: str = "linear") -> Table:
    """Estimates and standard errors side by side; with many models, wider than a page."""
    names = (["OLS", "GEE", "Random intercept", "Random slope", "Weighted"] * 4)[:models]
    spanners = [f"{name} {i // 5 + 1}" if i > 4 else name for i, name in enumerate(names)]
    columns = [
        Column(label, role, spanner)
        for spanner in spanners
        for label, role in (("Estimate", "estimate"), ("SE", "se"))
    ]
    columns.append(Column("SE ratio", "se_ratio"))

    def row(label: str, term: int, indent: int = 0) -> Row:
        pairs = [(OLS, GEE)[i % 2][term] for i in range(models)]
        cells = [
            Cell(value, role, error=pair[1])
            for pair in pairs
            for value, role in zip(pair, ("estimate", "se"), strict=True)
        ]
        return Row(label, (*cells, Cell(GEE[term][1] / OLS[term][1], "se_ratio")), indent)

    def reference(label: str) -> Row:
        pair = (Cell(None, "estimate", empty="reference"), Cell(None, "se"))
        return Row(label, (*(pair * models), Cell(None)), 1)

    def fit(label: str, *cells: Cell) -> Row:
        spread = [item for i in range(models) for item in (cells[i % 2], Cell(None))]
        return Row(label, (*spread, Cell(None)))

    undefined = Cell(None, "icc", empty="undefined")
    terms = (
        row("Age (years)", 0), Row("Sex", header=True), reference("Female"), row("Male", 1, 1),
        row("Body mass index (kg/m²)", 2), Row("Race/ethnicity", header=True),
        reference("Mexican American"),
        *(row(race, 3 + i, 1) for i, race in enumerate(RACES)), row("Intercept", 7),
    )  # fmt: skip
    fits = (
        fit("Observations", Cell(5102, "count"), Cell(5102, "count")),
        fit("Clusters (size)", undefined, Cell("30 (106 to 226)", "text")),
        fit("Intraclass correlation", undefined, Cell(0.013, "icc", decimals=3)),
        fit("Standard errors", Cell("model-based", "text"), Cell("robust", "text")),
    )
    return Table(
        kind="compare",
        columns=tuple(columns),
        blocks=(RowBlock(terms), RowBlock(fits)),
        caption="Systolic blood pressure (mmHg) on demographic factors, NHANES 2015–2016",
        id=table_id,
        notes=("GEE: exchangeable working correlation within masked variance units.",),
        abbreviations=("GEE", "OLS", "SE"),
    )


def describe(copies: int = 1) -> Table:
    """Table 1, repeated until it is longer than a page."""
    groups = (("All", 5102), ("Male", 2471), ("Female", 2631))
    columns = tuple(Column(f"{name} (n = {n:,})", "mean_sd") for name, n in groups)

    def level(label: str, share: float) -> Row:
        cells = [Cell((round(n * share), share), "count_percent") for _, n in groups]
        return Row(label, tuple(cells), 1)

    rows: list[Row] = []
    for copy in range(copies):
        wave = f", wave {copy + 1}" if copies > 1 else ""
        cells = [Cell((48.1 + i / 4, 17.9), "mean_sd", decimals=1) for i in range(3)]
        rows.append(Row(f"Age (years){wave}", tuple(cells)))
        rows.append(Row(f"Race/ethnicity{wave}", header=True))
        rows += [level(race, 0.12 + i / 10) for i, race in enumerate(RACES)]
        rows.append(Row(f"Education{wave}", header=True))
        rows += [
            level(name, share)
            for name, share in (("Less than 9th grade", 0.11), ("High school", 0.22),
                                ("Some college", 0.31), ("College", 0.25))
        ]  # fmt: skip
    return Table(
        kind="describe",
        columns=columns,
        blocks=(RowBlock(tuple(rows)),),
        caption="Participants by sex",
        notes=("Mean (standard deviation) or number (percent of those with a value).",),
    )


def svg(title: str = "") -> str:
    """A small forest plot, with a clip path and a definition as matplotlib writes them."""
    rows = "".join(
        f'<g clip-path="url(#p1)"><path d="M {120 + 12 * i} {30 + 24 * i} h {90 + 10 * i}" '
        f'stroke="#0b5a8a" stroke-width="1.2"/><use href="#m1" x="{165 + 17 * i}" '
        f'y="{30 + 24 * i}" fill="#0b5a8a"/></g><text x="112" y="{33 + 24 * i}" '
        f'text-anchor="end" font-size="8.9" font-family="Source Sans Pro">{label}</text>'
        for i, label in enumerate(("Age (years)", *RACES))
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="447pt" height="170pt" '
        'viewBox="0 0 447 170"><metadata>made by hand</metadata><defs><clipPath id="p1"><rect '
        'x="115" y="10" width="325" height="135"/></clipPath>'
        '<path id="m1" d="M -3 -3 h 6 v 6 h -6 z"/>'
        f'</defs>{rows}<path d="M 240 12 V 145" stroke="#1b2226" stroke-width=".6"/>'
        '<path d="M 120 145 H 440" stroke="#1b2226" stroke-width=".8"/>'
        f'<text x="280" y="164" text-anchor="middle" font-size="8.9" font-family="Source Sans Pro">'
        f"Difference in systolic blood pressure (mmHg), 95% CI{title}</text></svg>"
    )


@cache
def picture() -> str:
    """What the drawing is as PNG: of its size at 300 dots an inch, and white."""
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (1862, 708), "white").save(out, "PNG", dpi=(300, 300))
    return b64encode(out.getvalue()).decode()


def figure(figure_id: str = "estimates", drawn: str | None = None) -> Figure:
    """A forest plot."""
    return Figure(
        kind="forest",
        svg=drawn or svg(),
        alt="Estimates with 95% confidence intervals; age is the smallest, 0.47 (0.44 to 0.51).",
        caption="Estimates and 95% confidence intervals by method",
        id=figure_id,
        notes=("Intervals are robust to clustering.",),
        png=picture(),
    )


HOLDS = Claim(
    "The standard error for age grows by at least a third when clustering is respected",
    True,
    "0.0185 > 1.33 × 0.0129",
    61,
)
FAILS = Claim("Least squares would do just as well", False, "0.0185 < 0.0129", 70)

PARTS: tuple[Part, ...] = (
    Heading(1, "Clustering in NHANES"),
    Text("5,102 participants with complete data fall into 30 masked variance units."),
    describe(4),
    Heading(1, "Marginal linear model"),
    Text(PROSE),
    compare(),
    figure(),
    HOLDS,
    Heading(1, "Multilevel models"),
    Text("Five models of one outcome, `sbp`:\n\n- clusters ignored\n- clusters respected\n"),
    compare(5, "wide"),
    Heading(2, "Random slopes"),
    Text("> The slope of age varies by cluster.\n\n| Model | AIC |\n|---|--:|\n| 1 | 42 |\n"),
    figure("slopes"),
    FAILS,
)


def models() -> dict[str, Model]:
    """Two fits, one of them with a warning."""
    note = Note("warning", "boundary", "the variance of `group` is on the boundary")
    ols = Result("ols", "ok", n=5102)
    gee = Result("gee", "warning", n=5102, n_groups=30, notes=(note,))
    return {
        "sbp_ols": Model("sbp_ols", "sbp_ols", "OLS", "nhanes", ols),
        "sbp_gee": Model("sbp_gee", "sbp_gee", "GEE", "nhanes", gee),
    }


def document(*parts: Part, **changes: object) -> Document:
    """A document of `parts` (the whole demonstration where none are given)."""
    chosen = parts or PARTS
    known: dict[str, object] = {
        "title": "Multilevel and marginal modeling",
        "subtitle": "A case study with NHANES 2015–2016",
        "authors": ("Ada Lovelace", "Karl Pearson"),
        "date": "2026-11-23",
        "abstract": "How strongly does blood pressure cluster within the sampling units of NHANES?",
        "datasets": {"nhanes": NHANES},
        "models": models(),
        "claims": tuple(part for part in chosen if isinstance(part, Claim)),
    }
    return Document(parts=chosen, **({"build": BUILD} | known | changes))  # type: ignore[arg-type]
