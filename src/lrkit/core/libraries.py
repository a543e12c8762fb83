"""What the array libraries say differently. None is imported: each is handed in.

Results have the library's default float dtype, or the one asked for: Keras wants float32
whatever its other settings are.
"""

from __future__ import annotations

import math
import sys
from array import array as Stored
from typing import Any

from lrkit.core.phase import Array, Arrays


def _no_number(dtype: Any) -> TypeError:
    return TypeError(f"`step` must be a number or an array of numbers, got dtype {dtype}.")


class NumPy(Arrays):
    """NumPy: float64 for integer steps; a floating step keeps its dtype."""

    fills = True

    def __init__(self, module: Any, floats: str | None = None) -> None:
        """Wrap the module; `floats` is the dtype of results, None for the library's own."""
        self.xp = module
        self.floats = floats
        self.sin, self.sqrt, self.where = module.sin, module.sqrt, module.where
        self.exp, self.expm1, self.log1p = module.exp, module.expm1, module.log1p

    def array(self, step: Any) -> Array:
        x = self.xp.asarray(step)
        if self.is_int(x):
            signed = self.xp.issubdtype(x.dtype, self.xp.signedinteger)
            if x.dtype == "uint64":  # no schedule counts further than the signed integers
                x = self.xp.minimum(x, self.xp.asarray(2**63 - 1, "uint64"))
            return x if signed and x.dtype.itemsize >= 4 else x.astype(self.default("int64"))
        if not self.xp.issubdtype(x.dtype, self.xp.floating):
            raise _no_number(x.dtype)
        return x.astype("float32") if x.dtype.itemsize < 4 else x

    def is_int(self, x: Array) -> bool:
        return bool(self.xp.issubdtype(x.dtype, self.xp.integer))

    def top(self, x: Array) -> float:
        return int(self.xp.iinfo(x.dtype).max) if self.is_int(x) else math.inf

    def rounding(self, x: Array) -> float:
        return float(self.xp.finfo(x.dtype).eps)

    def default(self, dtype: str) -> str:
        """The dtype that the library gives where NumPy gives `dtype`."""
        return dtype

    def real(self, x: Array) -> Array:
        if self.floats is not None:
            return x.astype(self.floats)
        return x.astype(self.default("float64")) if self.is_int(x) else x

    def whole(self, x: Array) -> Array:
        return x if self.is_int(x) else self.xp.floor(x).astype(self.default("int64"))

    def plain_power(self, base: float, exponent: Array) -> Array:
        return self.xp.power(base, exponent)

    def maximum(self, x: Array, low: float) -> Array:
        return self.xp.maximum(x, low)

    def minimum(self, x: Array, high: float) -> Array:
        return self.xp.minimum(x, high)

    def table(self, values: Stored[Any], like: Array) -> Array:
        stored = sys.modules["numpy"].frombuffer(values, dtype=values.typecode)
        return self.xp.asarray(stored.astype(like.dtype, copy=False))

    def gather(self, table: Array, index: Array) -> Array:
        return table[index]

    def search(self, table: Array, x: Array) -> Array:
        found = self.xp.searchsorted(table, x, side="right")
        return found.astype(x.dtype) if self.is_int(x) else found


class Jax(NumPy):
    """JAX: 32 bits unless `jax_enable_x64` is on."""

    fills = False

    def default(self, dtype: str) -> str:
        return str(sys.modules["jax"].dtypes.canonicalize_dtype(dtype))


