"""The attributes of objects, to be put back as they were."""

from collections.abc import Iterable
from typing import Any


class Attributes:
    """What each attribute of some objects is: the object itself, and what a plain dict or list has.

    Args:
        objects: They have a `__dict__`.
    """

    def __init__(self, objects: Iterable[Any]) -> None:
        self._dicts: list[tuple[dict[Any, Any], dict[Any, Any]]] = []
        self._lists: list[tuple[list[Any], list[Any]]] = []
        for one in objects:
            self._keep(vars(one))
            for value in vars(one).values():
                if type(value) is dict:
                    self._keep(value)
                elif type(value) is list:
                    self._lists.append((value, value[:]))

    def _keep(self, one: dict[Any, Any]) -> None:
        self._dicts.append((one, dict(one)))

    def restore(self) -> None:
        """Puts back what was bound anew, and takes away what was added."""
        for now, were in self._dicts:
            for name in [name for name in now if name not in were]:
                del now[name]
            for name, value in were.items():
                if name not in now or now[name] is not value:
                    now[name] = value
        for members, kept in self._lists:
            if len(members) != len(kept) or any(map(_is_other, members, kept)):
                members[:] = kept


def _is_other(one: Any, other: Any) -> bool:
    return one is not other
