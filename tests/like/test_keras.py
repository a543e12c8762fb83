"""What like.keras is without Keras; tests/adapters/test_like_keras.py compares it with Keras."""

import pickle

import pytest

import lrkit
from lrkit.like import keras as like
from tests.adapters.like_keras_draws import DRAWS, calls


@pytest.mark.parametrize("name", DRAWS)
def test_every_call_can_be_read_and_pickled(name):
    for arguments in calls(name):
        s = getattr(like, name)(**arguments)
        assert lrkit.read(repr(s)) == s
        assert pickle.loads(pickle.dumps(s)) == s
        assert lrkit.read(repr(s.expression)) == s.expression


def test_the_name_is_accepted_and_means_nothing():
    for name in DRAWS:
        (arguments,) = calls(name, 1)
        plain, named = (getattr(like, name)(**arguments, **n) for n in ({}, {"name": "mine"}))
        assert plain.expression == named.expression


def test_more_cycles_than_one_repeat_stores():
    s = like.CosineDecayRestarts(1.0, 10, t_mul=1.0005, m_mul=0.9999)
    begin, length = 0.0, 10.0
    for i in range(30_000):  # three times what one `repeat` stores
        if i % 997 == 0:
            assert s(begin + length / 2) == pytest.approx(0.9999**i / 2, rel=1e-6), i
        begin, length = begin + length, length * 1.0005
