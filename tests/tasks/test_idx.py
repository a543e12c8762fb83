"""MNIST as a folder of IDX files: read to the byte, and refused where one is not what it says."""

import gzip
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from lrkit.tasks.images import NAMES, load

STEMS = ("train-images", "train-labels", "t10k-images", "t10k-labels")  # in the order of NAMES


def arrays(n=5, m=3):
    pixels = np.random.default_rng(0).integers(0, 256, (n + m, 28, 28), dtype=np.uint8)
    labels = np.arange(n + m, dtype=np.uint8) % 10
    return dict(zip(NAMES, (pixels[:n], labels[:n], pixels[n:], labels[n:]), strict=True))


def idx(array, kind=0x08):
    return struct.pack(f">4B{array.ndim}I", 0, 0, kind, array.ndim, *array.shape) + array.tobytes()


def write(folder, content, *, mark="-", packed=False) -> Path:
    for name, stem in zip(NAMES, STEMS, strict=True):
        if name in content:
            path = folder / f"{stem}{mark}idx{3 if name.startswith('x') else 1}-ubyte"
            raw = content[name] if isinstance(content[name], bytes) else idx(content[name])
            if packed:
                path.with_name(path.name + ".gz").write_bytes(gzip.compress(raw))
            else:
                path.write_bytes(raw)
    return folder


def same(images, content):
    for name in NAMES:
        np.testing.assert_array_equal(getattr(images, name), content[name])
        assert getattr(images, name).dtype == np.uint8


@pytest.mark.parametrize("mark", ["-", "."])
@pytest.mark.parametrize("packed", [False, True])
def test_every_spelling(tmp_path, mark, packed):
    content = arrays()
    images = load(path=write(tmp_path, content, mark=mark, packed=packed))
    same(images, content)
    assert images.source == str(tmp_path)


def test_mixed_spellings_and_other_files(tmp_path):
    content = arrays()
    halves = ({"x_train", "y_test"}, {"y_train", "x_test"})
    write(tmp_path, {name: content[name] for name in halves[0]}, mark=".", packed=True)
    write(tmp_path, {name: content[name] for name in halves[1]})
    (tmp_path / "README").write_text("MNIST")
    same(load(path=tmp_path), content)


def test_gzipped_beside_unpacked(tmp_path):
    """As a download leaves it; what is unpacked is read."""
    content = arrays()
    write(tmp_path, {name: b"not read" for name in NAMES}, packed=True)
    same(load(path=write(tmp_path, content)), content)


def test_gzipped_under_the_name_of_an_unpacked_file(tmp_path):
    content = arrays()
    write(tmp_path, {name: gzip.compress(idx(array)) for name, array in content.items()})
    same(load(path=str(tmp_path)), content)


def test_the_embedded_test_set_comes_back(tmp_path):
    embedded = load().first(20)
    content = {name: getattr(embedded, name) for name in NAMES}
    assert load(path=write(tmp_path, content, packed=True)).fingerprint == embedded.fingerprint


@pytest.mark.parametrize("missing", [("y_test",), ("x_train", "y_train"), NAMES])
def test_missing_files(tmp_path, missing):
    content = {name: array for name, array in arrays().items() if name not in missing}
    names = " and no ".join(
        f"{stem}-idx{3 if name.startswith('x') else 1}-ubyte"
        for name, stem in zip(NAMES, STEMS, strict=True)
        if name in missing
    )
    with pytest.raises(FileNotFoundError, match=rf"the four IDX .*has no {names}\. Name"):
        load(path=write(tmp_path, content))


PIXELS, LABELS = arrays()["x_train"], arrays()["y_train"]
HUGE = struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 2**20, 2**20)
BAD = [
    ("x_train", b"", r"3 dimensions \(magic number 0x00000803\), got the magic number 0x-"),
    ("x_train", b"\x00\x00", "got the magic number 0x0000"),
    ("x_train", idx(LABELS), "got the magic number 0x00000801"),
    ("y_train", idx(PIXELS), r"1 dimension \(magic number 0x00000801\), got .* 0x00000803"),
    ("x_train", idx(PIXELS, kind=0x0D), "got the magic number 0x00000d03"),
    ("x_train", idx(PIXELS)[:9], "got only 5 bytes of its dimensions"),
    (
        "x_train",
        idx(PIXELS)[:-1],
        r"3,919 bytes after a header that says 3,920 \(5 x 28 x 28\)",
    ),
    ("x_train", idx(PIXELS) + b"\x00", "got more bytes after a header that says 3,920"),
    ("x_train", HUGE + PIXELS.tobytes(), "a header that says .*, more than the file can hold"),
]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("name", "raw", "message"), BAD)
def test_wrong_files(tmp_path, name, raw, message, packed):
    write(tmp_path, arrays() | {name: raw}, packed=packed)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=rf"load: .*{STEMS[NAMES.index(name)]}.*{message}"):
            load(path=tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("damage", ["cut", "cut in the header", "flipped", "checksum"])
def test_damaged_gzip(tmp_path, damage):
    whole = gzip.compress(idx(PIXELS))
    middle = len(whole) // 2
    raw = {
        "cut": whole[:middle],
        "cut in the header": whole[:5],
        "flipped": whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :],
        "checksum": whole[:-8] + bytes(4) + whole[-4:],
    }[damage]
    path = write(tmp_path, arrays() | {"x_train": raw}) / "train-images-idx3-ubyte"
    with pytest.raises(ValueError, match=rf"{path.name} must be an IDX .* cut short or damaged"):
        load(path=tmp_path)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"y_train": np.zeros(6, np.uint8)}, "5 images and 6 labels in train"),
        ({"x_test": np.zeros((3, 27, 28), np.uint8)}, r"x_test of shape \(3, 27, 28\)"),
        ({"y_test": np.full(3, 11, np.uint8)}, "a label 11 in y_test"),
        ({"x_train": np.zeros((0, 28, 28), np.uint8), "y_train": LABELS[:0]}, "no image in train"),
    ],
)
def test_files_that_do_not_belong_together(tmp_path, changes, problem):
    write(tmp_path, arrays() | changes)
    with pytest.raises(ValueError, match=rf"load: the folder must have .*{problem}.* one place"):
        load(path=tmp_path)
