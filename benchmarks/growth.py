"""How does time grow? Rows, clusters and models, with statsmodels beside them."""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

from engines import engine, simulated, statsmodels
from measure import Answer, Row, process, tell, within

ROWS = (5_000, 20_000, 80_000, 320_000)
CLUSTERS = (100, 400, 1_600, 6_400)
MODELS = (10, 40, 160)
LONGEST = 6.0
"""A peer that took so many seconds is not asked for more."""


def main() -> None:
    """Each curve in one run."""
    warnings.simplefilter("ignore")
    answer = Answer("How time grows: with rows, with clusters, with models")
    for title, label, sizes in (
        ("rows", "rows, 1,000 clusters", [(n, 1_000) for n in ROWS]),
        ("clusters", "clusters, 50,000 rows", [(50_000, G) for G in CLUSTERS]),
    ):
        lines: dict[str, list[tuple[float, float]]] = {}
        for n, clusters in sizes:
            table = simulated(n, clusters)
            for kind, name in (("gee", "gee"), ("mixedlm", "intercept")):
                x = float(n if title == "rows" else clusters)
                run = engine(kind, name, table)
                run()
                lines.setdefault(f"{kind}: ours", []).append((x, within(run, 3)))
                theirs = lines.setdefault(f"{kind}: statsmodels", [])
                peer = statsmodels(name, table)
                if peer is not None and (not theirs or theirs[-1][1] < LONGEST):
                    theirs.append((x, within(peer, 1)))
        answer.curves[title] = (label, lines)
        for line, points in lines.items():
            (x0, y0), (x1, y1) = points[0], points[-1]
            answer.rows.append(Row(f"{title}, {x0:,.0f} → {x1:,.0f}: {line}", y1,
                                   f"{y1 / y0:.1f} × for {x1 / x0:.0f} ×"))  # fmt: skip
    _models(answer)
    tell(answer)


def _models(answer: Answer) -> None:
    """Builds of specs with ever more models."""
    points = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        simulated(5_000, 100).to_csv(place / "d.csv", index=False)
        for count in MODELS:
            spec = place / f"m{count}.yaml"
            spec.write_text(_spec(count), encoding="utf-8")
            command = [sys.executable, "-m", "reportgen", "build", spec, "--no-cache", "--engine",
                       "fast", "--out", place / "out", "--formats", "html"]  # fmt: skip
            points.append((float(count), process(command, 1)))
    answer.curves["models"] = ("models of one spec, built to HTML", {"build": points})
    (x0, y0), (x1, y1) = points[0], points[-1]
    answer.rows.append(Row(f"models, {x0:.0f} → {x1:.0f}: a build", y1, f"{y1 / y0:.1f} ×"))


def _spec(count: int) -> str:
    models = "".join(f"  m{number}: {{kind: gee, formula: y ~ x + z}}\n" for number in range(count))
    return (
        "reportgen: 1\ntitle: Many\ndatasets:\n  d: {source: d.csv, columns: [y, x, z, site]}\n"
        f"defaults: {{data: d, groups: site}}\nmodels:\n{models}"
        "report:\n  - table: compare\n    models: [m0, m1]\noutput: {formats: [html]}\n"
    )


if __name__ == "__main__":
    main()
