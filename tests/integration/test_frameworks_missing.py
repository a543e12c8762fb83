"""What is said without Transformers, Accelerate or Lightning."""

import importlib
import sys

import pytest

from tests.integration.processes import run


def without(module: str, *missing: str) -> str:
    """The error of an import where these packages are not installed; in a process of its own."""
    for name in list(sys.modules):
        if name.split(".")[0] in missing or name.startswith(module):
            del sys.modules[name]
    sys.modules.update(dict.fromkeys(missing))
    try:
        importlib.import_module(module)
    except ImportError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("module", "missing", "installed_by"),
    [
        ("lrkit.torch.transformers", ["transformers"], "pip install transformers accelerate"),
        ("lrkit.torch.lightning", ["lightning", "pytorch_lightning"], "pip install lightning"),
    ],
)
def test_the_error_says_what_to_install(module: str, missing: list[str], installed_by: str) -> None:
    said = run(without, module, *missing).result
    assert said.startswith(f"{module} needs ")
    assert f"{installed_by}." in said


def test_lightning_by_its_other_name() -> None:
    assert run(without, "lrkit.torch.lightning", "lightning").result == ""
