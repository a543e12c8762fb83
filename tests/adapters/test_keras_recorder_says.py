"""What the Recorder prints, warns of, refuses and draws."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import Plan, cosine, hold, linear, read
from lrkit.keras import LearningRate, Recorder, scheduled
from tests.adapters.keras_training import fit, network, regression, visible

SLOPE = linear(100, start=0.5, stop=0.25)


def sgd(schedule: Any = SLOPE) -> Any:
    return keras.optimizers.SGD(LearningRate(schedule))


# ---- printing --------------------------------------------------------------------------------


def test_prints_the_rate_at_each_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    rate = LearningRate("0.001 * cosine(3130)")
    model = visible(keras.optimizers.SGD(rate))
    model.optimizer.iterations.assign(626)
    fit(model, [Recorder(print_every="epoch")], epochs=4, initial_epoch=2)
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 3/4: learning rate 0.00090451 from update 626",
        "Epoch 4/4: learning rate 0.00090333 from update 630",
    ]


def test_prints_a_number_as_the_epoch_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    by_epoch = keras.callbacks.LearningRateScheduler(lambda epoch: 0.5 ** (epoch + 1))
    fit(visible(keras.optimizers.SGD(0.1)), [Recorder(print_every="epoch"), by_epoch])
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 1/2: learning rate 0.5 from update 0",
        "Epoch 2/2: learning rate 0.25 from update 4",
    ]


def test_prints_every_nth_update(capsys: pytest.CaptureFixture[str]) -> None:
    fit(visible(sgd("0.8 * linear(8)")), [Recorder(print_every=3)])
    assert capsys.readouterr().out.splitlines() == [
        "Update 0: learning rate 0.8",
        "Update 3: learning rate 0.5",
        "Update 6: learning rate 0.2",
    ]


def test_prints_nothing_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    fit(visible(sgd()), [Recorder()])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("print_every", "error"),
    [("batch", ValueError), (0, ValueError), (-1, ValueError), (2.5, TypeError), (True, TypeError)],
)
def test_bad_print_every_is_refused(print_every: Any, error: Any) -> None:
    with pytest.raises(error, match=f"`print_every` must be .* got print_every={print_every!r}"):
        Recorder(print_every=print_every)


@pytest.mark.parametrize("path", ["lr.csv", "logs/rates", Path("lr.csv")])
def test_file_in_place_of_print_every(path: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=rf"write csv='{path}'\.$"):
        Recorder(path)


def test_csv_that_is_no_path() -> None:
    with pytest.raises(TypeError, match="`csv` must be the name of a file, got csv=True"):
        Recorder(csv=True)  # type: ignore[arg-type]


# ---- warnings --------------------------------------------------------------------------------


def test_warns_of_untold_accumulation() -> None:
    optimizer = keras.optimizers.SGD(LearningRate("cosine(9)"), gradient_accumulation_steps=4)
    code = r'LearningRate\("cosine\(9\)", gradient_accumulation_steps=4\)'
    with pytest.warns(
        UserWarning, match=rf"every 4 batches .* told 1 .* by 4 steps\. Write {code}"
    ):
        fit(visible(optimizer), [Recorder()])


def test_warns_of_accumulation_that_is_not_there() -> None:
    rate = LearningRate("cosine(9)", gradient_accumulation_steps=2)
    with pytest.warns(
        UserWarning, match=r'told 2 .* by 1/2 steps\. Write LearningRate\("cosine\(9'
    ):
        fit(visible(keras.optimizers.SGD(rate)), [Recorder()])


def test_warns_of_loggers_that_stand_before(tmp_path: Path) -> None:
    """And truly: the table lacks the rate."""
    table = keras.callbacks.CSVLogger(tmp_path / "history.csv")
    with pytest.warns(UserWarning, match=r"it stands after CSVLogger in .* Put the Recorder first"):
        fit(visible(sgd()), [table, Recorder()])
    assert "learning_rate" not in (tmp_path / "history.csv").read_text()
    again = keras.callbacks.CSVLogger(tmp_path / "again.csv")
    fit(visible(sgd()), [Recorder(), again])  # no warning
    assert "learning_rate" in (tmp_path / "again.csv").read_text()


@pytest.mark.parametrize("accumulation", [None, 2])
def test_schedule_as_long_as_the_run_is_fine(accumulation: int | None) -> None:
    batches = accumulation or 1
    rate = LearningRate(cosine(8 // batches), gradient_accumulation_steps=batches)
    optimizer = keras.optimizers.SGD(rate, gradient_accumulation_steps=accumulation)
    fit(visible(optimizer), [Recorder()])  # a warning would be an error


def test_warns_of_a_schedule_shorter_than_the_run() -> None:
    model = visible(sgd(cosine(6)))
    message = r"6 updates long and the run ends at update 8: .* by 2 updates.*schedule\.over\(8\)"
    with pytest.warns(UserWarning, match=message):
        fit(model, [Recorder()])


def test_warns_at_a_resume_of_a_schedule_shorter_than_the_run() -> None:
    """`over` would change what has been trained, and the rate would jump."""
    model = visible(sgd(cosine(6)))
    model.optimizer.iterations.assign(4)
    message = r"too short by 2 updates.*Write lrkit\.extend\(schedule, at=4, to=8\), or train"
    with pytest.warns(UserWarning, match=message):
        fit(model, [Recorder()], initial_epoch=1)


def test_warns_of_a_weight_decay_shorter_than_the_run() -> None:
    optimizer = scheduled(keras.optimizers.SGD, learning_rate=SLOPE, weight_decay=0.1 * cosine(7))
    message = r"of `weight_decay` is 7 updates .* by 1 update, in which the weight_decay stays"
    way_out = r".*Write schedule\.over\(8\), or schedule >> hold\(value=0\) where that is meant"
    with pytest.warns(UserWarning, match=message + way_out):
        fit(visible(optimizer), [Recorder()])


def test_hyperparameter_that_is_meant_to_stay_is_fine() -> None:
    momentum = linear(3, start=0.5, stop=0.75) >> hold(value=0.75)
    fit(visible(scheduled(keras.optimizers.SGD, SLOPE, momentum=momentum)), [Recorder()])


def test_warns_at_a_resume_beyond_the_end_of_a_weight_decay() -> None:
    optimizer = scheduled(keras.optimizers.SGD, SLOPE, weight_decay=0.1 * cosine(3))
    model = visible(optimizer)
    optimizer.iterations.assign(4)
    with pytest.warns(UserWarning, match=r"by 5 updates.*Write schedule \| another piece, or sch"):
        fit(model, [Recorder()], initial_epoch=1)


def test_warns_when_the_length_of_the_data_shows_after_an_epoch() -> None:
    x, y = regression(8)

    def batches() -> Any:
        while True:
            for i in range(4):
                yield x[2 * i : 2 * i + 2], y[2 * i : 2 * i + 2]

    recorder = Recorder()
    model = network(sgd(0.001 * cosine(7)))

    class Unknown(keras.callbacks.Callback):
        """Keras's own callbacks see the steps of an epoch; a data set may not tell them."""

        def set_params(self, params: Any) -> None:
            recorder.set_params({**params, "steps": None})

    options = {"epochs": 3, "steps_per_epoch": 4, "shuffle": False, "verbose": 0}
    with pytest.warns(
        UserWarning, match=r"the run ends at update 12: it is too short by 5.*over\(12"
    ):
        model.fit(batches(), callbacks=[recorder, Unknown()], **options)


