"""What `import lrkit.keras` says where Keras, or its backend, is not installed."""

import runpy
import sys
from pathlib import Path

import pytest

import lrkit.keras

GUARD = Path(lrkit.keras.__file__).with_name("framework.py")


def test_without_keras_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(ImportError, match=r'lrkit\.keras needs Keras.* "lrkit\[tensorflow\]"'):
        runpy.run_path(str(GUARD))


def test_without_its_backend_the_backend_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "keras.py").write_text("import backend_that_is_not_there\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "keras")
    with pytest.raises(ImportError, match=r"did not find 'backend_that_is_not_there'.*KERAS_BACK"):
        runpy.run_path(str(GUARD))
