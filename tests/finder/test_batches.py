"""The batches of a probe: again and again, and nothing drawn that is not said."""

import itertools

import pytest

from lrkit.finder.batches import Batches


def first(batches, count):
    return list(itertools.islice(batches, count))


def test_a_seed_draws_an_order_for_each_turn():
    batches = Batches(list(range(20)))
    assert first(batches.endless(0), 30) == [*range(20), *range(10)]
    drawn = first(batches.endless(3), 40)
    assert drawn == first(batches.endless(3), 40) != first(batches.endless(4), 40)
    assert sorted(drawn[:20]) == sorted(drawn[20:]) == list(range(20))
    assert drawn[:20] != drawn[20:]


def test_an_iterator_is_not_touched_where_it_is_refused():
    stream = iter(range(3))
    with pytest.raises(TypeError, match="`held_out` must be iterable more than once"):
        Batches(stream, argument="held_out")
    assert next(stream) == 0


@pytest.mark.parametrize("count", [2, 5])
def test_what_is_drawn_is_kept_and_comes_again(count):
    kept, stream = [], iter(range(5))
    batches = Batches(stream, buffer=kept)
    assert first(batches.endless(), count) == list(range(count)) == kept
    assert first(batches.endless(), 4) == [0, 1, 2, 3]
    assert [*kept, *stream] == [0, 1, 2, 3, 4]
    assert first(batches.endless(), 12) == [*kept, *kept, *kept][:12]


@pytest.mark.parametrize("wrong", [3, "text", {"x": 1}, None])
def test_no_batches(wrong):
    with pytest.raises(TypeError, match="must be a list of batches, a loader or another iterable"):
        Batches(wrong)


def test_empty_and_used_up():
    with pytest.raises(ValueError, match="must give batches, got none"):
        next(Batches([]).endless())

    class Disguised:
        stream = iter([1, 2])

        def __iter__(self):
            return self.stream

    batches = Batches(Disguised()).endless()
    assert first(batches, 2) == [1, 2]
    with pytest.raises(ValueError, match="got none the second time"):
        next(batches)


@pytest.mark.parametrize("buffer", [False, None, 0, "kept", ()])
def test_what_is_no_buffer_draws_nothing(buffer):
    data = iter([1, 2])
    with pytest.raises(TypeError, match=r"or buffer=\[\], a list that gets the batches"):
        Batches(data, buffer=buffer)
    assert list(data) == [1, 2]
