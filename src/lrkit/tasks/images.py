"""MNIST as four arrays: the embedded part, Keras's own copy, or files of yours.

Whatever the source, what comes back has been looked at: types, shapes, labels and lengths. A file
that is missing, cut short or something else ends in one error, before anything is trained.
"""

import hashlib
import io
import lzma
import zipfile
import zlib
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from lrkit.tasks.idx import read_folder

NAMES = ("x_train", "y_train", "x_test", "y_test")
# The fingerprint of what tools/embed_mnist.py put into the file, so of Keras's own arrays.
EMBEDDED = "9af7e642be32d65b0c5000f09ab94bca03fbf557f603a12d75f2c3d366d54ecc"
_EMBEDDED_SOURCE = "embedded MNIST"


@dataclass(frozen=True, eq=False)
class Images:
    """The four arrays of MNIST as bytes (0 to 255), and where they come from.

    Args:
        x_train: Training images, uint8, shape (n, 28, 28).
        y_train: Their labels, uint8, 0 to 9, shape (n,).
        x_test: Test images, uint8, shape (m, 28, 28).
        y_test: Their labels, uint8, 0 to 9, shape (m,).
        source: What they were read from, in words.
    """

    x_train: npt.NDArray[np.uint8]
    y_train: npt.NDArray[np.uint8]
    x_test: npt.NDArray[np.uint8]
    y_test: npt.NDArray[np.uint8]
    source: str

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the shapes and the bytes of the four arrays."""
        digest = hashlib.sha256()
        for name in NAMES:
            array = getattr(self, name)
            digest.update(f"{name} {array.shape}\n".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def first(self, examples: int) -> "Images":
        """These images with the first `examples` of the training images only.

        Args:
            examples: How many, 1 to all there are.

        Raises:
            ValueError: There are fewer.
        """
        if not 1 <= examples <= len(self.x_train):
            more = "There are no more."
            if self.source == _EMBEDDED_SOURCE:
                more = "MNIST has 60,000 training images: ask for the full set with `full`."
            raise ValueError(
                f"Images.first: `examples` must be 1 to {len(self.x_train)} "
                f"({self.source}), got examples={examples}. {more}"
            )
        return replace(self, x_train=self.x_train[:examples], y_train=self.y_train[:examples])


def load(*, full: bool = False, path: str | Path | None = None) -> Images:
    """MNIST: 10,000 embedded training images, or all 60,000, or those of files of yours.

    Args:
        full: All 60,000 through `keras.datasets.mnist`, downloaded once and cached as Keras does.
        path: An `.npz` file with Keras's four arrays, or a folder with the four IDX files that
            MNIST is published as, gzipped or not.

    Raises:
        FileNotFoundError: There is no such file, or one of the four is not in the folder.
        ValueError: A file is not what it should be, or `full` and `path` are both given.
        OSError: The download failed.

    Source:
        Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".

    >>> load().x_train.shape
    (10000, 28, 28)
    """
    if full and path is not None:
        raise ValueError(
            f"load: `full` must be False where a file is named, got full=True and path={path}. "
            "Name a file that holds all images, or leave one of the two out."
        )
    if path is not None:
        return _from_folder(Path(path)) if Path(path).is_dir() else _from_npz(Path(path))
    return _from_keras() if full else _embedded()


def read_embedded(file: IO[bytes], origin: str) -> Images:
    """The images in an opened embedded file: four `.npy` arrays, one after another, inside `.xz`.

    Args:
        file: The compressed bytes.
        origin: How an error message calls the file.

    Raises:
        ValueError: The file is damaged.
    """
    try:
        with lzma.open(file) as plain:
            content = io.BytesIO(plain.read())
        arrays = {name: np.lib.format.read_array(content, allow_pickle=False) for name in NAMES}
        images = Images(**arrays, source=_EMBEDDED_SOURCE)
        intact = images.fingerprint == EMBEDDED
    except (lzma.LZMAError, EOFError, ValueError) as error:
        raise _damaged(origin) from error
    if not intact:
        raise _damaged(origin)
    return images


def _damaged(origin: str) -> ValueError:
    return ValueError(
        f"load: the embedded MNIST file must be as it was shipped, got {origin}, which is damaged. "
        "Install lrkit again."
    )


def embedded_file() -> Traversable:
    """Where the embedded images are."""
    return resources.files("lrkit.tasks") / "data" / "mnist.npy.xz"


def _embedded() -> Images:
    where = embedded_file()
    try:
        with where.open("rb") as file:
            return read_embedded(file, str(where))
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"load: the embedded MNIST file must be in the package, got no {where}. "
            "Install lrkit again."
        ) from error


def _from_keras() -> Images:
    import keras

    try:
        (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise OSError(
            f"load: all of MNIST must be in Keras's cache or be downloaded, got: {error}. "
            "Leave the full set out to use the embedded images, or name an .npz file that you have."
        ) from error
    images = Images(x_train, y_train, x_test, y_test, "MNIST through keras.datasets")
    return _checked(images, "keras.datasets.mnist")


def _from_npz(path: Path) -> Images:
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            missing = [name for name in NAMES if name not in file]
            if missing:
                raise _wrong(path, f"no array {' and no '.join(missing)}")
            arrays = {name: file[name] for name in NAMES}
    except FileNotFoundError as error:
        raise FileNotFoundError(
            "load: `path` must be an .npz file that exists, or a folder with IDX files, got "
            f"path={path}. Without a path the embedded images are used."
        ) from error
    except TypeError as error:  # for an .npy file np.load gives an array, which `with` refuses
        raise _wrong(path, "one array instead of four") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
        if str(error).startswith("load:"):
            raise
        raise _wrong(path, f"a file that does not open ({error})") from error
    return _checked(Images(**arrays, source=str(path)), str(path))


def _from_folder(folder: Path) -> Images:
    images = Images(**read_folder(folder), source=str(folder))
    problem = _first_problem(images)
    if problem:
        raise ValueError(
            "load: the folder must have as many labels as images, of 28 x 28 pixels and of digits, "
            f"for training and for testing, got {problem} in {folder}. "
            "Take the four files from one place."
        )
    return images


def _wrong(path: str | Path, what: str) -> ValueError:
    return ValueError(
        "load: the file must be an .npz with the uint8 arrays x_train (n, 28, 28), y_train (n,), "
        f"x_test (m, 28, 28) and y_test (m,), got {what} in {path}. "
        "Keras's own mnist.npz is such a file."
    )


def _checked(images: Images, origin: str) -> Images:
    problem = _first_problem(images)
    if problem:
        raise _wrong(origin, problem)
    return images


def _first_problem(images: Images) -> str:
    """What is wrong with the images, or an empty text."""
    found = (
        _problem(getattr(images, f"x_{part}"), getattr(images, f"y_{part}"), part)
        for part in ("train", "test")
    )
    return next(filter(None, found), "")


def _problem(x: npt.NDArray[Any], y: npt.NDArray[Any], part: str) -> str:
    """What is wrong with images and labels, or an empty text."""
    if x.dtype != np.uint8 or y.dtype != np.uint8:
        return f"x_{part} of {x.dtype} and y_{part} of {y.dtype}"
    if x.ndim != 3 or x.shape[1:] != (28, 28) or y.ndim != 1:
        return f"x_{part} of shape {x.shape} and y_{part} of shape {y.shape}"
    if len(x) != len(y):
        return f"{len(x)} images and {len(y)} labels in {part}"
    if len(x) == 0:
        return f"no image in {part}"
    if y.max() > 9:
        return f"a label {y.max()} in y_{part}"
    return ""
