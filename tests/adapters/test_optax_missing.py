"""What `import lrkit.optax` says where optax, or what it needs, is not installed."""

import runpy
import sys
from pathlib import Path

import pytest

import lrkit.optax

GUARD = Path(lrkit.optax.__file__).with_name("framework.py")


def test_without_optax_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "optax", None)
    with pytest.raises(ImportError, match=r'lrkit\.optax needs optax, .*"lrkit\[optax\]"'):
        runpy.run_path(str(GUARD))


def test_without_what_it_needs_that_is_named(monkeypatch, tmp_path):
    (tmp_path / "optax.py").write_text("import jax_that_is_not_there\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "optax")
    with pytest.raises(ImportError, match="needs optax with jax_that_is_not_there, which is not"):
        runpy.run_path(str(GUARD))
