"""Kinds by name. Each wing's register maps a name to "module:Class"; nothing loads until asked.

Other packages add kinds by entry points in the group of the register (`reportgen.models`, …);
they may not redefine a built-in name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

from reportgen.core.dataclass import dataclass


@dataclass(frozen=True)
class Registry:
    """One wing's register: what its kinds are called, and where each lives.

    A built-in name is found without a look at what is installed.
    """

    group: str
    noun: str
    builtin: Mapping[str, str]

    @cached_property
    def targets(self) -> Mapping[str, str]:
        """Every name and its "module:Class": built in, or brought by an installed package."""
        from importlib.metadata import entry_points

        found = {point.name: point.value for point in entry_points(group=self.group)}
        clashes = sorted(set(found) & set(self.builtin))
        if clashes:
            raise ValueError(f"a plugin redefines the built-in {self.noun} {', '.join(clashes)}")
        return {**self.builtin, **found}

    def load(self, name: str) -> Any:
        """An instance of the kind called `name`. KeyError where there is none."""
        target = self.builtin[name] if name in self.builtin else self.targets[name]
        module, _, attribute = target.partition(":")
        return getattr(import_module(module), attribute)()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self.builtin or name in self.targets)

    def __iter__(self) -> Iterator[str]:
        return iter(self.targets)
