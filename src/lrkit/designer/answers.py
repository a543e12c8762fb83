"""From a question in JSON to its answer in JSON; whatever goes wrong is an answer too."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from lrkit.designer.asked import Asked, BadQuestion

#: Where each kind of question is answered, by a function of its name: imported when first asked,
#: so that the first curve waits for nothing but drawing.
ANSWERS = {
    "draw": "drawing",
    "drag": "dragging",
    "check": "checking",
    "code": "code",
    "shapes": "shapes",
    "run": "runs",
    "audit": "runs",
    "values": "values",
    "at": "values",
}


def answer(question: bytes) -> bytes:
    """The answer to a question: one JSON document without a line break.

    >>> answer(b'{"ask": "nothing"}')[:30]
    b'{"error": {"reason": "`ask` mu'
    """
    try:
        asked = Asked(_document(question))
        kind = asked.one_of("ask", ANSWERS)
        module = import_module(f"lrkit.designer.{ANSWERS[kind]}")
        return json.dumps(getattr(module, kind)(asked), allow_nan=False).encode()
    except BadQuestion as error:
        return refusal(str(error))
    except MemoryError:
        return refusal("This takes too much memory. Write it shorter.")
    except Exception as error:  # a defect must not take the page down; its name helps a report
        return refusal(f"This could not be worked out ({type(error).__name__}). Write it simpler.")


def refusal(reason: str) -> bytes:
    """An answer that says why there is none."""
    return json.dumps({"error": {"reason": reason}}).encode()


def _document(question: bytes) -> Any:
    try:
        return json.loads(question, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadQuestion("A question must be a JSON document in UTF-8.") from None


def _no_constant(name: str) -> None:
    raise ValueError(name)
