"""A learning rate from a short sweep and a few short trainings; free of any framework."""

from lrkit.finder.confirming import confirm
from lrkit.finder.curve import Curve
from lrkit.finder.divergence import Stop
from lrkit.finder.found import Found
from lrkit.finder.rules import rules
from lrkit.finder.smoothing import smooth
from lrkit.finder.suggestion import suggest
from lrkit.finder.sweep import Sweep
from lrkit.finder.trial import Trial

__all__ = ["Curve", "Found", "Stop", "Sweep", "Trial", "confirm", "rules", "smooth", "suggest"]
