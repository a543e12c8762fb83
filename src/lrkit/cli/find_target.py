"""What `lrkit find` is given: a function, and the `find_lr` that takes what it returns."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from lrkit.cli.group import Failure

#: By name, the module that makes the model and the data of a built-in task.
BUILT_IN = {"mnist": "lrkit.tasks.finding"}
#: The first of these keys that a dict has says which framework it is for.
KEYS = (("params", "optax"), ("optimizer", "torch"), ("model", "keras"))


class Target:
    """What is trained, before it is made.

    Args:
        name: As the user wrote it.
        make: Makes it, of a seed.
    """

    def __init__(self, name: str, make: Callable[[int], Any]) -> None:
        self.name, self._make = name, make

    def load(self, seed: int) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
        """Make it: the `find_lr` of its framework, and with what to call that.

        Args:
            seed: Of a built-in task's weights.

        Raises:
            Failure: It is nothing that a `find_lr` takes.
        """
        framework, places, names = arguments_of(self.name, self._make(seed))
        return import_module(f"lrkit.{framework}").find_lr, places, names


def target_of(name: str) -> Target:
    """The built-in task or the function of this name.

    Raises:
        Failure: There is none.
    """
    if name in BUILT_IN:
        from lrkit.tasks import backend

        def make(seed: int) -> Any:
            backend.choose()
            return getattr(import_module(BUILT_IN[name]), name)(seed)

        return Target(name, make)
    module, sign, function = name.partition(":")
    if not (module and sign and function):
        known = ", ".join(BUILT_IN)
        raise Failure(f"TARGET must be MODULE:FUNCTION or one of {known}, got {name!r}.")
    return Target(name, lambda _: _function(module, function)())


def _function(module: str, name: str) -> Callable[[], Any]:
    """The function of a module, which may be in the present folder."""
    if module.endswith(".py"):
        way_out = f"Write {module.removesuffix('.py').replace('/', '.')}:{name}."
        raise Failure(f"MODULE must be a name as in an import, got {module!r}. {way_out}")
    folder = str(Path.cwd())
    if folder not in sys.path and "" not in sys.path:
        sys.path.insert(0, folder)
    try:
        found: Any = import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise  # what the module itself imports
        raise Failure(
            f"there is no module {module!r}. It is looked for in {folder} and where Python looks."
        ) from error
    for part in name.split("."):
        if not hasattr(found, part):
            near = difflib.get_close_matches(part, dir(found), n=1)
            way_out = f"Did you mean {near[0]!r}?" if near else "Look how it is spelled."
            raise Failure(f"{module} has no {part!r}. {way_out}")
        found = getattr(found, part)
    if not callable(found):
        raise Failure(
            f"{module}:{name} must be a function that makes the model and the data, got one of "
            f"type {type(found).__name__}."
        )
    function: Callable[[], Any] = found
    return function


def arguments_of(target: str, made: Any) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """The framework of what a function returned, and the arguments of its `find_lr`.

    Args:
        target: The function, as the user wrote it.
        made: What it returned.

    Raises:
        Failure: It is something else.

    >>> arguments_of("train:make", {"model": 1, "optimizer": 2})
    ('torch', (), {'model': 1, 'optimizer': 2})
    >>> arguments_of("train:make", ("model", "dataset"))
    ('keras', ('model', 'dataset'), {})
    """
    if isinstance(made, Mapping):
        for key, framework in KEYS:
            if key in made:
                return framework, (), dict(made)
        got = f"a dict with {', '.join(map(repr, made)) or 'nothing'}"
    elif isinstance(made, tuple) and len(made) in (2, 3):
        return "keras", made, {}
    elif isinstance(made, tuple):
        got = f"a tuple of {len(made)}"
    else:
        got = "nothing" if made is None else f"one of type {type(made).__name__}"
    raise Failure(
        f"{target} must return (model, x, y), (model, dataset) or a dict of the arguments of "
        f"find_lr, with 'model' in it, got {got}."
    )
