"""Who is answered, and who is not: raw bytes against the running server."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from lrkit.designer import Designer, MissingAssets, limits
from tests.designer.wire import (
    ask,
    head,
    own,
    parsed,
    path_of,
    port_of,
    request,
    running,
    send,
)

TEXT = "1e-3 * (warmup(500) >> cosine(9500))"


@pytest.fixture(scope="module")
def designer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Designer]:
    with running(tmp_path_factory.mktemp("assets"), TEXT) as found:
        yield found


def test_the_page_is_one_document_that_loads_nothing(designer: Designer) -> None:
    reply = request(designer, "GET", path_of(designer), Origin=None, Sec_Fetch_Site="none")
    page = reply.body.decode()
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert not re.search(r'\b(?:src|href)=(?!"data:)', page)
    assert page.count("</script>") == 3  # what the parts hold of it is written otherwise
    start = json.loads(re.search(r'id="start">(.*?)</script>', page, re.S)[1])
    assert start["texts"] == [TEXT]
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_question_is_answered(designer: Designer) -> None:
    found = ask(designer, ask="draw", texts=[TEXT])
    assert found["schedules"][0]["knots"] == [[0, 0.0, 0.0], [500, 0.001, 0.001], [10000, 0.0, 0.0]]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
        ({"Host": "127.0.0.1.evil.example:{port}"}, 403),
        ({"Host": None}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://127.0.0.1:{port}"}, 403),
        ({"Origin": "http://127.0.0.1:{port}.evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": None}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": None}, 415),
        ({"Content_Length": None}, 411),
        ({"Content_Length": "-1"}, 411),
        ({"Content_Length": "1e3"}, 411),
        ({"Content_Length": "٣"}, 411),
        ({"Content_Length": str(limits.BODY + 1)}, 413),
        ({"Content_Length": "9" * 4000}, 413),
        ({"Transfer_Encoding": "chunked"}, 411),
    ],
)
def test_a_question_of_somebody_else_is_refused(
    designer: Designer, changed: dict[str, str | None], status: int
) -> None:
    port = str(port_of(designer))
    filled = {name: text and text.replace("{port}", port) for name, text in changed.items()}
    body = b'{"ask": "shapes"}'
    reply = request(designer, "POST", f"{path_of(designer)}ask", body, **filled)
    assert reply.status == status
    assert list(reply.json["error"]) == ["reason"]
    assert "Access-Control-Allow-Origin" not in reply.headers


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/ask", "/favicon.ico", "{t}", "{t}/../{t}/", "//{t}/", "/{t}/ask/", "/{t}/ask?x"),
        *("/{t}/../../etc/passwd", "/{t}/%2e%2e/", "/{t}/assets/designer.js", "/{T}/", "/{t}x/"),
        *("/{t}/\\..\\", "http://127.0.0.1/{t}/", "/{t}/%00", "*", "/" + "a" * 30_000),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_paths_are_nothing(designer: Designer, path: str, method: str) -> None:
    token = path_of(designer).strip("/")
    target = path.replace("{t}", token).replace("{T}", token.swapcase())
    reply = request(designer, method, target, b"{}")
    assert reply.status == 404
    assert token not in reply.body.decode()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "PATCH", "X"])
def test_other_methods_are_refused(designer: Designer, method: str) -> None:
    assert request(designer, method, path_of(designer)).status == 405


@pytest.mark.parametrize(
    ("method", "place"), [("POST", ""), ("GET", "ask")], ids=["page", "endpoint"]
)
def test_each_path_has_its_method(designer: Designer, method: str, place: str) -> None:
    assert request(designer, method, path_of(designer) + place, b"{}").status == 405


def test_the_page_is_no_part_of_another_page(designer: Designer) -> None:
    reply = request(designer, "GET", path_of(designer), Origin=None, Sec_Fetch_Dest="iframe")
    assert reply.status == 403
    assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]


def test_a_page_is_not_asked_with_a_body(designer: Designer) -> None:
    """It would be the next request."""
    inner = head("GET", path_of(designer), own(designer))
    headers = own(designer) | {"Content-Length": str(len(inner)), "Connection": "keep-alive"}
    found = send(designer, head("GET", path_of(designer), headers) + inner, finish=True)
    assert found.count(b"HTTP/1.1 ") == 1
    assert parsed(found).status == 400


def test_two_hosts_are_refused(designer: Designer) -> None:
    headers = own(designer) | {"host": f"127.0.0.1:{port_of(designer)}"}
    assert parsed(send(designer, head("GET", path_of(designer), headers))).status == 400


@pytest.mark.parametrize(
    "data",
    [
        *(b"\r\n", b"GET\r\n\r\n", b"\0" * 2000, b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02"),
        *(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 2000 + b"\r\n", b"A" * 70_000 + b"\r\n\r\n"),
    ],
)
def test_what_is_no_http_ends_quietly(designer: Designer, data: bytes) -> None:
    answer = send(designer, data, finish=True)
    assert b"Traceback" not in answer
    assert b"text/html" not in answer
    test_a_question_is_answered(designer)


def test_a_body_that_breaks_off_is_refused(designer: Designer) -> None:
    headers = own(designer) | {"Content-Length": "100"}
    data = head("POST", f"{path_of(designer)}ask", headers) + b"{"
    assert parsed(send(designer, data, finish=True)).status == 400


def test_it_listens_on_loopback_only(designer: Designer) -> None:
    assert designer.address == ("127.0.0.1", port_of(designer))
    for family, address in ((socket.AF_INET, "127.0.0.2"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as other:
            # Free for somebody else: what listens everywhere would have taken it too.
            try:
                other.bind((address, port_of(designer)))
            except OSError as error:  # pragma: no cover  # a machine without IPv6
                assert family == socket.AF_INET6, error  # noqa: PT017
    with pytest.raises(TypeError, match="host"):
        Designer(host="0.0.0.0")


def test_secrets_differ(designer: Designer, tmp_path: Path) -> None:
    with running(tmp_path) as other:
        assert path_of(other) != path_of(designer)
        assert port_of(other) != port_of(designer)
        assert request(other, "GET", path_of(designer), Origin=None).status == 404


def test_a_port_can_be_chosen_and_is_ours_alone(designer: Designer, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"), running(tmp_path, port=port_of(designer)):
        pass
    with pytest.raises(ValueError, match="Designer: `port` must be from 0 to 65535"):
        Designer(port=70000, assets=tmp_path)


def test_a_question_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with running(tmp_path) as designer:
        designer._evaluator.seconds = 0.3
        slow = "table([" + "0," * 40_000 + "0]).over(9000000)"
        answer = ask(designer, ask="values", texts=[slow] * 20, begin=0, end=50_000)
        assert "takes more than 0.3 seconds" in answer["error"]["reason"]
        designer._evaluator.seconds = 10
        assert ask(designer, ask="draw", texts=[TEXT])["schedules"][0]["length"] == 10000


def test_a_killed_evaluation_is_begun_anew(tmp_path: Path) -> None:
    with running(tmp_path) as designer:
        child = designer._evaluator._child
        child.kill()
        child.wait()
        assert ask(designer, ask="draw", texts=[TEXT])["schedules"][0]["length"] == 10000
        child = designer._evaluator._child
    assert child.wait(5) is not None  # and ends with the designer


def test_without_the_built_page_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingAssets, match=r"design: .*designer\.js.*`make web`"):
        Designer(assets=tmp_path)
