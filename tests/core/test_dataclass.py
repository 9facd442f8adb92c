"""Our `dataclass` is that of the standard library, made later."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import threading
from typing import ClassVar, Generic, TypeVar

import pytest

from reportgen.core.dataclass import dataclass


@dataclass(frozen=True)
class Point:
    """A frozen one, with every sort of field."""

    x: int
    y: tuple[int, ...] = ()
    names: list[str] = dataclasses.field(default_factory=list, compare=False)
    secret: str = dataclasses.field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Deep(Point):
    """One that inherits."""

    z: float = 0.5
    told: ClassVar[str] = "no field"


@dataclass
class Heap:
    """One that changes."""

    size: int = 0


@dataclass(frozen=True)
class Bare:
    """One without fields."""


Some = TypeVar("Some")


@dataclass(frozen=True)
class Box(Generic[Some]):
    """A generic one."""

    held: Some


class Child(Point):
    """A plain subclass."""


@dataclass(frozen=True)
class Own:
    """One with methods of its own."""

    x: int

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 7

    def __repr__(self) -> str:
        return "own"


def standard(cls: type, **how: bool) -> type:
    """The same class, made by the standard library."""
    space = {name: vars(cls)[name] for name in ("__annotations__", "__doc__", "__module__")}
    for each in dataclasses.fields(cls):
        space[each.name] = dataclasses.field(
            **{
                name: getattr(each, name)
                for name in ("default", "default_factory", "repr", "compare", "hash", "init")
            }
        )
    return dataclasses.dataclass(**how)(type(cls.__name__, (), space))


def test_it_does_what_the_standard_library_does() -> None:
    """Its text, equality, hash, and fields are the same."""
    theirs = standard(Point, frozen=True)
    for given in ((1,), (1, (2,), ["a"]), (2, (), [], "word")):
        assert repr(Point(*given)) == repr(theirs(*given))
        assert (Point(*given) == Point(1)) is (theirs(*given) == theirs(1))
        assert Point(*given) != theirs(*given)
    assert Point(1, names=["a"]) == Point(1)
    assert hash(Point(1, names=["a"])) == hash(Point(1))
    assert Point(1, secret="a") != Point(1)
    assert "secret" not in repr(Point(1, secret="a"))
    assert Point.__match_args__ == ("x", "y", "names", "secret") == theirs.__match_args__
    assert str(Bare()) == "Bare()"
    assert Bare() == Bare()
    assert hash(Bare()) == hash(Bare())


def test_a_frozen_one_stays_as_it_is() -> None:
    """Nothing is set or deleted; one that is not frozen can be changed, and has no hash."""
    for act in (lambda: setattr(Point(1), "x", 2), lambda: delattr(Point(1), "x")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            act()
    child = Child(1)
    child.note = "its own"
    with pytest.raises(dataclasses.FrozenInstanceError):
        child.x = 2
    heap = Heap()
    heap.size = 3
    assert heap == Heap(3)
    with pytest.raises(TypeError, match="unhashable"):
        hash(heap)


def test_wrong_arguments_are_told_by_the_names_of_the_fields() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        Point()
    with pytest.raises(TypeError, match="unexpected keyword argument 'w'"):
        Point(1, w=2)


def test_classes_inherit_from_one_another_and_from_here_elsewhere() -> None:
    """In any mixture; a plain subclass is a dataclass by its base."""
    theirs = dataclasses.dataclass(frozen=True)(
        type("Theirs", (Deep,), {"__annotations__": {"w": "int"}, "w": 4})
    )
    assert repr(Deep(1, z=2.0)) == "Deep(x=1, y=(), names=[], z=2.0)"
    assert repr(theirs(1)) == "Theirs(x=1, y=(), names=[], z=0.5, w=4)"
    assert [each.name for each in dataclasses.fields(Child)] == ["x", "y", "names", "secret"]
    assert Child(1) == Child(1) != Point(1)
    assert repr(Box[int](3)) == "Box(held=3)"
    assert dataclasses.replace(Deep(1), z=3.0) == Deep(1, z=3.0)
    with pytest.raises(TypeError, match="cannot inherit"):
        dataclasses.dataclass(type("Soft", (Point,), {"__annotations__": {}}))


@dataclass
class Checked:
    """One that looks at what it was given."""

    size: float = dataclasses.field(init=False)
    low: float
    high: float = 1.0
    seen: list[float] = dataclasses.field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.size = self.high - self.low
        if self.low > self.high:
            raise ValueError("upside down")


def test_it_looks_at_what_it_was_given() -> None:
    """`__post_init__` is called, and a default that is mutable is nobody else's."""
    assert Checked(0.5) == Checked(0.5, 1.0)
    assert repr(Checked(0.5)) == "Checked(size=0.5, low=0.5, high=1.0, seen=[])"
    assert Checked.__match_args__ == ("low", "high")
    with pytest.raises(ValueError, match="upside down"):
        Checked(2.0)
    first, second = Point(1), Point(1)
    first.names.append("mine")
    assert second.names == []


def test_methods_of_its_own_stay() -> None:
    assert Own(1) == 2
    assert hash(Own(1)) == 7
    assert repr(Own(1)) == "own"


def fresh() -> type:
    """A class that nobody has used yet."""

    @dataclass(frozen=True)
    class Fresh:
        """One or two."""

        x: int
        y: list[int] = dataclasses.field(default_factory=list)

    return Fresh


@pytest.mark.parametrize("first", [
    lambda cls: cls(1),
    dataclasses.fields,
    dataclasses.is_dataclass,
    lambda cls: cls.__match_args__,
    lambda cls: repr(bare(cls)),
    lambda cls: hash(bare(cls)),
    lambda cls: bare(cls) == bare(cls),
    lambda cls: copy.copy(bare(cls)).x,
    lambda cls: type("Sub", (cls,), {})(1),
    lambda cls: dataclasses.dataclass(frozen=True)(type("Sub", (cls,), {"__annotations__": {}}))(1),
])  # fmt: skip
def test_whatever_comes_first_makes_it(first) -> None:
    """An instance, its fields, or an object that came out of a pickle without any of these."""
    cls = fresh()
    first(cls)
    assert cls(1) == cls(1, [])
    assert repr(cls(3)).endswith("Fresh(x=3, y=[])")
    with pytest.raises(dataclasses.FrozenInstanceError):
        cls(1).x = 2


def bare(cls: type):
    """An instance as pickle and copy make it: without a call of `__init__`."""
    made = cls.__new__(cls)
    made.__dict__.update(x=1, y=2)
    return made


def test_an_object_that_nobody_made_is_frozen_too() -> None:
    """One that came out of a pickle before the class was used is refused changes."""
    made = bare(fresh())
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.x = 2


def test_it_goes_through_a_pickle() -> None:
    assert pickle.loads(pickle.dumps(Deep(1, (2,), z=3.0))) == Deep(1, (2,), z=3.0)


def test_threads_that_come_at_once_find_one_class() -> None:
    """Twenty threads use a class for the first time: each gets a sound instance."""
    for _ in range(20):
        cls, gate, found = fresh(), threading.Barrier(4), []

        def use(cls=cls, gate=gate, found=found) -> None:
            gate.wait()
            found.append(cls(1))

        threads = [threading.Thread(target=use) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert found == [cls(1)] * 4
