"""What does a whole report cost? The case study against a script that only prints, and rebuilds."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from measure import HERE, Answer, Row, has_r, nhanes, process, ratio, tell

SENTENCE = ("participants with complete data fall", "people with complete data fall")


def main() -> None:
    """Cold builds, a build in which nothing changed, and one in which a sentence did."""
    answer = Answer("The case study: 25 models, 4 figures, 8 tables")
    found = nhanes()
    if found is None:
        answer.said.append("The case study is not on this machine, and nothing was measured.")
        tell(answer)
        return
    data = found / "data"
    file = data / "nhanes_2015_2016.csv"
    script = process([sys.executable, HERE / "case_study_script.py", file], 3)
    answer.rows.append(Row("a statsmodels script that only prints", script, "1 ×"))
    _in_r(answer, file)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["REPORTGEN_CACHE"] = str(Path(folder) / "cache")
        spec = Path(folder) / "nhanes.yaml"
        text = (found / "design" / "nhanes.yaml").read_text(encoding="utf-8")
        spec.write_text(text, encoding="utf-8")
        for formats, cold, sentence in (("html", 1.5, 0.1), ("html,pdf", 2.5, 0.5)):
            build = [sys.executable, "-m", "reportgen", "build", spec, "--data-dir", data,
                     "--out", Path(folder) / formats, "--formats", formats]  # fmt: skip
            name = formats.upper().replace(",", " and ")
            spec.write_text(text, encoding="utf-8")
            whole = process([*build, "--no-cache"], 2)
            answer.rows.append(ratio(Row(f"{name}, no cache", whole), script, cold))
            if formats == "html":
                fast = process([*build, "--no-cache", "--engine", "fast"], 2)
                answer.rows.append(ratio(Row("HTML, no cache, `--engine fast`", fast), script, 0.8))
            process(build, 1)
            same = process(build, 3)
            answer.rows.append(ratio(Row(f"{name}, nothing changed (of the cold build)", same),
                                     whole, 0.05))  # fmt: skip
            assert SENTENCE[0] in text
            spec.write_text(text.replace(*SENTENCE), encoding="utf-8")
            changed = process(build, 1)
            answer.rows.append(ratio(Row(f"{name}, one sentence changed (of the cold build)",
                                         changed), whole, sentence))  # fmt: skip
    tell(answer)


def _in_r(answer: Answer, file: Path) -> None:
    if not has_r("lme4", "geepack"):
        answer.said.append("R's lme4 and geepack are not installed, and were not measured.")
        return
    spent = process(["Rscript", HERE / "case_study.R", file], 1)
    script = answer.rows[0].seconds or 1.0
    answer.rows.append(Row("an R script that only prints", spent, f"{spent / script:.2g} ×"))
    answer.said.append("R Markdown and notebooks were not measured.")


if __name__ == "__main__":
    main()
