"""The four files that MNIST was published as: IDX, gzipped or not, in one folder.

An IDX file is two zero bytes, the type of its numbers, how many dimensions, each dimension as a
32-bit number with the high byte first, and then the numbers.
"""

import gzip
import struct
import zlib
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

#: By array, the name of its file and the number of its dimensions.
FILES = {
    "x_train": ("train-images", 3),
    "y_train": ("train-labels", 1),
    "x_test": ("t10k-images", 3),
    "y_test": ("t10k-labels", 1),
}
_UINT8 = 0x08
_GZIP = b"\x1f\x8b"
# No byte of a gzipped file stands for more bytes than this; so a size that is too big is noticed
# before anything of that size is asked for.
_MOST_PER_BYTE = 1032


def read_folder(folder: Path) -> dict[str, npt.NDArray[np.uint8]]:
    """The arrays in the four IDX files of a folder, by Keras's names of them.

    Where a file lies there both gzipped and not, it is read as it is, not gzipped.

    Args:
        folder: With `train-images-idx3-ubyte` (or `train-images.idx3-ubyte`, each also with `.gz`),
            `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`.

    Raises:
        FileNotFoundError: One of the four is missing.
        ValueError: One is not what its name says, or is damaged.

    Source:
        Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".
    """
    paths = {name: _find(folder, stem, ndim) for name, (stem, ndim) in FILES.items()}
    missing = [
        f"{stem}-idx{ndim}-ubyte" for name, (stem, ndim) in FILES.items() if paths[name] is None
    ]
    if missing:
        raise FileNotFoundError(
            "load: `path` must be a folder with the four IDX files of MNIST, gzipped or not, got "
            f"path={folder}, which has no {' and no '.join(missing)}. "
            "Name the folder that they are in themselves."
        )
    return {name: read_idx(path, FILES[name][1]) for name, path in paths.items() if path}


def _find(folder: Path, stem: str, ndim: int) -> Path | None:
    names = [f"{stem}{mark}idx{ndim}-ubyte{end}" for end in ("", ".gz") for mark in "-."]
    return next((folder / name for name in names if (folder / name).is_file()), None)


def read_idx(path: Path, ndim: int) -> npt.NDArray[np.uint8]:
    """The bytes of one IDX file as an array.

    Args:
        path: The file; whether it is gzipped is seen in it, whatever it is called.
        ndim: How many dimensions it must have.

    Raises:
        ValueError: It has another type or other dimensions, is cut short or too long, or damaged.
    """
    try:
        with path.open("rb") as plain:
            is_gzipped = plain.read(2) == _GZIP
            plain.seek(0)
            most = path.stat().st_size * (_MOST_PER_BYTE if is_gzipped else 1)
            if not is_gzipped:
                return _read(plain, path, ndim, most)
            with gzip.open(plain) as file:
                return _read(file, path, ndim, most)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _wrong(
            path, ndim, f"a gzipped file that is cut short or damaged ({error})"
        ) from error


def _read(
    file: IO[bytes] | gzip.GzipFile, path: Path, ndim: int, most: int
) -> npt.NDArray[np.uint8]:
    magic = file.read(4)
    expected = bytes([0, 0, _UINT8, ndim])
    if magic != expected:
        raise _wrong(path, ndim, f"the magic number 0x{magic.hex() or '-'}")
    sizes = file.read(4 * ndim)
    if len(sizes) < 4 * ndim:
        raise _wrong(path, ndim, f"only {len(sizes)} bytes of its dimensions")
    shape = struct.unpack(f">{ndim}I", sizes)
    size = int(np.prod(shape, dtype=object))
    told = f"{size:,} ({' x '.join(map(str, shape))})"
    if size > most:
        raise _wrong(path, ndim, f"a header that says {told}, more than the file can hold")
    content = file.read(size + 1)
    if len(content) != size:
        got = f"{len(content):,} bytes" if len(content) < size else "more bytes"
        raise _wrong(path, ndim, f"{got} after a header that says {told}")
    return np.frombuffer(content, np.uint8).reshape(shape)


def _wrong(path: Path, ndim: int, what: str) -> ValueError:
    magic = bytes([0, 0, _UINT8, ndim]).hex()
    return ValueError(
        f"load: {path} must be an IDX file of bytes in {ndim} dimension{'s' * (ndim > 1)} (magic "
        f"number 0x{magic}), got {what}. Copy or download it again."
    )