def test_endless_schedule_is_never_too_short() -> None:
    fit(visible(sgd(read("0.5 * inverse_sqrt(3)"))), [Recorder()])


# ---- what it refuses -------------------------------------------------------------------------


def test_model_without_optimizer_is_refused() -> None:
    recorder = Recorder()
    recorder.set_model(keras.Sequential([keras.layers.Dense(1)]))
    with pytest.raises(TypeError, match=r"got model\.optimizer=None.*model\.compile"):
        recorder.on_train_begin()


def test_a_loop_of_ones_own() -> None:
    """Keras's hooks called by hand, as its documentation shows, without logs or parameters."""
    model = visible(sgd())
    recorder = Recorder(print_every="epoch")
    recorder.set_model(model)
    recorder.on_train_begin()
    ones = np.ones((2, 1), "float32")
    for epoch in range(2):
        recorder.on_epoch_begin(epoch)
        for _ in range(3):
            model.train_on_batch(ones, ones)
        recorder.on_epoch_end(epoch)
    recorder.on_train_end()
    assert recorder.steps.tolist() == list(range(6))
    assert recorder.epochs.tolist() == [0] * 3 + [1] * 3


def test_a_loop_of_ones_own_with_a_number() -> None:
    """No batch is announced: the rate is the one at the begin of the epoch."""
    model = visible(keras.optimizers.SGD(0.5))
    recorder = Recorder()
    recorder.set_model(model)
    recorder.on_train_begin()
    ones = np.ones((2, 1), "float32")
    for epoch in range(2):
        recorder.on_epoch_begin(epoch)
        model.train_on_batch(ones, ones)
        model.optimizer.learning_rate = 0.25
        recorder.on_epoch_end(epoch)
    assert recorder.learning_rates.tolist() == [0.5, 0.25]


