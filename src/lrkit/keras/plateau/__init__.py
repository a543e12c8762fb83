"""The plateau rule on top of any schedule, and the way back from a loss that broke."""

from lrkit.keras.plateau.callback import Plateau

__all__ = ["Plateau"]
