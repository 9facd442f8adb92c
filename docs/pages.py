"""Pictures of the first pages of the reports in `specs/`: `python docs/pages.py` renews them.

They are what a reader of the documentation sees, and what `tests/test_specs.py` holds pages to.
Needs pdftoppm (poppler).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "images" / "pages"
SPECS = ("fair", "grunfeld", "randhie", "wahl")
"""Those whose data come with a library."""
EPOCH = "1764547200"
"""1 December 2025: the date under every title."""
PAGES, DOTS, COLOURS = 2, 80, 48


def pictures(pdf: Path, folder: Path) -> list[Path]:
    """The first pages of a PDF as PNG, in order, never the last: it tells versions and digests."""
    count = _count(pdf)
    last = str(min(PAGES, count - 1))
    command = ["pdftoppm", "-png", "-r", str(DOTS), "-l", last, str(pdf), str(folder / pdf.stem)]
    subprocess.run(command, check=True)
    return sorted(folder.glob(f"{pdf.stem}-*.png"))


def specs() -> Sequence[Path]:
    """The specs that are pictured, as files."""
    return [path for name in SPECS if (path := ROOT / "specs" / f"{name}.yaml").is_file()]


def _count(pdf: Path) -> int:
    said = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True)
    return int(next(line.split()[-1] for line in said.stdout.splitlines() if "Pages:" in line))


def main() -> None:
    """Build every spec and keep its first pages."""
    import os

    from PIL import Image

    from reportgen.cli import main as reportgen

    os.environ["SOURCE_DATE_EPOCH"] = EPOCH
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as name:
        for spec in specs():
            reportgen(["build", str(spec), "--out", name, "--formats", "pdf"])
            for number, file in enumerate(
                pictures(Path(name) / spec.stem / "report.pdf", Path(name)), 1
            ):
                made = Image.open(file).convert("RGB").quantize(COLOURS)
                made.save(FOLDER / f"{spec.stem}-{number}.png", optimize=True)
                file.unlink()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
