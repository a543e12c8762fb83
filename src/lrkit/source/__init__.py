"""Out again: the same schedule as code of another library, without lrkit."""

from lrkit.source.write import to_source

__all__ = ["to_source"]
