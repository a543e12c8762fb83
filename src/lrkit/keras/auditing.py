"""What a Recorder knows of a run, as the audit takes it."""

from typing import Any

import numpy as np

from lrkit.keras.track import Track
from lrkit.plan.run import Fit, Run


def run_of(track: Track) -> Run:
    """The run that was recorded.

    Args:
        track: One optimizer's record.
    """
    columns: Any = track.record.columns()  # arrays, which are sequences in all but their type
    applied, factors = track.applied, columns.factors
    if applied is None or not hasattr(applied.optimizer, "factor"):
        factors = np.ones_like(factors)
    return Run(
        steps=columns.steps,
        epochs=columns.epochs,
        rates=columns.rates,
        factors=factors,
        fits=tuple(Fit(fit.row, fit.first, fit.epoch) for fit in track.fits),
        schedule=None if applied is None else applied.schedule,
        hyperparameters={} if applied is None else applied.schedules,
        accumulation=1 if applied is None else applied.accumulation,
        told=1 if applied is None else applied.told,
        batches_per_epoch=track.batches_per_epoch,
        skipped=sum(fit.skipped for fit in track.fits),
        set_aside=0 if track.file is None else track.file.set_aside,
        ways_out=_ways_out(1 if applied is None else applied.accumulation),
    )


def _ways_out(accumulation: int) -> dict[str, str]:
    """What to write in Keras, by the code of a finding."""
    return {
        "accumulation": (
            f"Write LearningRate(schedule, gradient_accumulation_steps={accumulation})."
        ),
        "restarted": (
            "Load the whole model with load_model, or call "
            "model.optimizer.build(model.trainable_variables) before load_weights: weights that "
            "are loaded into an unbuilt optimizer leave its counter at 0. A model.compile after "
            "load_model makes a new optimizer: leave it out."
        ),
        "epoch-0": "Was `initial_epoch` forgotten?",
        "unrecorded": "Give the Recorder to every call of fit.",
        "skipped": (
            "A few at the start are normal; for fewer, give LossScaleOptimizer a smaller "
            "`initial_scale`."
        ),
    }
