"""A call leads to somebody outside, to the address that was checked, for a while and for so many bytes; or nowhere."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.foundation.http.trap import OUTSIDE, Trap, says, trap_server
from wonward.foundation.http.rules import is_public, read_url
from wonward.foundation.http.transport import Client, look_up
from wonward.foundation.http.types import Call, Forbidden, Unreachable

GOOD, OTHER = "http://good.example/hook", "http://other.example/hook"
BOOK = {"good.example": [OUTSIDE], "other.example": ["93.184.216.35"], "inside.example": ["10.0.0.7"]}
INSIDE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "203.0.113.9", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1",
    "ff02::1", "2001:db8::1", "2001::1", "100::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::10.0.0.1",
    "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b:1::5db8:d822", "2002:7f00:1::",
    "2002:a00:1::1", "2002:c0a8:101::", "5f00::1", "", "nonsense", "1.2.3", "127.1",
)


@pytest.fixture
def trap() -> Iterator[Trap]:
    with trap_server() as one:
        yield one


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_never_connected_to(trap: Trap, address: str):
    assert not is_public(address)
    with pytest.raises(Forbidden):
        trap.client({"good.example": [address]}).send(Call("POST", GOOD, body=b"x"))
    assert (trap.called, trap.heard) == ([], [])


@pytest.mark.parametrize("address", [OUTSIDE, "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:93.184.216.34", "2002:5db8:d822::1"])
def test_an_address_outside_is(trap: Trap, address: str):
    answer = trap.client({"good.example": [address]}).send(Call("POST", GOOD, {"X-Told": "yes"}, b'{"id": 1}'))
    assert (answer.status, answer.body, answer.is_good, answer.is_whole) == (200, b"taken", True, True)
    assert trap.called == [address]
    assert trap.bodies == [b'{"id": 1}']
    assert "Host: good.example\r\n" in trap.heard[0]
    assert "X-Told: yes\r\n" in trap.heard[0]


@pytest.mark.parametrize("places", [[OUTSIDE, "127.0.0.1"], ["10.0.0.1", OUTSIDE], [OUTSIDE, "::1"]])
def test_one_address_inside_among_others_refuses_them_all(trap: Trap, places: list[str]):
    with pytest.raises(Forbidden):
        trap.client({"good.example": places}).send(Call("GET", GOOD))
    assert trap.called == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"])
def test_the_ways_to_write_this_machine_are_all_refused_by_the_real_resolver(trap: Trap, host: str):
    with pytest.raises((Forbidden, Unreachable)):
        Client(look_up).send(Call("GET", f"http://{host}:{trap.port}/", seconds=3))
    assert trap.heard == []


def test_a_name_that_changes_its_address_after_the_check_gains_nothing(trap: Trap):
    told = iter([[OUTSIDE], ["127.0.0.1"], ["127.0.0.1"]])
    asked, called = [], []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(told)

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        called.append(address)
        return socket.create_connection(("127.0.0.1", trap.port), seconds)

    client = Client(resolve, connect)
    assert client.send(Call("GET", GOOD)).status == 200
    assert (asked, called) == (["good.example"], [OUTSIDE])
    with pytest.raises(Forbidden):
        client.send(Call("GET", GOOD))
    assert called == [OUTSIDE]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("place", ["http://inside.example/", "http://10.0.0.7/", "//inside.example/x"])
def test_a_redirect_into_the_house_is_refused(trap: Trap, status: int, place: str):
    trap.replies["/hook"] = says(status, Location=place)
    with pytest.raises(Forbidden):
        trap.client({**BOOK, "10.0.0.7": ["10.0.0.7"]}).send(Call("GET", GOOD))
    assert trap.called == [OUTSIDE]


@pytest.mark.parametrize("place", ["ftp://other.example/", "file:///etc/passwd", "gopher://other.example/", "http://user:secret@other.example/",
                                   "http://other.example:25/", "http://other.example\\@inside.example/"])
def test_a_redirect_to_what_is_no_plain_address_is_refused(trap: Trap, place: str):
    trap.replies["/hook"] = says(302, Location=place)
    with pytest.raises(Forbidden):
        trap.client(BOOK).send(Call("GET", GOOD))
    assert trap.called == [OUTSIDE]


def test_a_redirect_outside_is_followed_without_what_lets_in(trap: Trap):
    trap.replies["/hook"] = says(307, Location="http://other.example/next?a=1")
    headers = {"Authorization": "Bearer secret", "Cookie": "a=b", "X-Signature": "c"}
    answer = trap.client(BOOK).send(Call("POST", GOOD, headers, b"body"))
    assert answer.status == 200
    assert trap.called == [OUTSIDE, "93.184.216.35"]
    assert "Authorization: Bearer secret" in trap.heard[0]
    assert "POST /next?a=1 " in trap.heard[1]
    assert "Host: other.example\r\n" in trap.heard[1]
    assert "X-Signature: c" in trap.heard[1]
    assert trap.bodies == [b"body", b"body"]
    assert "secret" not in trap.heard[1]
    assert "Cookie" not in trap.heard[1]


def test_what_lets_in_stays_with_its_own_host(trap: Trap):
    trap.replies["/hook"] = says(302, Location="/next")
    trap.client(BOOK).send(Call("GET", GOOD, {"Authorization": "Bearer secret"}))
    assert "Authorization: Bearer secret" in trap.heard[1]


def test_what_was_posted_is_not_turned_into_a_reading(trap: Trap):
    trap.replies["/hook"] = says(302, Location=OTHER)
    assert trap.client(BOOK).send(Call("POST", GOOD, body=b"x")).status == 302
    assert len(trap.heard) == 1


def test_a_circle_of_redirects_ends(trap: Trap):
    trap.replies["/hook"] = says(302, Location="/hook")
    with pytest.raises(Unreachable, match="too often"):
        trap.client(BOOK).send(Call("GET", GOOD, redirects=3))
    assert len(trap.heard) == 4


def test_of_an_endless_answer_only_the_beginning_is_read(trap: Trap):
    sent = []

    def endless(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 X\r\n\r\n")
        while True:
            sock.sendall(b"a" * 65_536)
            sent.append(1)

    trap.replies["/hook"] = endless
    answer = trap.client(BOOK).send(Call("GET", GOOD, largest=5000))
    assert (answer.status, len(answer.body), answer.is_whole) == (200, 5000, False)
    assert len(sent) < 1000


def test_what_is_packed_stays_packed(trap: Trap):
    trap.replies["/hook"] = says(200, b"\x1f\x8bpacked", **{"Content-Encoding": "gzip"})
    assert trap.client(BOOK).send(Call("GET", GOOD)).body == b"\x1f\x8bpacked"
    assert "Accept-Encoding: identity" in trap.heard[0]


def _drip(first: bytes, drop: bytes) -> object:
    def reply(sock: socket.socket) -> None:
        sock.sendall(first)
        for _ in range(600):
            sock.sendall(drop)
            time.sleep(0.02)
    return reply


@pytest.mark.parametrize(("first", "drop"), [
    (b"", b""), (b"HTTP/1.1 200 X\r\n", b"A: b\r\n"), (b"HTTP/1.1 200 X\r\n\r\n", b"a"), (b"HTTP/1.1 200 X\r\nContent-Length: 90000\r\n\r\n", b"a"),
    (b"", b"HTTP/1.1 100 X\r\n\r\n"), (b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
])
def test_an_answer_that_drips_is_cut_off(trap: Trap, first: bytes, drop: bytes):
    trap.replies["/hook"] = _drip(first, drop)  # type: ignore[assignment]
    with pytest.raises(Unreachable):
        trap.client(BOOK).send(Call("GET", GOOD, seconds=0.4))


@pytest.mark.parametrize("answer", [
    b"", b"nonsense\r\n\r\n", b"HTTP/1.1 abc X\r\n\r\n", b"HTTP/1.1 200 X\r\nContent-Length: 50\r\n\r\nshort", b"HTTP/1.1 200 X\r\n" + b"A: b\r\n" * 200,
    b"HTTP/1.1 200 X\r\nA: " + b"b" * 100_000 + b"\r\n\r\n", b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
])
def test_what_is_no_answer_is_one_kind_of_failure(trap: Trap, answer: bytes):
    trap.replies["/hook"] = lambda sock: sock.sendall(answer)
    with pytest.raises(Unreachable):
        trap.client(BOOK).send(Call("GET", GOOD))


@pytest.mark.parametrize("url", [
    "", "good.example", "ftp://good.example/", "javascript:alert(1)", "http://", "http:///hook", "http://good.example:99999/", "http://good.example:22/",
    "http://user@good.example/", "http://user:pass@good.example/", "http://good.example/a b", "http://good.example/\r\nX: y", "http://good.example\\@x/",
    "http://[::1", "http://[fe80::1%25eth0]/", "http://-a.example/", "http://ex ample/", "http://" + "a" * 300 + "/", "http://good.example/" + "a" * 2000,
    "http://gööd.example/", "http://a..b/",
])
def test_what_is_no_plain_address_is_refused_before_anything_is_looked_up(trap: Trap, url: str):
    with pytest.raises(Forbidden):
        trap.client(BOOK).send(Call("GET", url))
    assert trap.asked == []


def test_an_address_is_read_into_its_parts():
    target = read_url("https://Good.example:8443?a=1#here")
    assert (target.scheme, target.host, target.port, target.path, target.host_header) == ("https", "good.example", 8443, "/?a=1", "good.example:8443")
    assert read_url("http://[2606:2800::1]/x").host_header == "[2606:2800::1]"


def test_a_header_cannot_carry_another(trap: Trap):
    with pytest.raises(Unreachable):
        trap.client(BOOK).send(Call("GET", GOOD, {"X-A": "b\r\nX-C: d"}))
    assert trap.heard == []


def test_a_proxy_of_the_environment_is_not_used(trap: Trap, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert trap.client(BOOK).send(Call("GET", GOOD)).status == 200
    assert trap.called == [OUTSIDE]


def _certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1)).not_valid_after(dt.datetime(2100, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())


def test_the_other_side_shows_a_certificate_for_its_name(tmp_path: Path):
    server, trusting = _certificate(tmp_path, "good.example")
    with trap_server(server) as trap:
        assert trap.client(BOOK, trusting).send(Call("POST", "https://good.example/hook", body=b"x")).status == 200
        for url, tls in (("https://other.example/hook", trusting), ("https://good.example/hook", None)):
            with pytest.raises(Unreachable, match="SSLCertVerificationError"):
                trap.client(BOOK, tls).send(Call("POST", url, body=b"x"))
        assert trap.bodies == [b"x"]


def test_a_redirect_from_https_to_http_is_refused(tmp_path: Path):
    server, trusting = _certificate(tmp_path, "good.example")
    with trap_server(server) as trap:
        trap.replies["/hook"] = says(302, Location=OTHER)
        with pytest.raises(Forbidden, match="https to http"):
            trap.client(BOOK, trusting).send(Call("GET", "https://good.example/hook"))
        assert trap.called == [OUTSIDE]


def test_a_handshake_without_end_is_cut_off(trap: Trap):
    listening = socket.create_server(("127.0.0.1", 0))
    try:
        client = Client(lambda host, port: [OUTSIDE], lambda *_: socket.create_connection(listening.getsockname(), 5))
        with pytest.raises(Unreachable):
            client.send(Call("GET", "https://good.example/", seconds=0.3))
    finally:
        listening.close()
