"""Versions of libraries, as Python's own way of reading them tells them."""

from __future__ import annotations

import importlib.metadata
import sys

import pytest

from reportgen.run.facts import LIBRARIES
from reportgen.run.kept.installed import version


@pytest.mark.parametrize("name", [*LIBRARIES, "pytest", "reportgen"])
def test_a_version_is_what_python_says(name: str) -> None:
    assert version(name) == importlib.metadata.version(name)


def test_the_first_folder_of_the_path_decides(tmp_path, monkeypatch) -> None:
    """A description without a version, an egg, a folder that is gone: the next is asked."""
    for folder, name, text in (
        ("a", "thing-3.0.dist-info", "Name: thing\n\nVersion: 9\n"),
        ("b", "Thing-2.0.dist-info", "Name: Thing\nVersion: 2.0\n\nVersion: 8\n"),
        ("c", "thing-1.0.dist-info", "Name: thing\nVersion: 1.0\n"),
        ("c", "thing_else-7.0.dist-info", "Name: thing-else\nVersion: 7.0\n"),
    ):
        (tmp_path / folder / name).mkdir(parents=True)
        (tmp_path / folder / name / "METADATA").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path / each) for each in ("gone", "a", "b", "c")])
    assert version("thing") == "2.0"


def test_what_is_not_installed_is_told(monkeypatch) -> None:
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        version("nothing-of-this-name")
