"""What a Recorder recorded of one optimizer, as its user reads it."""

from collections.abc import Callable

from lrkit.core.schedule import Schedule
from lrkit.keras.auditing import run_of
from lrkit.keras.track import Track
from lrkit.plan.audit import Audit, audit
from lrkit.plan.plan import Plan
from lrkit.record.columns import Record
from lrkit.record.view import View


class Recorded(View):
    """The updates of one optimizer, one row for each; always up to date.

    Args:
        track: What records them.
        catch_up: Brings the track up to date.
    """

    def __init__(self, track: Track, catch_up: Callable[[], None]) -> None:
        self._track = track
        self._catch_up = catch_up

    def audit(self, plan: Plan, *, schedule: Schedule | None = None) -> Audit:
        """What was applied, compared with what was planned; `Recorder.audit` says more.

        Args:
            plan: The run as it was planned.
            schedule: The rate as it was planned. Default: the optimizer's own schedule.
        """
        self._catch_up()
        return audit(plan, run_of(self._track), schedule=schedule)

    @property
    def _record(self) -> Record:
        self._catch_up()
        return self._track.record
