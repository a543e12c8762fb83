"""Hostile texts are answered with words, and ten thousand random requests leave it as it was."""

import hashlib
import json
import random
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from lrkit.designer import Designer, limits
from lrkit.designer.answers import ANSWERS, answer
from lrkit.designer.code import LIBRARIES
from tests.designer.wire import ask, head, own, path_of, port_of, request, running

TEXT = "1e-3 * (warmup(500) >> cosine(9500))"
REQUESTS = 10_000
#: What a request may be answered with: all of it said by the server itself.
STATUSES = {b"200", b"400", b"403", b"404", b"405", b"411", b"413", b"414", b"415", b"431", b"505"}


@pytest.fixture(scope="module")
def designer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Designer]:
    with running(tmp_path_factory.mktemp("assets")) as found:
        yield found


def answered(**question: Any) -> Any:
    return json.loads(answer(json.dumps(question).encode()))


HOSTILE = [
    *(
        "",
        " ",
        "\0",
        "\ud800",
        "😀" * 10,
        ")(",
        "(" * 5000,
        "[" * 5000,
        "-" * 5000 + "1",
        "1" * 9000,
    ),
    *("__import__('os').system('x')", "open('/etc/passwd')", "().__class__", "lambda: 1", "a := 1"),
    *("9**9**9**9", "hold(1e400)", "cosine(1e308)", "1e308*cosine(9)*1e308", "hold(value=1e301)"),
    *("repeat(cosine(1e-9), 1e9)", "cosine(1e18).staircase(1)", "table([" + "1," * 90_000 + "])"),
    *("cosine(9).over(9)" + ".skip(1e-9)" * 300, "like.torch.StepLR(step_size=0)", "x" * 100_001),
    *("repeat(repeat(cosine(10), 10000), 10000)", "f'{1}'", "cosine(1)\n\n\n)", "noise(std=-1)"),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("kind", ["draw", "check", "code", "values", "at", "drag", "audit"])
def test_hostile_texts_are_answered_with_words(text: str, kind: str) -> None:
    answered(ask="run", name="run.csv", csv=CSV)
    begin = time.process_time()
    found = answered(
        **{"ask": kind, "text": text, "texts": [text], "plan": {"updates": 100}},
        **{"library": "keras", "knot": 0, "side": "both", "step": 3, "value": 1, "key": KEY},
        **{"begin": 0, "end": 10},
    )
    assert time.process_time() - begin < limits.SECONDS
    said = json.dumps(found)
    assert "Traceback" not in said
    assert "could not be worked out" not in said
    assert len(said) < 1_000_000


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (b"", "must be a JSON document"),
        (b"\xff", "must be a JSON document"),
        (b"[" * 200_000, "must be a JSON document"),
        (b'{"ask": "draw", "texts": [], "view": [NaN, 1]}', "must be a JSON document"),
        (b"[]", "must be a JSON object"),
        (b"{}", "`ask` must be one of draw, drag"),
        (b'{"ask": ["draw"]}', "`ask` must be one of"),
        (b'{"ask": "draw"}', "`texts` must be a list of at most 24"),
        (b'{"ask": "draw", "texts": "cosine(1)"}', "`texts` must be a list"),
        (b'{"ask": "draw", "texts": [1]}', "`texts` must be a text of at most 1,000,000"),
        (json.dumps({"ask": "draw", "texts": ["x"] * 25}).encode(), "at most 24 texts"),
        (json.dumps({"ask": "draw", "texts": ["x" * 1_000_001]}).encode(), "at most 1,000,000"),
        (b'{"ask": "draw", "texts": [], "view": [2, 1]}', "`view` must be two growing steps"),
        (b'{"ask": "draw", "texts": [], "view": [0, 1e999]}', "`view` must be two steps"),
        (b'{"ask": "draw", "texts": [], "plan": 3}', "`plan` must be an object"),
        (b'{"ask": "draw", "texts": [], "plan": {"__class__": 3}}', "`plan` must be an object"),
        (b'{"ask": "draw", "texts": [], "plan": {"epochs": 1e99}}', "`epochs` must be a number"),
        (b'{"ask": "draw", "texts": [], "plan": {"epochs": []}}', "`epochs` must be a number"),
        (b'{"ask": "draw", "texts": [], "names": {"a b": 1}}', "`names` must give a number"),
        (b'{"ask": "draw", "texts": [], "names": {"a": "1"}}', "`names` must give a number"),
        (b'{"ask": "values", "texts": [], "begin": -1}', "`begin` must be a number from 0"),
        (b'{"ask": "values", "texts": [], "begin": 1.5}', "`begin` must be a whole number"),
        (b'{"ask": "run", "name": "a", "csv": 1}', "`csv` must be a text"),
        (b'{"ask": "code", "text": "cosine(1)", "library": "x"}', "`library` must be one of"),
    ],
)
def test_wrong_questions_are_refused_with_what_must_hold(question: bytes, reason: str) -> None:
    assert reason in json.loads(answer(question))["error"]["reason"]


def test_a_plan_that_makes_no_sense_is_told_beside_the_curve() -> None:
    found = answered(ask="draw", texts=["cosine(9)"], plan={"epochs": 0, "examples": 1})
    assert found["plan"]["error"]["reason"].startswith("Plan: ")
    assert found["schedules"][0]["length"] == 9


