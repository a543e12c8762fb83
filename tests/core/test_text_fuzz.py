"""100,000 texts at random: each is a schedule, or a ValueError that shows the place."""

import sys
import warnings
from collections import Counter

import pytest

from lrkit import Schedule, read
from lrkit.core import parse
from lrkit.core.text import TextError
from tests.core.texts import STRANGE, texts

TEXTS = 100_000
OUTSIDE = {"import", "exec", "open", "os", "subprocess", "socket", "shutil", "ctypes", "builtins"}


def outcome(text):
    """What came of a text; anything but a schedule or a place is an error of ours."""
    try:
        schedule = read(text, epoch=1875)
    except TextError as error:
        shows_a_place = 0 <= error.position <= len(text) and "\n" not in error.reason.strip("\n")
        return "refused" if shows_a_place else f"{text!r}: {error}"
    except BaseException as error:
        raise AssertionError(f"{text!r}: {type(error).__name__}") from error
    return "read" if isinstance(schedule, Schedule) else f"{text!r}: {schedule!r}"


def test_a_schedule_or_a_place_in_the_text():
    assert {outcome(text) for text in texts(seed=1, n=300)} == {"read", "refused"}
    modules = set(sys.modules)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        counts = Counter(outcome(text) for text in texts(seed=2, n=TEXTS))
    assert [str(warning.message) for warning in warned] == []
    assert set(sys.modules) == modules
    assert set(counts) == {"read", "refused"}
    # Both happen often: else nothing was tested.
    assert counts["read"] > TEXTS / 20
    assert counts["refused"] > TEXTS / 3


def test_what_was_read_is_read_again():
    for text in texts(seed=3, n=4_000):
        try:
            schedule = read(text, epoch=1875)
        except ValueError:
            continue
        assert read(repr(schedule)) == schedule


@pytest.fixture(scope="module")
def audited():
    """A list that gets what Python's own audit reports while it is watched."""
    state = {"events": None}

    def hook(event, arguments):
        if state["events"] is not None and event.partition(".")[0] in OUTSIDE:
            state["events"].append((event, str(arguments)[:100]))

    sys.addaudithook(hook)  # there is no way to take a hook away: it is switched off
    yield state
    state["events"] = None


def test_nothing_is_run(audited):
    """No import, no code, no file, no process: whatever a text holds."""
    damaged = [
        pattern.format(text)
        for text in STRANGE
        for pattern in ("{}", "cosine(10) * {}", "hold({})", "hold(value={})", "table([{}])")
    ]
    many = damaged + list(texts(seed=4, n=2_000))
    outcomes = {outcome(text) for text in many}
    audited["events"] = []
    again = {outcome(text) for text in many}
    events, audited["events"] = audited["events"], None
    # Python audits `id` too, which tells one object from another and runs nothing.
    assert [event for event in events if event[0] != "builtins.id"] == []
    assert outcomes == again == {"read", "refused"}


FAMILIES = {
    "sums": lambda n: "hold(" + " + ".join(["1"] * n) + ")",
    "flows": lambda n: " >> ".join(["hold(1)"] * n),
    "jumps": lambda n: " | ".join(["cosine(1)"] * n),
    "products": lambda n: " * ".join(["cosine(9)"] * n),
    "lists": lambda n: f"table([{', '.join(['0.5'] * n)}])",
    "points": lambda n: f"points({{{', '.join(f'{i}: {i % 3}' for i in range(n))}}})",
    "keywords": lambda n: f"hold({', '.join(f'k{i}=1' for i in range(n))})",
    "unknown": lambda n: "a" * 20 * n,
    "digits": lambda n: f"hold({'9' * 4 * n})",
    "refused": lambda n: " | ".join(["hold(1)"] * n) + " | hold(0)",
    "broken": lambda n: "hold(1) | " * n,
    "lines": lambda n: "hold(1) |\n" * n + "hold(0)",
}


def calls_for(text):
    """How many Python functions are entered to read a text: work, without a clock."""
    count = 0

    def profile(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        read(text)
    except ValueError:
        pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_work_is_linear_in_the_size(family):
    write = FAMILIES[family]
    read_once, few, many = (calls_for(write(n)) for n in (100, 200, 800))
    assert read_once > 0
    assert many <= 5 * few + 1_000


@pytest.mark.parametrize("deep", ["(", "-", "+", "[", "{1:", "hold(", "not ", "repeat(", "1+("])
def test_deep_nesting_is_refused(deep):
    for n in (99, 101, 200, 3_000, 30_000):
        text = deep * n + "1" + ")" * n
        with pytest.raises(ValueError, match=r".") as caught:
            read(text[:99_000])
        assert 0 <= caught.value.position <= len(text)


@pytest.mark.parametrize("link", [" + ", " | ", " * ", ".take(", " >> "])
def test_long_chains_do_not_exhaust_the_stack(link):
    for n in (1_500, 5_000, 12_000):
        assert outcome(link.join(["hold(1)"] * n)[:99_999]) == "refused"


def test_size_limit():
    most = parse.MOST_CHARACTERS
    assert read("hold(1)".ljust(most)) == read("hold(1)")
    with pytest.raises(ValueError, match=r"at most 100,000 characters"):
        read("hold(1)".ljust(most + 1))
    with pytest.raises(ValueError, match=r"at most 100,000 characters"):
        read("(" * 200_000_000)


@pytest.mark.parametrize("values", ["[[10000000, 1.0]]", "[" + "[9000000, 0.5], " * 3 + "]"])
def test_a_short_text_cannot_ask_for_much_memory(values):
    many = " | ".join([f"table({values})"] * 400)
    with pytest.raises(ValueError, match="10,000,000"):
        read(many)
