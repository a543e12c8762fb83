"""Makes src/lrkit/tasks/data/mnist.npy.xz from Keras's mnist.npz.

    python tools/embed_mnist.py mnist.npz

The first 10,000 training images and all 10,000 test images with their labels, as four `.npy`
arrays one after another inside `.xz`. Images of white digits on black have long runs of zeros and
smooth strokes; LZMA with four bits of the byte before as context takes 15.7 MB to 2.7 MB and needs
no decoder of our own. Prints the fingerprint that belongs into src/lrkit/tasks/images.py.
"""

import io
import lzma
import sys
from pathlib import Path

import numpy as np

from lrkit.tasks.images import NAMES, load

FILTER = {
    "id": lzma.FILTER_LZMA2,
    "preset": 9 | lzma.PRESET_EXTREME,
    "dict_size": 1 << 24,
    "lc": 4,
    "lp": 0,
    "pb": 0,
}
LIMIT = 3_500_000


def main(source: str) -> None:
    images = load(path=source).first(10_000)
    content = io.BytesIO()
    for name in NAMES:
        array = np.ascontiguousarray(getattr(images, name))
        np.lib.format.write_array(content, array, version=(1, 0), allow_pickle=False)
    packed = lzma.compress(content.getvalue(), check=lzma.CHECK_SHA256, filters=[FILTER])
    if len(packed) > LIMIT:
        raise SystemExit(f"{len(packed)} bytes are more than {LIMIT}")
    target = Path(__file__).parents[1] / "src/lrkit/tasks/data/mnist.npy.xz"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(packed)
    print(f"{target.name}: {len(packed)} bytes\nEMBEDDED = {images.fingerprint!r}")


if __name__ == "__main__":
    main(sys.argv[1])
