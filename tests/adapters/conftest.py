"""What holds for every test of an adapter."""

import os

# Before any framework is imported. JAX gets two devices, so that data parallelism is real.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# What a framework does by itself is tested once, beside Keras on the same framework. So are the
# libraries that need it; what is like Keras is tested on all three.
ALONE = {
    "tensorflow": ["test_arrays_tensorflow.py"],
    "jax": ["test_arrays_jax.py", "test_like_optax*.py", "test_optax.py"],
    "torch": ["test_arrays_torch.py", "test_like_torch*.py", "test_like_transformers*.py"],
}
collect_ignore_glob = [
    files
    for backend, patterns in ALONE.items()
    if backend != os.environ.get("KERAS_BACKEND", "tensorflow")
    for files in patterns
]
