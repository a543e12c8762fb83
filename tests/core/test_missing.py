"""Names that `lrkit` does not have: the error says where they are, or what was meant."""

import ast
import importlib
import sys
from pathlib import Path

import pytest

import lrkit
from lrkit.core.missing import KERAS

SRC = Path(lrkit.__file__).parent


def test_names_of_the_adapter_are_those_that_it_has():
    tree = ast.parse((SRC / "keras/__init__.py").read_text("utf-8"))
    (names,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    assert set(names) == KERAS


@pytest.mark.parametrize("name", sorted(KERAS))
def test_name_of_the_adapter(name):
    before = "keras" in sys.modules
    with pytest.raises(AttributeError, match=rf"It is in lrkit\.keras: from .* import {name}$"):
        getattr(lrkit, name)
    with pytest.raises(ImportError, match=rf"It is in lrkit\.keras: from .* import {name}$"):
        exec(f"from lrkit import {name}")
    assert ("keras" in sys.modules) == before  # it is not loaded for a message
    assert not hasattr(lrkit, name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("cosine_dcay", r"\. Did you mean `cosine_decay`\?$"),
        ("Recoder", r"\. Did you mean `Recorder` in lrkit\.keras\?$"),
        ("zzz", r"has no attribute 'zzz'$"),  # nothing is near
    ],
)
def test_misspelt_name(name, hint):
    with pytest.raises(AttributeError, match=hint):
        getattr(lrkit, name)
    with pytest.raises(ImportError, match=hint):
        exec(f"from lrkit import {name}")


def test_names_that_tools_ask_for_get_the_plain_error():
    with pytest.raises(AttributeError, match=r"has no attribute '__wrapped__'$"):
        lrkit.__wrapped__  # noqa: B018


def test_modules_are_imported_as_ever(monkeypatch):
    monkeypatch.delitem(sys.modules, "lrkit.cli", raising=False)
    monkeypatch.delattr(lrkit, "cli", raising=False)
    with pytest.raises(AttributeError, match=r"Write: import lrkit\.cli$"):
        lrkit.cli  # noqa: B018
    exec("from lrkit import cli")
    assert importlib.import_module("lrkit.cli") is sys.modules["lrkit.cli"]
    from lrkit import like

    assert like is lrkit.like
