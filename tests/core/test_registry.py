"""Kinds are found by name, built in or brought by an installed package."""

from __future__ import annotations

from collections import OrderedDict
from importlib import metadata

import pytest

from reportgen.core.registry import Registry


@pytest.fixture
def register() -> Registry:
    return Registry("reportgen.samples", "sample", {"ordered": "collections:OrderedDict"})


def announce(monkeypatch: pytest.MonkeyPatch, *points: tuple[str, str]) -> None:
    found = metadata.EntryPoints(
        metadata.EntryPoint(*point, "reportgen.samples") for point in points
    )
    monkeypatch.setattr(metadata, "entry_points", lambda **_: found)


def test_built_in_name_needs_no_look_at_what_is_installed(
    register: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build of built-in kinds does not read the files of every installed package."""
    monkeypatch.delattr(metadata, "entry_points")
    assert "ordered" in register
    assert isinstance(register.load("ordered"), OrderedDict)


def test_installed_package_brings_a_kind(
    register: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(monkeypatch, ("counted", "collections:Counter"))
    assert list(register) == ["ordered", "counted"]
    assert type(register.load("counted")).__name__ == "Counter"
    assert "unheard" not in register


def test_installed_package_may_not_redefine_a_built_in(
    register: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(monkeypatch, ("ordered", "collections:Counter"))
    with pytest.raises(ValueError, match="redefines the built-in sample ordered"):
        list(register)
    assert isinstance(register.load("ordered"), OrderedDict)
