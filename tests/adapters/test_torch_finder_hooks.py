"""What listens to an optimizer hears nothing of `lrkit.torch.find_lr`."""

import pytest
import torch

from lrkit import cosine
from lrkit.torch import Recorder, Scheduler
from tests.adapters.torch_finding import MAKERS, Twin, one_thread

pytestmark = pytest.mark.usefixtures(one_thread.__name__)


def test_schedulers_and_recorders_hear_nothing():
    twin = Twin(MAKERS["momentum"])
    scheduler = Scheduler(twin.optimizer, 0.05 * cosine(40))
    recorder = Recorder(twin.optimizer)
    heard = []
    twin.optimizer.register_step_pre_hook(lambda *_: heard.append("before"))
    twin.optimizer.register_step_post_hook(lambda *_: heard.append("after"))
    twin.find()
    assert heard == []
    assert (scheduler.updates, len(recorder.steps)) == (0, 0)
    for _ in range(3):  # a scheduler that counts updates moves on with the first real one
        twin.epoch()
        scheduler.step()
    assert scheduler.updates == 3
    assert len(recorder.steps) == len(heard) / 2 == 18


def test_a_scheduler_that_has_seen_nothing_still_moves_on():
    """What looks whether anything is trained does not take the probe for a training."""
    twin = Twin(MAKERS["sgd"])
    scheduler = Scheduler(twin.optimizer, cosine(40))
    twin.find()
    with pytest.warns(UserWarning, match="nothing has been trained yet"):
        scheduler.step()


def test_a_scheduler_of_pytorch_is_untouched():
    rates, warned = [], []
    for is_probed in (True, False):
        twin = Twin(MAKERS["sgd"])
        theirs = torch.optim.lr_scheduler.CosineAnnealingLR(twin.optimizer, 9)
        if is_probed:
            before = {k: v for k, v in theirs.state_dict().items() if k != "optimizer"}
            twin.find()
            after = {k: v for k, v in theirs.state_dict().items() if k != "optimizer"}
            assert before == after
        with pytest.warns(UserWarning, match=r"lr_scheduler.step\(\)` before") as found:
            theirs.step()  # it still knows that there was no update
        warned.append(len(found))
        twin.epoch()
        theirs.step()
        rates.append(twin.optimizer.param_groups[0]["lr"])
    assert rates[0] == rates[1]
    assert warned == [1, 1]


def test_a_compiled_step_does_not_tell_the_scheduler():
    """The hooks are in the compiled code: during the probe it is without them, then with them."""
    torch._dynamo.reset()
    twin = Twin(MAKERS["tensor"])
    scheduler = Scheduler(twin.optimizer, 0.01 * cosine(100))
    recorder = Recorder(twin.optimizer)
    twin.optimizer.step = torch.compile(twin.optimizer.step, backend="eager")
    twin.epoch()
    scheduler.step()
    twin.find(per_decade=5)
    assert (scheduler.updates, scheduler._updated, len(recorder.steps)) == (1, False, 6)
    twin.epoch()
    scheduler.step()
    assert (scheduler.updates, len(recorder.steps)) == (2, 12)
