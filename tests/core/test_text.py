"""The texts that mean a schedule, and what the others are told."""

import pickle

import pytest

import lrkit
from lrkit import cosine, exponential, hold, read, repeat, table, warmup
from lrkit.core.text import TextError


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("cosine(length=10)", "cosine(10)"),
        ("cosine(10.0, start=1, stop=0)", "cosine(10)"),
        ("linear(10, start=0, stop=1)", "warmup(10)"),
        ("linear(10, start=0.5)", "linear(10, start=0.5)"),
        ("hold()", "hold()"),
        ("hold(75)", "hold(75)"),
        ("3e-4*hold(5)", "0.0003 * hold(5)"),
        ("2 * (3 * cosine(4))", "6.0 * cosine(4)"),
        ("cosine(4) * 2", "2.0 * cosine(4)"),
        ("1 * cosine(4)", "cosine(4)"),
        ("(2 * hold(3)) * (3 * cosine(4))", "6.0 * hold(3) * cosine(4)"),
        ("warmup(1) >> (hold(2) >> cosine(3))", "warmup(1) >> hold(2) >> cosine(3)"),
        ("then(warmup(1), hold(2), cosine(3))", "warmup(1) >> hold(2) >> cosine(3)"),
        ("jump(hold(1), hold(2))", "hold(1) | hold(2)"),
        ("hold(1) | hold(2) >> cosine(3)", "hold(1) | hold(2) >> cosine(3)"),
        ("cosine(30) .take(10)", "cosine(30).take(10)"),
        ("cosine(30).take(30)", "cosine(30)"),
        ("cosine(30).take(20).take(10)", "cosine(30).take(10)"),
        ("cosine(30).skip(3).skip(4)", "cosine(30).skip(7)"),
        ("(2*cosine(30)).staircase(7)", "2.0 * cosine(30).staircase(7)"),
        ("(warmup(5) >> cosine(95)).over(1000)", "warmup(50) >> cosine(950)"),
        ("(warmup(5) >> cosine(95)).stretch(0.5)", "warmup(2.5) >> cosine(47.5)"),
        ("repeat(cosine(10), 3).over(31)", "repeat(cosine(10), 3).over(31)"),
        ("repeat(cosine(10))", "repeat(cosine(10))"),
        ("repeat(cosine(10), 1)", "cosine(10)"),
        ("repeat(2 * cosine(10), times=3)", "2.0 * repeat(cosine(10), 3)"),
        ("exponential(rate=0.9, every=10)", "exponential(rate=0.9, every=10)"),
        ("exponential(every=1, rate=0.9)", "exponential(rate=0.9)"),
        ("points({5: 1, 0: 0.1})", "points({0: 0.1, 5: 1.0})"),
        ("cosine(7 // 2 + 1)", "cosine(4)"),
        ("cosine(10 / 4 - -1)", "cosine(3.5)"),
        ("cosine(2**2)", None),
        ("cosine(100/3)", "cosine(33.333333333333336)"),
        ("  cosine(\n  10)  ", "cosine(10)"),
        ("cosine(1_000)", "cosine(1000)"),
        ("(cosine(3))", "cosine(3)"),
        ("exponential_decay(1.0, 0.9, 5, staircase=False)", "exponential(rate=0.9, every=5)"),
    ],
)
def test_canonical_text(text, canonical):
    if canonical is None:
        with pytest.raises(ValueError, match="Operators"):
            read(text)
        return
    assert repr(read(text)) == canonical
    assert repr(read(canonical)) == canonical


def test_names():
    s = read("1e-3 * (warmup(500) >> cosine(10*epoch - 500))", epoch=1875)
    assert repr(s) == "0.001 * (warmup(500) >> cosine(18250))"
    assert read("lr * hold(n)", lr=0.1, n=3.0) == 0.1 * hold(3)
    assert read("cosine(epochs)", epochs=468.75).length == 468.75
    with pytest.raises(TypeError, match=r"`epoch` must be a number"):
        read("cosine(epoch)", epoch="3")
    with pytest.raises(ValueError, match=r"`epoch` must be finite"):
        read("cosine(epoch)", epoch=float("nan"))
    with pytest.raises(TypeError, match="must be a string"):
        read(b"cosine(3)")