class Torch(Arrays):
    """PyTorch, on whatever device the step is."""

    def __init__(self, module: Any, floats: str | None = None) -> None:
        """Wrap `torch`."""
        self.xp = module
        self.floats = getattr(module, floats) if floats else None
        self.sin, self.sqrt, self.where = module.sin, module.sqrt, module.where
        self.exp, self.expm1, self.log1p = module.exp, module.expm1, module.log1p

    def array(self, step: Any) -> Array:
        x = self.xp.as_tensor(step)
        if x.dtype == self.xp.bool or x.dtype.is_complex:
            raise _no_number(x.dtype)
        if x.dtype.is_floating_point:
            return x.float() if x.dtype.itemsize < 4 else x
        return x if x.dtype in (self.xp.int32, self.xp.int64) else x.long()

    def is_int(self, x: Array) -> bool:
        return not x.dtype.is_floating_point

    def top(self, x: Array) -> float:
        return int(self.xp.iinfo(x.dtype).max) if self.is_int(x) else math.inf

    def real(self, x: Array) -> Array:
        if self.floats is not None:
            return x.to(self.floats)
        return x.to(self.xp.get_default_dtype()) if self.is_int(x) else x

    def rounding(self, x: Array) -> float:
        return float(self.xp.finfo(x.dtype).eps)

    def whole(self, x: Array) -> Array:
        return x if self.is_int(x) else x.floor().long()

    def plain_power(self, base: float, exponent: Array) -> Array:
        return self.xp.pow(base, exponent)

    def maximum(self, x: Array, low: float) -> Array:
        return x.clamp(min=low)

    def minimum(self, x: Array, high: float) -> Array:
        return x.clamp(max=high)

    def table(self, values: Stored[Any], like: Array) -> Array:
        stored = sys.modules["numpy"].frombuffer(values, dtype=values.typecode)
        return self.xp.as_tensor(stored, dtype=like.dtype, device=like.device)

    def gather(self, table: Array, index: Array) -> Array:
        return table[index]

    def search(self, table: Array, x: Array) -> Array:
        found = self.xp.searchsorted(table, x.contiguous(), right=True)
        return found.to(x.dtype) if self.is_int(x) else found


class TensorFlow(Arrays):
    """TensorFlow: float32 for integer steps; nothing is promoted, so every constant is cast."""

    def __init__(self, module: Any, floats: str | None = None) -> None:
        """Wrap `tensorflow`."""
        self.xp = module
        self.floats = floats
        self.sin, self.sqrt, self.exp = module.sin, module.sqrt, module.exp
        self.expm1, self.log1p = module.math.expm1, module.math.log1p

    def array(self, step: Any) -> Array:
        x = self.xp.convert_to_tensor(step)
        if x.dtype.is_floating:
            return self.xp.cast(x, "float32") if x.dtype.size < 4 else x
        if not x.dtype.is_integer:
            raise _no_number(x.dtype)
        return x if x.dtype in ("int32", "int64") else self.xp.cast(x, "int64")

    def is_int(self, x: Array) -> bool:
        return bool(x.dtype.is_integer)

    def top(self, x: Array) -> float:
        return int(x.dtype.max) if self.is_int(x) else math.inf

    def real(self, x: Array) -> Array:
        if self.floats is not None:
            return self.xp.cast(x, self.floats)
        return self.xp.cast(x, "float32") if self.is_int(x) else x

    def rounding(self, x: Array) -> float:
        return float(sys.modules["numpy"].finfo(x.dtype.as_numpy_dtype).eps)

    def whole(self, x: Array) -> Array:
        return x if self.is_int(x) else self.xp.cast(self.xp.floor(x), "int64")

    def where(self, condition: Array, a: Array, b: Array) -> Array:
        dtype = getattr(b, "dtype", None) or a.dtype
        return self.xp.where(condition, self._like(a, dtype), self._like(b, dtype))

    def _like(self, x: Array, dtype: Any) -> Array:
        return x if hasattr(x, "dtype") else self.xp.constant(x, dtype)

    def plain_power(self, base: float, exponent: Array) -> Array:
        return self.xp.pow(self._like(base, exponent.dtype), exponent)

    def maximum(self, x: Array, low: float) -> Array:
        return self.xp.maximum(x, self.xp.constant(low, x.dtype))

    def minimum(self, x: Array, high: float) -> Array:
        return self.xp.minimum(x, self.xp.constant(high, x.dtype))

    def table(self, values: Stored[Any], like: Array) -> Array:
        stored = sys.modules["numpy"].frombuffer(values, dtype=values.typecode)
        return self.xp.constant(stored.astype(like.dtype.as_numpy_dtype))

    def gather(self, table: Array, index: Array) -> Array:
        return self.xp.gather(table, index)

    def search(self, table: Array, x: Array) -> Array:
        # `searchsorted` wants one more axis than a single step has.
        found = self.xp.searchsorted(table, self.xp.reshape(x, [-1]), side="right")
        found = self.xp.cast(found, x.dtype if self.is_int(x) else "int64")
        return self.xp.reshape(found, self.xp.shape(x))
