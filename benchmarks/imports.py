"""What does it cost to ask? Start-up of commands, and imports of what they leave out."""

from __future__ import annotations

import sys

from measure import Answer, Row, nhanes, process, python, ratio, tell, times

LIBRARIES = ("yaml", "jinja2", "numpy", "pandas", "scipy.stats", "matplotlib.figure",
             "weasyprint", "statsmodels.api")  # fmt: skip
BARE = "a bare interpreter"


def main() -> None:
    """Help and validation against a bare interpreter."""
    answer = Answer(
        "Start-up",
        "What a command takes before it begins, and beside it the imports that it does without.",
    )
    bare = python("pass", 10)
    answer.rows.append(Row(BARE, bare))
    helped = process([sys.executable, "-m", "reportgen", "--help"], 5)
    answer.rows.append(ratio(Row("`reportgen --help`", helped, against=BARE), bare, 5))
    found = nhanes()
    if found is None:
        answer.said.append("The case study is not on this machine: `validate` was not measured.")
    else:
        spec, data = found / "design" / "nhanes.yaml", found / "data"
        command = [sys.executable, "-m", "reportgen", "validate", spec, "--data-dir", data]
        answer.rows.append(
            ratio(Row("`validate` of the case study", process(command, 5), against=BARE), bare, 15)
        )
    for name in LIBRARIES:
        spent = python(f"import {name}")
        answer.rows.append(Row(f"`import {name}`", spent, times(spent / bare), against=BARE))
    tell(answer)


if __name__ == "__main__":
    main()
