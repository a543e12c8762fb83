"""`lrkit.torch.Recorder`: what each update had, whoever set it."""

import copy

import numpy as np
import pytest
import torch

from lrkit import Plan, cosine, linear, warmup
from lrkit.torch import Recorder, Scheduler
from tests.adapters.torch_training import close, sgd, train

LR = warmup(4) >> cosine(12)


def recorded(updates=16, **given):
    model, optimizer = sgd(given.pop("groups", 1), momentum=0.9)
    scheduler = Scheduler(optimizer, LR, **given)
    recorder = Recorder(scheduler)
    moves = train(model, optimizer, scheduler, updates)
    return recorder, moves


def test_what_was_applied():
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler)
    moves = train(model, optimizer, scheduler, 16)
    assert recorder.steps.tolist() == list(range(16))
    assert close(recorder.learning_rates, moves.of())
    assert recorder.learning_rates.dtype == np.float64
    assert recorder.learning_rates.tolist() == [LR(k) for k in range(16)]
    assert recorder.segments == [slice(0, 16)]
    assert recorder.factors == [(0, 1.0)]


def test_what_somebody_else_set():
    """The truth, not the plan: and the audit says so."""
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler)
    train(model, optimizer, scheduler, 8)
    optimizer.param_groups[0]["lr"] = 0.123
    train(model, optimizer, scheduler, 8)
    assert recorder.learning_rates[8] == 0.123
    (finding,) = recorder.audit(Plan(updates=16)).findings
    assert finding.code == "other-rate"
    assert "1 update, 8, had" in finding.text  # nobody has told of epochs
    (finding,) = recorder.audit(Plan(epochs=4, batches=4)).findings
    assert "1 update, 8 (epoch 2), had" in finding.text


def test_an_epoch_that_was_set_is_told_without_a_plan_of_epochs():
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler)
    for epoch in range(2):
        recorder.epoch = epoch
        train(model, optimizer, scheduler, 8)
        optimizer.param_groups[0]["lr"] = 0.123
    (finding,) = recorder.audit(Plan(updates=16)).findings
    assert "1 update, 8 (epoch 1), had" in finding.text


def test_an_optimizer_alone():
    model, optimizer = sgd()
    recorder = Recorder(optimizer, at=5)
    theirs = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    moves = train(model, optimizer, theirs, 4)
    assert recorder.steps.tolist() == [5, 6, 7, 8]
    assert close(recorder.learning_rates, moves.of())
    assert recorder.audit(Plan(updates=9)).ok


def test_other_scheduled_numbers():
    recorder, _ = recorded(momentum=linear(16, start=0.9, stop=0.5))
    assert list(recorder.hyperparameters) == ["momentum"]
    wanted = [linear(16, start=0.9, stop=0.5)(k) for k in range(16)]
    assert recorder.hyperparameters["momentum"].tolist() == wanted


def test_betas_have_the_names_of_keras():
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.Adam([weight], lr=torch.tensor(0.1))
    scheduler = Scheduler(optimizer, LR, betas=(linear(4, start=0.9, stop=0.8), 0.99))
    recorder = Recorder(scheduler)
    for _ in range(4):
        weight.grad = torch.ones(1)
        optimizer.step()
        scheduler.step()
    assert close(recorder.learning_rates, [LR(k) for k in range(4)])
    assert recorder.hyperparameters["beta_1"].tolist() == pytest.approx([0.9, 0.875, 0.85, 0.825])
    assert recorder.hyperparameters["beta_2"].tolist() == [0.99] * 4


def test_groups_with_one_rate_are_asked_together():
    recorder, _ = recorded(groups=2)
    assert recorder.learning_rates.tolist() == [LR(k) for k in range(16)]
    assert list(recorder.groups) == ["group 0", "group 1"]
    assert recorder.audit(Plan(updates=16)).ok


def test_groups_with_different_rates_are_asked_one_by_one():
    recorder, _ = recorded(groups=2, multipliers={1: 0.5})
    with pytest.raises(TypeError, match=r"Write recorder\.groups\['group 1'\]\.learning_rates"):
        _ = recorder.learning_rates
    half = recorder.groups["group 1"]
    assert half.learning_rates.tolist() == [0.5 * LR(k) for k in range(16)]
    assert half.steps.tolist() == list(range(16))
    assert half.epochs.tolist() == [0] * 16
    assert half.segments == [slice(0, 16)]
    assert half.audit(Plan(updates=16)).ok
    assert recorder.audit(Plan(updates=16)).ok


def test_the_audit_names_the_group():
    model, optimizer = sgd(2)
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler)
    train(model, optimizer, scheduler, 15)
    optimizer.param_groups[1]["lr"] = 0.5
    train(model, optimizer, scheduler, 1)
    (finding,) = recorder.audit(Plan(updates=16)).findings
    assert finding.text.startswith("Group 'group 1': 1 update, 15")


@pytest.mark.parametrize(
    ("updates", "plan", "code"),
    [
        (12, Plan(updates=16), "fewer-updates"),
        (16, Plan(updates=12), "more-updates"),
        (20, Plan(updates=20), "overshot"),
        (12, Plan(updates=12), "too-long"),
        (16, Plan(epochs=4, examples=64, batch_size=4, accumulation=4), None),
    ],
)
def test_the_audit_finds(updates, plan, code):
    """What a loop cannot know, as how many batches made an update, is no finding."""
    recorder, _ = recorded(updates)
    codes = [finding.code for finding in recorder.audit(plan).findings]
    assert codes == [] if code is None else code in codes


