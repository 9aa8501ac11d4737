"""Methods such as ``load``, which make a new object: they are called on the class only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T", bound=type)


class _OnClassOnly(classmethod):  # type: ignore[type-arg]
    """A class method; on an instance, calling it is an AttributeError, as in gensim."""

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return super().__get__(None, owner)
        kind, name = type(instance).__name__, self.__func__.__name__

        def refuse(*_: Any, **__: Any) -> Any:
            raise AttributeError(
                f"{name} makes a new object and does not change this one: "
                f"call it on the class, {kind}.{name}(...)"
            )

        return refuse


def on_class_only(*names: str) -> Callable[[T], T]:
    """A class decorator: some class methods raise AttributeError when an instance calls them.

    Without it ``model.load(path)`` would look as if it changed the model.

    >>> wv.load("vectors.safetensors")
    Traceback (most recent call last):
    AttributeError: load makes a new object ... call it on the class, KeyedVectors.load(...)
    """

    def decorated(kind: T) -> T:
        for name in names:
            setattr(kind, name, _OnClassOnly(vars(kind)[name].__func__))
        return kind

    return decorated
