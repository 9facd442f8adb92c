"""Datasets that need no file."""

from __future__ import annotations

import pytest

from reportgen.run.kept.cache import Cache
from reportgen.run.kept.memory import Memory


class Ready(dict):
    """Datasets that are prepared already, and rest on no file."""

    @property
    def facts(self):
        return {name: frame.facts for name, frame in self.items()}

    @property
    def keys_(self):
        return dict.fromkeys(self)


@pytest.fixture
def ready():
    """Makes the memory of a build whose datasets are given as frames: it remembers nothing."""

    def make(**frames):
        return Memory(Ready(**frames), Cache(None))

    return make
