"""Which version of a library is installed, read without loading how Python reads all of that."""

from __future__ import annotations

import os
import sys


def version(name: str) -> str:
    """The version of an installed distribution. PackageNotFoundError where it is not.

    `importlib.metadata` parses each description with the library for letters: most of the time of a
    build in which nothing changed. It is asked where the description is not found at once.
    """
    for folder in sys.path:
        try:
            found = [each for each in os.listdir(folder or ".") if _describes(each, name)]
        except OSError:
            continue  # an archive, or a folder that is gone
        for each in found:
            stated = _stated(os.path.join(folder, each, "METADATA"))
            if stated:
                return stated
    from importlib import metadata

    return metadata.version(name)


def _describes(folder: str, name: str) -> bool:
    return folder.endswith(".dist-info") and folder.partition("-")[0].lower() == name


def _stated(file: str) -> str:
    """What stands behind `Version:` in the head of a description; "" where nothing does."""
    try:
        with open(file, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("Version:"):
                    return line.removeprefix("Version:").strip()
                if not line.strip():
                    break
    except OSError:
        return ""
    return ""
