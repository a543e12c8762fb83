"""Ctrl-C: not lost, not in the middle of a file, and given back afterwards."""

import contextlib
import signal
import threading

import pytest

from lrkit.tasks.interrupt import Interrupt


def ctrl_c():
    signal.raise_signal(signal.SIGINT)


def swallowed():
    """As Keras does while it converts logs."""
    with contextlib.suppress(BaseException):
        ctrl_c()


def test_it_raises_as_ever():
    with pytest.raises(KeyboardInterrupt), Interrupt():
        ctrl_c()


def test_a_swallowed_one_is_raised_by_the_next_check():
    with Interrupt() as interrupt:
        interrupt.check()
        swallowed()
        with pytest.raises(KeyboardInterrupt):
            interrupt.check()


def test_it_waits_while_files_are_written():
    written = []

    def write():
        with Interrupt() as interrupt, interrupt.held():
            ctrl_c()
            written.append("whole")

    with pytest.raises(KeyboardInterrupt):
        write()
    assert written == ["whole"]


def test_an_error_in_the_held_block_is_not_hidden():
    with Interrupt() as interrupt, pytest.raises(ValueError, match="disk"), interrupt.held():
        raise ValueError("disk")


def test_the_handler_is_given_back():
    before = signal.getsignal(signal.SIGINT)
    with Interrupt():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_the_handler_of_somebody_else_stays():
    def own(number, frame):
        raise AssertionError

    before = signal.signal(signal.SIGINT, own)
    try:
        with Interrupt():
            assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_it_does_nothing():
    raised = []

    def work():
        try:
            with Interrupt() as interrupt, interrupt.held():
                pass
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert raised == []