def random_bytes(random_: random.Random, designer: Designer) -> bytes:
    """Requests of every grade of likeness to a right one."""
    token = path_of(designer).strip("/")
    method = random_.choice(["GET", "POST", "PUT", "HEAD", "", "G" * 99, "get"])
    path = random_.choice(
        ["/", f"/{token}/", f"/{token}/ask", "/" + random_.randbytes(9).hex(), ""]
    )
    body = random_.choice([b"", b"{}", random_.randbytes(40), b'{"ask": "draw", "texts": ["']) * 2
    headers = own(designer, body)
    for name in random_.sample(sorted(headers), random_.randrange(3)):
        headers[name] = random_.choice(
            ["", "x", "0", "-5", "\x01", "http://evil.example", "9" * 20]
        )
    data = head(method, path, headers) + body
    cut = random_.randrange(len(data)) if random_.random() < 0.3 else len(data)
    if random_.random() < 0.2:
        data = data.replace(b"\r\n", random_.choice([b"\n", b"\r", b"\0", random_.randbytes(2)]))
    return data[:cut]


CSV = "step,learning_rate\n0,0.1\n1,0.2\n"
KEY = hashlib.sha256(CSV.encode()).hexdigest()[:32]
RIGHT: dict[str, list[Any]] = {
    "text": [TEXT, "cosine(9)", "points({0: 1, 5: 0.5})", "cosine(", "hold(1) | hold(2, value=3)"],
    "texts": [[TEXT], ["cosine(9)", "linear(5)"], []],
    "plan": [None, {"updates": 9}, {"epochs": 2, "examples": 9, "batch_size": 2}],
    "names": [None, {}, {"text": 5, "a": 0.5}],
    **{"view": [None, [0, 5], [2, 7.5]], "begin": [0, 5], "end": [9, 2000], "step": [None, 0, 700]},
    **{"library": [*LIBRARIES], "own": [None, True], "side": ["before", "after", "both"]},
    **{"knot": [0, 1, 2], "value": [None, 0.5, 1e-4], "name": ["run.csv"], "key": [KEY, "x"]},
    "csv": [CSV, "step,learning_rate\n", "step\n0\n"],
}


def random_question(random_: random.Random) -> bytes:
    values = [None, 0, -1, 1.5, 1e300, "", "cosine(9)", TEXT, [], ["cosine(9)"], {}, [0, 5], True]
    values += [{"updates": 9}, {"epochs": 2, "examples": 9, "batch_size": 2}, "x" * 50, [TEXT] * 3]
    wrong = ["texts", "text", "plan", "names", "view", "begin", "end", "key", "knot", "side"]
    # Most fields are right, so that every kind of question is answered too.
    question = {name: random_.choice(known) for name, known in RIGHT.items()}
    question["ask"] = random_.choice([*ANSWERS, *ANSWERS, "", None])
    for field in random_.sample(wrong, random_.choice([0, 0, 1, 2, 5])):
        question[field] = random_.choice(values)
    return json.dumps(question).encode()


def test_ten_thousand_random_requests_are_survived(designer: Designer) -> None:
    random_ = random.Random(0)
    address = ("127.0.0.1", port_of(designer))
    for _ in range(REQUESTS // 2):
        with socket.create_connection(address, timeout=20) as connection:
            try:
                connection.sendall(random_bytes(random_, designer))
                connection.shutdown(socket.SHUT_WR)
                reply = b"".join(iter(lambda c=connection: c.recv(65536), b""))
            except ConnectionError:
                continue
        for one in reply.split(b"HTTP/1.1 ")[1:]:
            assert one[:3] in STATUSES, reply
    with socket.create_connection(address, timeout=20) as connection:
        replies = connection.makefile("rb")
        for _ in range(REQUESTS // 2):
            body = random_question(random_)
            headers = own(designer, body) | {"Connection": "keep-alive"}
            connection.sendall(head("POST", f"{path_of(designer)}ask", headers) + body)
            assert replies.readline().startswith(b"HTTP/1.1 200")
            length = 0
            while (line := replies.readline().strip()) != b"":
                if line.startswith(b"Content-Length: "):
                    length = int(line[16:])
            document = json.loads(replies.read(length))
            assert "could not be worked out" not in json.dumps(document)
        replies.close()
    assert ask(designer, ask="draw", texts=[TEXT])["schedules"][0]["length"] == 10000
    assert request(designer, "GET", path_of(designer), Origin=None).status == 200


def test_connections_that_send_slowly_do_not_shut_others_out(tmp_path: Path) -> None:
    """Each keeps a line of its head back; a new one takes the place of the oldest."""
    with running(tmp_path) as designer, ExitStack() as stack:
        address = ("127.0.0.1", port_of(designer))
        for number in range(2 * limits.CONNECTIONS):
            slow = stack.enter_context(socket.create_connection(address))
            slow.sendall(f"GET {path_of(designer)} HTTP/1.1\r\nX-{number}: a\r\n".encode())
        assert ask(designer, ask="draw", texts=[TEXT])["span"] == 10000
        assert request(designer, "GET", path_of(designer), Origin=None).status == 200
