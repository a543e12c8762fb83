"""Values that are worked out once, when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class lazy(Generic[T]):
    """`functools.cached_property` without its lock, which compilers of graphs cannot pass.

    Two threads may both work a value out; it is the same.
    """

    def __init__(self, function: Callable[[Any], T]) -> None:
        """Wrap the method that works the value out."""
        self.function, self.name = function, function.__name__
        self.__doc__ = function.__doc__
        self.__isabstractmethod__ = getattr(function, "__isabstractmethod__", False)

    @overload
    def __get__(self, instance: None, owner: type) -> lazy[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> T | lazy[T]:
        """The value, kept in the instance under the same name, which from then on comes first."""
        if instance is None:
            return self
        value = self.function(instance)
        instance.__dict__[self.name] = value
        return value
