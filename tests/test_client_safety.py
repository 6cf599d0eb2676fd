"""Safety: which hosts and addresses are connected to, and over what TLS."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.client import Client
from crawler.errors import BadRedirect, Refused, Unreachable
from crawler.guard import Guard
from tests.visiting import failure, visit
from tests.webserver import Web, answer, page, serve, settings


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:0a00:0001::1", "ff02::1", "198.18.0.1", "192.0.2.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    """Private, local, reserved and multicast ranges, also inside IPv6 addresses that stand for IPv4 ones."""
    assert not Guard(settings(allow_private=())).allows(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["202.96.128.86", "2400:3200::1", "::ffff:202.96.128.86", "64:ff9b::ca60:8056"])
def test_public_addresses_are_allowed(address: str) -> None:
    """IPv4, IPv6, and IPv4 in IPv6 clothes."""
    assert Guard(settings(allow_private=())).allows(ipaddress.ip_address(address))


def test_only_the_ranges_that_the_settings_name_are_exempt() -> None:
    """127.0.0.0/8 opens loopback and nothing else, in either notation."""
    guard = Guard(settings(allow_private=("127.0.0.0/8",)))
    opened = {text: guard.allows(ipaddress.ip_address(text)) for text in ("127.0.0.1", "::ffff:127.9.9.9", "::1", "10.0.0.1")}
    assert opened == {"127.0.0.1": True, "::ffff:127.9.9.9": True, "::1": False, "10.0.0.1": False}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_no_spelling_of_loopback_gets_through(host: str) -> None:
    """Whatever the resolver makes of a name is what is checked."""

    async def main() -> None:
        async with serve({"/": page("x")}) as web:
            port = web.base.rpartition(":")[2]
            async with Client(settings(allow_private=(), allow_hosts=("*",), retries=0)) as client:
                error = await failure(client.get(f"http://{host}:{port}/"))
                assert isinstance(error, Refused | Unreachable)
            assert web.log == []

    asyncio.run(main())


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("www.xjsw.gov.cn", True),
        ("WWW.XJSW.GOV.CN.", True),
        ("gov.cn", False),
        ("www.gov.cn.evil.example", False),
        ("evilgov.cn", False),
        ("www.gov.cn@evil.example", False),
        ("www.gov.cn:8080", True),
    ],
)
def test_host_names_are_matched_without_port_case_or_user(host: str, allowed: bool) -> None:
    """The globs of the configuration speak of host names alone."""
    guard = Guard(settings(allow_hosts=("*.gov.cn",)))
    if allowed:
        guard.check(f"http://{host}/")
    else:
        with pytest.raises(Refused):
            guard.check(f"http://{host}/")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.gov.cn/x", "data:text/html,x", "gopher://a.gov.cn/", "//a.gov.cn/x"])
def test_other_schemes_are_refused(url: str) -> None:
    """Only http and https are ever fetched."""
    with pytest.raises(Refused, match="only http and https"):
        Guard(settings(allow_hosts=("*",))).check(url)


def test_each_hop_of_a_redirect_is_checked() -> None:
    """An allowed host that leads to a private address leads nowhere; the address is not asked."""

    async def main() -> None:
        async with serve({"/": page("secret")}, "127.0.0.3") as inner:
            routes = {"/a": answer(b"", "302 Found", f"Location: {inner.base}/")}
            narrow = settings(allow_private=("127.0.0.1/32",))
            async with serve(routes) as web, Client(narrow) as client:
                error = await failure(client.get(f"{web.base}/a"))
                assert isinstance(error, BadRedirect)
                assert "not a public address" in error.message
            assert inner.log == []

    asyncio.run(main())


def test_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the address that was checked; the name is not resolved a second time (DNS rebinding)."""

    async def main() -> None:
        async with (
            serve({"/": page("public")}, "127.0.0.2") as outer,
            serve({"/": page("secret")}, "127.0.0.3", port=_port(outer)) as inner,
        ):
            answers = iter(["127.0.0.2", "127.0.0.3", "127.0.0.3"])
            asked: list[Any] = []

            async def resolve(host: str, port: int, **_: Any) -> list[Any]:
                asked.append(host)
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
            narrow = settings(allow_private=("127.0.0.2/32",), allow_hosts=("rebind.example",), respect_robots=False)
            async with Client(narrow) as client:
                capture = await client.get(f"http://rebind.example:{_port(outer)}/")
                assert b"public" in capture.body
                assert outer.log[0].headers["host"] == f"rebind.example:{_port(outer)}"
                assert capture.remote_address == "127.0.0.2"
            assert (asked, inner.log) == (["rebind.example"], [])

    asyncio.run(main())


