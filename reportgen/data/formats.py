"""Which source reads a file: told by its ending."""

from __future__ import annotations

ENDINGS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".csv.gz": "csv", ".tsv.gz": "csv",
    ".parquet": "parquet", ".feather": "feather", ".arrow": "feather", ".xlsx": "excel",
    ".xpt": "sas", ".sas7bdat": "sas", ".dta": "stata", ".sav": "spss", ".zsav": "spss",
}  # fmt: skip


def kind_of(name: str) -> str | None:
    """The name of the source that reads a file called `name`; None for an ending nobody reads."""
    lower = name.lower()
    return next((kind for ending, kind in ENDINGS.items() if lower.endswith(ending)), None)