def test_a_factor_is_no_finding():
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler)
    train(model, optimizer, scheduler, 8)
    scheduler.set_factor(0.5)
    train(model, optimizer, scheduler, 8)
    assert recorder.factors == [(0, 1.0), (8, 0.5)]
    assert recorder.audit(Plan(updates=16)).ok


def test_epochs_are_told(capsys):
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler, print_every="epoch")
    for epoch in range(2):
        recorder.epoch = epoch
        train(model, optimizer, scheduler, 3)
    assert recorder.epochs.tolist() == [0, 0, 0, 1, 1, 1]
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 1: learning rate 0 from update 0",
        "Epoch 2: learning rate 0.75 from update 3",
    ]


def test_every_nth_update_is_printed(capsys):
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler, print_every=4)
    train(model, optimizer, scheduler, 9)
    assert capsys.readouterr().out.splitlines() == [
        "Update 0: learning rate 0",
        "Update 4: learning rate 1",
        f"Update 8: learning rate {LR(8):.5g}",
    ]
    recorder.close()
    train(model, optimizer, scheduler, 3)
    assert len(recorder.steps) == 9


def test_a_restored_state_begins_a_segment():
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler)
    train(model, optimizer, scheduler, 5)
    state = scheduler.state_dict()
    train(model, optimizer, scheduler, 4)
    scheduler.load_state_dict(state)
    train(model, optimizer, scheduler, 3)
    assert recorder.steps.tolist() == [*range(9), 5, 6, 7]
    assert recorder.segments == [slice(0, 9), slice(9, 12)]
    assert recorder.learning_rates.tolist() == [LR(k) for k in recorder.steps.tolist()]


def test_a_group_that_comes_later_has_a_record_of_its_own():
    model, optimizer = sgd(2)
    late = optimizer.param_groups.pop()
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler)
    train(model, optimizer, scheduler, 2)
    optimizer.add_param_group(late)
    train(model, optimizer, scheduler, 2)
    assert list(recorder.groups) == ["group 0", "group 1"]
    assert recorder.groups["group 0"].learning_rates.tolist() == [LR(k) for k in range(4)]
    came = recorder.groups["group 1"].learning_rates
    assert np.isnan(came[:2]).all()
    assert came[2:].tolist() == [LR(2), LR(3)]


def test_a_group_that_goes_leaves_the_others_their_records():
    model, optimizer = sgd(2)
    scheduler = Scheduler(optimizer, LR, multipliers={1: 0.5})
    recorder = Recorder(scheduler)
    train(model, optimizer, scheduler, 2)
    del optimizer.param_groups[0]
    train(model, optimizer, scheduler, 2)
    rest = recorder.groups["group 1"].learning_rates
    assert rest.tolist() == [0.5 * LR(k) for k in range(4)]


def test_groups_whose_names_collide_have_columns_of_their_own():
    weights = [torch.nn.Parameter(torch.zeros(1)) for _ in range(4)]
    names = [{}, {"name": "2"}, {}, {"name": "2"}]
    groups = [{"params": [w], **name} for w, name in zip(weights, names, strict=True)]
    optimizer = torch.optim.SGD(groups, lr=1.0)
    scheduler = Scheduler(optimizer, LR, multipliers={0: 0.1, 1: 0.2, 3: 0.4})
    recorder = Recorder(scheduler)
    optimizer.step()
    scheduler.step()
    optimizer.step()
    seen = [view.learning_rates[1] for view in recorder.groups.values()]
    assert seen == [scale * LR(1) for scale in (0.1, 0.2, 1.0, 0.4)]


def test_no_copies():
    recorder, _ = recorded()
    with pytest.raises(TypeError, match="a copy must not be made"):
        copy.deepcopy(recorder)


def test_a_jump_of_the_schedule_is_one_of_the_record():
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler)
    train(model, optimizer, scheduler, 2)
    scheduler.step(9)
    train(model, optimizer, scheduler, 2)
    assert recorder.steps.tolist() == [0, 1, 9, 10]


@pytest.mark.parametrize("plan", [None, Plan(updates=16)])
def test_a_gap_of_the_record_is_one_of_the_picture(plan):
    pytest.importorskip("matplotlib")
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler)
    train(model, optimizer, scheduler, 2)
    scheduler.step(9)
    train(model, optimizer, scheduler, 2)
    (axes,) = recorder.plot(plan).axes
    drawn = [line for line in axes.get_lines() if line.get_drawstyle() == "steps-post"]
    assert [max(line.get_xdata()) < 9 for line in drawn] == [True, False]
    assert [min(line.get_xdata()) for line in drawn] == [0, 9]


def test_plot():
    pytest.importorskip("matplotlib")
    recorder, _ = recorded(groups=3, multipliers={2: 0.5})
    (axes,) = recorder.plot(title="rates").axes
    assert [line.get_label() for line in axes.get_lines()] == ["group 0", "group 2"]
    (axes,) = recorder.groups["group 2"].plot().axes
    assert axes.get_lines()[0].get_ydata().tolist() == [0.5 * LR(k) for k in range(16)]


def test_plot_on_a_plan():
    pytest.importorskip("matplotlib")
    recorder, _ = recorded(groups=3, multipliers={2: 0.5})
    (axes,) = recorder.groups["group 2"].plot(Plan(updates=20)).axes
    planned, _, applied = axes.get_lines()[:3]
    assert planned.get_ydata()[-1] == pytest.approx(0.5 * LR(20))
    assert applied.get_ydata()[:-1].tolist() == [0.5 * LR(k) for k in range(16)]
    (axes,) = recorder.plot(Plan(updates=20)).axes
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert [label.split("   ")[0] for label in labels[1:3]] == [
        "applied, group 0",
        "applied, group 2",
    ]
    assert "16 of the 20 updates" in labels[3]