def test_of_several_addresses_those_that_are_not_allowed_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that takes no connection gives way to the next."""

    async def main() -> None:
        async with serve({"/": page("x")}, "127.0.0.2") as web:
            found = ["10.0.0.1", "127.0.0.9", "127.0.0.2"]

            async def resolve(host: str, port: int, **_: Any) -> list[Any]:
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
            async with Client(settings(allow_hosts=("many.example",), respect_robots=False)) as client:
                assert (await client.get(f"http://many.example:{_port(web)}/")).remote_address == "127.0.0.2"

    asyncio.run(main())


def test_a_name_that_does_not_resolve_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not refused: another night it may."""

    async def main() -> None:
        async def resolve(*_: Any, **__: Any) -> list[Any]:
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
        async with Client(settings(allow_hosts=("*",))) as client:
            error = await failure(client.get("http://nowhere.example/"))
            assert isinstance(error, Unreachable)
            assert "does not resolve" in error.message

    asyncio.run(main())


def test_a_broken_certificate_makes_an_exception_for_its_host_alone(tmp_path: Path) -> None:
    """Standard TLS first; after its error the host is asked with permissive TLS, and the frontier records which and why."""

    async def main() -> None:
        context = _self_signed(tmp_path)
        async with serve({"/a": page("x")}, tls=context) as web, serve({"/a": page("y")}) as plain, Client(settings()) as client:
            assert (await client.get(f"{web.base}/a")).status == 200
            await client.get(f"{plain.base}/a")
            exceptions = client.frontier.tls_exceptions()
            assert list(exceptions) == [f"127.0.0.1:{_port(web)}"]
            assert "CERTIFICATE_VERIFY_FAILED" in exceptions[f"127.0.0.1:{_port(web)}"]
            since = client.frontier.host(f"127.0.0.1:{_port(web)}")["tls_since"]
            await client.get(f"{web.base}/a")
            assert client.frontier.host(f"127.0.0.1:{_port(web)}")["tls_since"] == since

    asyncio.run(main())


def test_the_name_is_sent_in_the_handshake_although_the_address_is_dialled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers with many names pick their certificate by it."""

    async def main() -> None:
        context = _self_signed(tmp_path)
        names: list[str | None] = []
        context.sni_callback = lambda _socket, name, _context: names.append(name)

        async def resolve(host: str, port: int, **_: Any) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
        async with serve({"/a": page("x")}, tls=context) as web, Client(settings(allow_hosts=("named.example",))) as client:
            await client.get(f"https://named.example:{_port(web)}/a")
            assert set(names) == {"named.example"}

    asyncio.run(main())


def test_proxies_of_the_environment_are_not_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would resolve names by itself, past the guard."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    async def steps(client: Client, web: Web) -> None:
        assert (await client.get(f"{web.base}/a")).status == 200

    visit({"/a": page("x")}, steps)


def _port(web: Web) -> int:
    return int(web.base.rpartition(":")[2])


def _self_signed(folder: Path) -> ssl.SSLContext:
    """A server context with a certificate that nobody vouches for, made on the spot."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody.example")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
