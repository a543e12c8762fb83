"""When the Recorder warns: each thing at the moment at which it can be known, and once."""

from typing import Any

from lrkit.keras import findings
from lrkit.keras.applied import Applied
from lrkit.keras.track import Track


class Advice:
    """Looks at the optimizers when a fit begins and when its epochs end."""

    def __init__(self) -> None:
        self._fit_begins = True
        self._length_is_checked = False
        self._said: set[tuple[int, str]] = set()
        self._begun: dict[int, int] = {}  # by optimizer, updates when the fit began

    def fit_begins(self, recorder: Any) -> None:
        """A call of fit begins.

        Args:
            recorder: The Recorder that it calls.
        """
        findings.warn_order(recorder)
        self._fit_begins, self._length_is_checked = True, False

    def epoch_begins(self, epoch: int, now: list[Applied], params: dict[str, Any]) -> None:
        """An epoch begins.

        Args:
            epoch: Its number, from 0.
            now: The optimizers.
            params: What Keras tells of the fit.
        """
        if self._fit_begins:
            self._fit_begins = False
            self._begun = {id(applied.optimizer): applied.updates() for applied in now}
            for applied in now:
                findings.warn_not_restored(applied, epoch)
                if self._is_new(applied, "schedule free"):
                    findings.warn_schedule_free(applied)
            over = [findings.warn_past_the_end(applied) for applied in now]
            self._length_is_checked = any(over)  # said already
        if not self._length_is_checked:
            self._check_length(epoch, now, params, params.get("steps"))

    def epoch_ends(self, epoch: int, tracks: list[Track], params: dict[str, Any]) -> None:
        """An epoch ends.

        Args:
            epoch: Its number, from 0.
            tracks: The records of the optimizers.
            params: What Keras tells of the fit.
        """
        now = [track.applied for track in tracks if track.applied is not None]
        most = max((track.next for track in tracks), default=0)
        for applied in now:
            if applied.name is not None and self._is_new(applied, "idle"):
                findings.warn_idle(applied, most)
        if tracks and not self._length_is_checked:
            first = tracks[0]
            batches = (first.next - first.first) * now[0].accumulation
            self._check_length(epoch + 1, now, params, params.get("steps") or batches)

    def _is_new(self, applied: Applied, what: str) -> bool:
        key = (id(applied.optimizer), what)
        is_new = key not in self._said
        self._said.add(key)
        return is_new

    def _check_length(
        self, epoch: int, now: list[Applied], params: dict[str, Any], batches: int | None
    ) -> None:
        """Warns, once a fit, of a schedule that does not fit the epochs from `epoch` on."""
        epochs = params.get("epochs")
        if epochs is None or batches is None:
            return  # Keras does not know the length of the data yet: after the first epoch
        self._length_is_checked = True
        for applied in now:
            if not findings.warn_accumulation(applied):
                begun = self._begun.get(id(applied.optimizer), 0)
                findings.warn_too_short(applied, (epochs - epoch) * batches, begun)
