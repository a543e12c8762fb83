"""Names that `lrkit` does not have: the error says where they are, or what was meant."""

import ast
import importlib
import sys
from pathlib import Path

import pytest

import lrkit
from lrkit.core.missing import ADAPTERS

SRC = Path(lrkit.__file__).parent


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_names_of_an_adapter_are_those_that_it_has(adapter):
    tree = ast.parse((SRC / adapter / "__init__.py").read_text("utf-8"))
    (names,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    assert set(names) == ADAPTERS[adapter]


@pytest.mark.parametrize(
    ("adapter", "name"), [(one, name) for one, names in ADAPTERS.items() for name in sorted(names)]
)
def test_name_of_an_adapter(adapter, name):
    before = {module for module in ADAPTERS if module in sys.modules}
    hint = rf"It is in lrkit\..*: .*from lrkit\.{adapter} import {name}\b"
    with pytest.raises(AttributeError, match=hint):
        getattr(lrkit, name)
    with pytest.raises(ImportError, match=hint):
        exec(f"from lrkit import {name}")
    assert {module for module in ADAPTERS if module in sys.modules} == before  # for a message
    assert not hasattr(lrkit, name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("cosine_dcay", r"\. Did you mean `cosine_decay`\?$"),
        ("Recoder", r"\. Did you mean `Recorder` in lrkit\.keras and lrkit\.torch\?$"),
        ("Schedular", r"\. Did you mean `Scheduler` in lrkit\.torch\?$"),
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
