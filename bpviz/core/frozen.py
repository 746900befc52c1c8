"""The standard library's frozen dataclasses, made in a quarter of its time.

It writes six methods of every class as text and compiles them. There are ninety such classes in
the modules that stand before the first frame, and making them was a fifteenth of the start. Here
only ``__init__`` is compiled: the other methods differ in nothing but the names of the fields.
What comes out is a dataclass for ``fields``, ``replace`` and ``asdict``, and for a type checker.
Modules that the first frame does not need may as well use the library's own.
"""

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, slots: bool, eq: bool = True) -> Callable[[type], type]:
        """``dataclasses.dataclass(frozen=True, slots=True, eq=eq)``; nothing else is offered."""
        if not (frozen and slots):
            raise TypeError("only frozen dataclasses with slots are made here")
        bare = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)
        return lambda cls: _completed(bare(cls), eq)


def _completed(cls: type, eq: bool) -> type:
    """The class with the methods that it does not define itself."""
    fields = dataclasses.fields(cls)
    methods = {
        "__init__": _init(cls, fields),
        "__repr__": _repr,
        "__setattr__": _set,
        "__delattr__": _delete,
        "__getstate__": _state,
        "__setstate__": _restore,
        **(_comparison(fields) if eq else {}),
    }
    for name, method in methods.items():
        if name not in vars(cls):
            setattr(cls, name, method)
    return cls


def _init(cls: type, fields: tuple["dataclasses.Field[Any]", ...]) -> Callable[..., None]:
    """A method that takes the fields in their order, sets them and calls ``__post_init__``."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_missing": dataclasses.MISSING}
    parameters, lines = ["self"], []
    for name, field in ((field.name, field) for field in fields if field.init):
        default, value = "", name
        if field.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = field.default
            default = f"=_default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            known[f"_make_{name}"] = field.default_factory
            default, value = "=_missing", f"_make_{name}() if {name} is _missing else {name}"
        parameters.append(name + default)
        lines.append(f"    _set(self, {name!r}, {value})")
    lines.append("    self.__post_init__()" if hasattr(cls, "__post_init__") else "    return")
    exec("\n".join((f"def __init__({', '.join(parameters)}):", *lines)), known)
    method: Callable[..., None] = known["__init__"]
    method.__qualname__ = f"{cls.__qualname__}.__init__"
    return method


def _comparison(fields: tuple["dataclasses.Field[Any]", ...]) -> dict[str, Any]:
    """Methods that compare all fields of two records of the same class, and hash them."""
    names = [field.name for field in fields]
    values: Callable[[object], Any] = attrgetter(*names) if names else lambda _: ()

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    return {"__eq__": equal, "__hash__": hashed}


def _repr(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self))
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _set(self: object, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
