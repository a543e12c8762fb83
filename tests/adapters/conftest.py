"""What holds for every test of an adapter."""

import os

# Before any framework is imported. JAX gets two devices, so that data parallelism is real.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