# ---- drawing ---------------------------------------------------------------------------------


def test_plot_draws_each_segment(tmp_path: Path) -> None:
    recorder = Recorder()
    model = visible(sgd())
    fit(model, [recorder], epochs=1)
    fit(model, epochs=1)
    fit(model, [recorder], epochs=1)
    figure = recorder.plot(title="rates")
    lines = figure.axes[0].lines
    assert [line.get_xdata().tolist() for line in lines] == [[0, 1, 2, 3], [8, 9, 10, 11]]
    drawn = np.concatenate([line.get_ydata() for line in lines])
    np.testing.assert_array_equal(drawn, recorder.learning_rates)
    figure.savefig(tmp_path / "rates.png")
    assert (tmp_path / "rates.png").stat().st_size > 0
    assert recorder.plot(log=True).axes[0].get_yscale() == "log"


def test_plot_on_a_plan_with_the_words_of_the_audit() -> None:
    schedule = 0.5 * linear(12)
    recorder = Recorder()
    fit(visible(sgd(schedule)), [recorder], epochs=2)
    plan = Plan(epochs=3, batches=4)
    figure = recorder.plot(plan)
    (axes,) = figure.axes
    planned, applied = axes.lines[:2]
    assert axes.get_xlim() == (0, 12)
    assert planned.get_ydata()[0] == 0.5
    np.testing.assert_array_equal(applied.get_ydata()[:-1], recorder.learning_rates)
    _, label, *notes = (text.get_text() for text in axes.get_legend().get_texts())
    assert label.startswith("applied, updates 0 to 7")
    assert " ".join(notes).replace("\n", " ") == str(recorder.audit(plan)).replace("\n", " ")
    assert axes.child_axes[0].get_xlabel() == "epochs"


def test_what_a_plan_on_a_picture_needs() -> None:
    recorder = Recorder()
    fit(visible(keras.optimizers.SGD(0.1)), [recorder], epochs=1)
    with pytest.raises(TypeError, match="`schedule` must say what was planned"):
        recorder.plot(Plan(updates=4))
    assert recorder.plot(Plan(updates=4), schedule=hold(4)).axes
    with pytest.raises(TypeError, match="`plan` must be given with `schedule`"):
        recorder.plot(schedule=hold(4))
    with pytest.raises(ValueError, match="`dark` must be False with `ax`"):
        recorder.plot(ax=recorder.plot(dark=True).axes[0], dark=True)


def test_plot_without_data_is_refused() -> None:
    with pytest.raises(ValueError, match=r"there must be a recorded update, got none\. Train with"):
        Recorder().plot()
    with pytest.raises(ValueError, match=r"Train with the Recorder first"):
        Recorder().plot(Plan(updates=4))
