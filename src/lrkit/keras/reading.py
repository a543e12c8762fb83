"""The part of a Recorder that its user reads."""

from collections.abc import Mapping

import numpy as np

from lrkit.core.schedule import Schedule
from lrkit.keras.recorded import Recorded
from lrkit.keras.track import Track
from lrkit.plan.audit import Audit
from lrkit.plan.plan import Plan
from lrkit.record.columns import Record
from lrkit.record.plotted import Plotted


class Reading(Plotted):
    """What was recorded, of the one optimizer or of each by its name."""

    def __init__(self) -> None:
        super().__init__()
        self._tracks: dict[str | None, Track] = {}  # by the name of the optimizer; None: the only

    @property
    def optimizers(self) -> dict[str, Recorded]:
        """The record of each optimizer, by its name: with all that the Recorder has of one."""
        return {
            name or (track.applied.optimizer.name if track.applied else ""): self._view(track)
            for name, track in self._tracks.items()
        }

    @property
    def steps(self) -> np.ndarray:
        """The number of each recorded update, from 0 (int64)."""
        return self._only("steps").steps

    @property
    def epochs(self) -> np.ndarray:
        """The epoch of each recorded update, from 0 as in `History.epoch` (int64)."""
        return self._only("epochs").epochs

    @property
    def learning_rates(self) -> np.ndarray:
        """The rate of each recorded update, with the factor in it (float32)."""
        return self._only("learning_rates").learning_rates

    @property
    def hyperparameters(self) -> dict[str, np.ndarray]:
        """By name, each scheduled hyperparameter beside the rate, one value an update (float32).

        NaN where an update had none of that name, as before another model was recorded.
        """
        return self._only("hyperparameters").hyperparameters

    @property
    def factors(self) -> list[tuple[int, float]]:
        """Each factor of the schedule's rate, with the first update that had it.

        A `scheduled` optimizer multiplies its rate by a factor, which `Plateau` cuts.
        """
        return self._only("factors").factors

    @property
    def segments(self) -> list[slice]:
        """Slices of the data, one for each stretch of updates that follow one another.

        More than one: the counter went back (a checkpoint was restored), or went on unrecorded.
        """
        return self._only("segments").segments

    def audit(self, plan: Plan, *, schedule: Schedule | None = None) -> Audit:
        """What was applied, compared with what was planned, in words.

        It prints as sentences, one for each thing that went otherwise: finished early, never at
        the end, begun again at a resume, gone beyond the end, a fit at rate 0, other updates than
        planned. `.ok` is true where there is none; `.findings` has each with a `code`.

        Args:
            plan: The run as it was planned.
            schedule: The rate as it was planned. Default: the optimizer's own schedule.

        Raises:
            TypeError: `plan` is no `Plan`, or there are several optimizers.
            ValueError: Nothing is recorded yet.
        """
        return self._only("audit").audit(plan, schedule=schedule)

    def _drawn(self) -> Mapping[str, Record]:
        self._catch_up()
        return {name or "": track.record for name, track in self._tracks.items()}

    def _only(self, wanted: str) -> Recorded:
        if len(self._tracks) > 1:
            names = list(self.optimizers)
            raise TypeError(
                f"Recorder: `{wanted}` must be asked of one optimizer, got {len(names)}: "
                f"{', '.join(map(repr, names))}. Write recorder.optimizers[{names[0]!r}].{wanted}."
            )
        return self._view(next(iter(self._tracks.values()), Track()))

    def _view(self, track: Track) -> Recorded:
        return Recorded(track, self._catch_up)

    def _catch_up(self) -> None:
        """Records the updates since the counters were last read."""
        raise NotImplementedError
