"""The designer: a local page that draws, checks and shares schedules as they are typed."""

from lrkit.designer.assets import MissingAssets
from lrkit.designer.server import Designer, serve

__all__ = ["Designer", "MissingAssets", "serve"]
