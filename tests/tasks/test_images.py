"""The images: exact, and refused when they are not what they should be."""

import hashlib
import io
import struct
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from lrkit.tasks import images as module
from lrkit.tasks.images import EMBEDDED, NAMES, embedded_file, load, read_embedded

# Of the unpacked files that MNIST was published as; those of the test set are embedded whole.
IDX_MD5 = {
    "x_test": "2646ac647ad5339dbf082846283269ea",
    "y_test": "27ae3e4e09519cfbb04c329615203637",
}


def arrays(n=4, m=3):
    return {
        "x_train": np.zeros((n, 28, 28), np.uint8),
        "y_train": np.arange(n, dtype=np.uint8) % 10,
        "x_test": np.zeros((m, 28, 28), np.uint8),
        "y_test": np.arange(m, dtype=np.uint8) % 10,
    }


@pytest.fixture
def saved(tmp_path):
    def save(**changes) -> Path:
        path = tmp_path / "images.npz"
        content = {k: v for k, v in (arrays() | changes).items() if v is not None}
        np.savez(path, **content)
        return path

    return save


def test_embedded_shapes_and_fingerprint():
    images = load()
    assert {name: (getattr(images, name).shape, getattr(images, name).dtype) for name in NAMES} == {
        "x_train": ((10_000, 28, 28), np.uint8),
        "y_train": ((10_000,), np.uint8),
        "x_test": ((10_000, 28, 28), np.uint8),
        "y_test": ((10_000,), np.uint8),
    }
    assert images.fingerprint == EMBEDDED
    assert set(images.y_train) == set(images.y_test) == set(range(10))


@pytest.mark.parametrize("name", IDX_MD5)
def test_embedded_test_set_is_the_published_one_to_the_byte(name):
    array = getattr(load(), name)
    header = struct.pack(f">I{array.ndim}I", 0x800 | array.ndim, *array.shape)
    assert hashlib.md5(header + array.tobytes()).hexdigest() == IDX_MD5[name]


def test_embedded_file_is_small():
    assert len(embedded_file().read_bytes()) <= 3_500_000


def test_the_fingerprint_sees_one_pixel_one_label_and_a_shape():
    images = load(path=None).first(50)
    pixel, label = images.x_train.copy(), images.y_test.copy()
    pixel[7, 14, 14] ^= 1
    label[3] ^= 1
    others = [
        module.replace(images, x_train=pixel),
        module.replace(images, y_test=label),
        module.replace(images, x_train=images.x_train.reshape(25, 56, 28)),
        images.first(49),
    ]
    assert len({images.fingerprint, *(other.fingerprint for other in others)}) == 5


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_damaged_embedded_file(damage):
    whole = embedded_file().read_bytes()
    middle = len(whole) // 2
    content = {
        "cut": whole[:middle],
        "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "empty": b"",
        "other": b"not xz at all",
    }[damage]
    with pytest.raises(ValueError, match=r"load: the embedded MNIST file .* a\.xz, which is dam"):
        read_embedded(io.BytesIO(content), "a.xz")


def test_wrong_images_in_a_sound_file():
    import lzma

    plain = io.BytesIO()
    for array in arrays().values():
        np.lib.format.write_array(plain, array)
    with pytest.raises(ValueError, match="which is damaged"):
        read_embedded(io.BytesIO(lzma.compress(plain.getvalue())), "a.xz")


def test_npz(saved):
    images = load(path=saved())
    assert [getattr(images, name).tolist() for name in NAMES] == [
        array.tolist() for array in arrays().values()
    ]
    assert images.source.endswith("images.npz")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"y_test": None}, "no array y_test"),
        ({"x_train": None, "y_train": None}, "no array x_train and no y_train"),
        ({"x_train": np.zeros((4, 28, 28))}, "x_train of float64 and y_train of uint8"),
        ({"y_test": np.arange(3)}, "x_test of uint8 and y_test of int64"),
        ({"x_train": np.zeros((4, 784), np.uint8)}, r"x_train of shape \(4, 784\)"),
        ({"x_test": np.zeros((3, 28, 27), np.uint8)}, r"x_test of shape \(3, 28, 27\)"),
        ({"y_train": np.zeros((4, 1), np.uint8)}, r"y_train of shape \(4, 1\)"),
        ({"y_train": np.zeros(5, np.uint8)}, "4 images and 5 labels in train"),
        ({"y_test": np.full(3, 10, np.uint8)}, "a label 10 in y_test"),
        ({"x_test": np.zeros((0, 28, 28), np.uint8), "y_test": np.zeros(0, np.uint8)}, "no image"),
        ({"y_train": np.array([{}, 1, 2, 3], object)}, "Object arrays cannot be loaded"),
    ],
)
def test_wrong_npz(saved, changes, problem):
    with pytest.raises(ValueError, match=rf"load: the file must be an \.npz .*{problem}"):
        load(path=saved(**changes))


@pytest.mark.parametrize("size", [0, 10, 500, -20])
def test_cut_npz(saved, size):
    path = saved()
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match=r"got a file that does not open"):
        load(path=path)


def test_npz_with_a_flipped_byte(saved):
    path = saved()
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        start = file.infolist()[0].header_offset
    content[start + 600] ^= 0xFF  # inside the first array: its CRC does not fit any more
    path.write_bytes(content)
    with pytest.raises(ValueError, match="does not open"):
        load(path=path)


def test_npy_in_place_of_npz(tmp_path):
    path = tmp_path / "one.npy"
    np.save(path, np.zeros(3))
    with pytest.raises(ValueError, match="got one array instead of four"):
        load(path=path)


def test_text_in_place_of_npz(tmp_path):
    path = tmp_path / "text.npz"
    path.write_text("label,pixel\n")
    with pytest.raises(ValueError, match="does not open"):
        load(path=path)


def test_missing_npz(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"load: `path` must be an \.npz file that exists"):
        load(path=tmp_path / "none.npz")


def test_full_and_a_path():
    with pytest.raises(ValueError, match="`full` must be False where a file is named"):
        load(full=True, path="a.npz")


def test_full_comes_through_keras(monkeypatch):
    content = arrays()
    pairs = ((content["x_train"], content["y_train"]), (content["x_test"], content["y_test"]))
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: pairs)
    images = load(full=True)
    assert images.x_train is content["x_train"]
    assert images.y_test is content["y_test"]


def test_full_without_a_network(monkeypatch):
    def fail():
        raise Exception("URL fetch failure on somewhere: None -- no route")  # as Keras does

    monkeypatch.setattr(keras.datasets.mnist, "load_data", fail)
    with pytest.raises(OSError, match="must be in Keras's cache or be downloaded, got: URL fetch"):
        load(full=True)


def test_first():
    images = load()
    part = images.first(7)
    assert (part.x_train == images.x_train[:7]).all()
    assert len(part.y_train) == 7
    assert len(part.x_test) == 10_000


@pytest.mark.parametrize("examples", [0, -1, 10_001])
def test_first_out_of_range(examples):
    with pytest.raises(ValueError, match=rf"must be 1 to 10000 .* got examples={examples}\."):
        load().first(examples)