WRONG = [
    ("cosin(10)", 0, r"Unknown name `cosin`.*nearest known name is `cosine`"),
    ("warmup(5) >> cosin(10)", 13, r"nearest known name is `cosine`"),
    ("hold(epochs)", 5, r"Unknown name `epochs`.*`epoch`"),
    ("hold(3).stretched(2)", 0, r"Unknown name `stretched`.*`stretch`"),
    ("hold(3)._text", None, r"no meaning|Unknown|must be called"),
    ("hold", 0, r"`hold` must be called: write hold\("),
    ("10", 0, r"A schedule was expected, got 10"),
    ("'a'", 0, r"A schedule was expected"),
    ("", None, r"The text is empty"),
    ("   ", None, r"The text is empty"),
    ("cosine(10", None, r"breaks off"),
    ("cosine(10))", 10, r"closes none"),
    ("cosine(10) >>", None, r"breaks off"),
    ("cosine(10)\0", 10, r"null"),
    ("hold(1)) | (hold(2)", 7, r"closes none"),
    ("hold(1e999)", 5, r"must be finite"),
    ("hold(10 ** 9)", None, r"Operators"),
    ("hold(1/0)", None, r"zero"),
    ("hold(0)", 0, r"hold: `length` must be positive, got length=0"),
    ("cosine(-5)", 0, r"cosine: `length` must be positive, got length=-5"),
    ("hold(5) | linear(0)", 10, r"linear: `length` must be positive"),
    ("1e400 * hold(3)", 0, r"finite"),
    ("1e308 * (1e308 * hold(3))", None, r"must be finite"),
    ("3e-4 * warmup(500) >> cosine(9500)", None, r"write `0.0003 \* \(warmup\(500\) >> cosine"),
    ("warmup(5) >> hold(3, value=0.9)", None, r"must start where the one before stops"),
    ("hold() >> cosine(5)", None, r"only the last piece may be endless"),
    ("hold() | cosine(5)", None, r"only the last piece may be endless"),
    ("exponential(rate=0.9).over(100)", None, r"over: the schedule must have an end"),
    ("(warmup(1) >> cosine(99)).over(10)", None, r"Use at least 100"),
    ("repeat(hold())", None, r"repeat: the schedule must have an end"),
    ("cosine(10).take(11)", None, r"take: `n` must be at most the length 10"),
    ("cosine(10).skip(10)", None, r"skip: `n` must be less than the length 10"),
    ("cosine(10, 1, 0)", 0, r"positional argument"),
    ("cosine(10, begin=1)", 0, r"begin"),
    ("cosine(10, stop=0.1, stop=0.2)", None, r"repeated|each once"),
    ("cosine(*[10])", None, r"no meaning"),
    ("hold(True)", None, r"must be a number|A number was expected"),
    ("True * hold(3)", None, r"number|True"),
    ("points([1, 2])", 0, r"mapping"),
    ("points({0: 1, 0: 2})", None, r"each given once"),
    ("points({**{}, 1: 2})", None, r"one by one"),
    ("cosine(10) + cosine(5)", None, r"`\+` cannot join a schedule and a schedule"),
    ("2 >> cosine(5)", None, r"`>>` cannot join a number and a schedule"),
    ("-cosine(5)", None, r"sign must stand before a number"),
    ("__import__('os').system('true')", None, r"Unknown name `__import__`"),
    ("hold(3).__class__", None, r"."),
    ("lambda: 0", 0, r"no meaning"),
    ("[cosine(3) for x in 'ab']", 0, r"no meaning"),
    ("f'{hold(3)}'", 0, r"no meaning"),
    ("(x := 3)", None, r"no meaning"),
    ("custom(3, 4)", 0, r"takes a function"),
    ("cosine(9*token)", 9, r"^`token` is a number that you give: read\(text, token=…\)\.\n"),
    ("warmup(updates)", 7, r"^`updates` is a number that you give"),
    ("warmup(5%)", 8, r"^A text has no sign for per cent: write 5\*percent\.\n"),
    ("warmup(5 %) >> cosine(95 %)", 9, r"write 5\*percent"),
    ("0.1 cosine(9)", 4, r"^`\*` is missing: write 0\.1 \* cosine\.\n"),
    ("2cosine(9)", 1, r"write 2 \* cosine"),
    ("0.1 (cosine(9))", 0, r"^`\*` is missing: write 0\.1 \* \(…\)"),
    ("cosine(9) cosine(3)", 0, r"^A comma or an operator is missing, such as `\*` or `>>`\.\n"),
    ("hold(5 if)", None, r"breaks off or goes wrong"),
    ("read('hold(3)')", 0, r"Unknown name `read`"),
    ("lrkit.hold(3)", None, r"Unknown name `lrkit`"),
    ("table('lr2:1:00000000:AAAA')", 0, r"format lr1"),
]


@pytest.mark.parametrize(("text", "position", "message"), WRONG, ids=[w[0] for w in WRONG])
def test_what_is_wrong_and_where(text, position, message):
    with pytest.raises(ValueError, match=message) as caught:
        read(text, epoch=313)
    error = caught.value
    assert isinstance(error, TextError)
    assert 0 <= error.position <= len(text)
    assert position is None or error.position == position
    assert str(error).startswith(error.reason)
    assert pickle.loads(pickle.dumps(error)).position == error.position


def test_the_caret_stands_under_the_place():
    with pytest.raises(ValueError, match="cosin") as caught:
        read("warmup(5) >>\n  (é := 1)\n  | cosin(10)".replace("(é := 1)", "hold(3)"))
    line, caret = str(caught.value).splitlines()[-2:]
    assert line[caret.index("^") :].startswith("cosin(10)")
    with pytest.raises(ValueError, match="cosin") as caught:
        read("points({0: 1, 5: 1}, curve='é') | " * 0 + "table([1], label='éé') | cosin(3)")
    line, caret = str(caught.value).splitlines()[-2:]
    assert line[caret.index("^") :].startswith("cosin(3)")
    with pytest.raises(ValueError, match="cosin") as caught:
        read("hold(1) | " * 500 + "cosin(3)" + " | hold(1)" * 200)
    line, caret = str(caught.value).splitlines()[-2:]
    assert len(line) < 100
    assert line[caret.index("^") :].startswith("cosin(3)")


def test_every_public_constructor_but_custom_is_a_name():
    from lrkit.core.text import NAMES

    others = {"Schedule", "Plan", "check", "diff", "read", "custom"}
    others |= {"extend", "cooldown_from", "to_source"}
    assert set(lrkit.__all__) - others == set(NAMES)


def test_pickled_as_text():
    s = 0.1 * (warmup(3) >> repeat(cosine(4), 2)) | table([1, 2]) | exponential(rate=0.5)
    assert s.__reduce__() == (read, (repr(s),))
