"""One spelling for one address."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE = "%/:?#[]@!$&'()*+,;=~|{}^`\\\"<>"
_CONTROL = re.compile(r"[\t\r\n]")
_DOTS = re.compile(r"(?:^|/)\.\.?(?:/|$)")


def clean(url: str) -> str:
    """The address as it is asked for: no fragment, host in lower-case ASCII, no default port, nothing unescaped.

    Raises ValueError where there is no host or the port is no number. Percent-escapes that are there already stay as they are,
    so addresses escaped from GBK keep their bytes.
    """
    parts = urlsplit(_CONTROL.sub("", url.strip()))
    if not parts.hostname:
        raise ValueError("no host")
    scheme, host, port = parts.scheme.lower(), ascii_host(parts.hostname), parts.port
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != DEFAULT_PORTS.get(scheme):
        netloc = f"{netloc}:{port}"
    path = parts.path or "/"
    if _DOTS.search(path):
        path = urlsplit(urljoin("http://host/", path)).path
    return urlunsplit((scheme, netloc, _escape(path), _escape(parts.query), ""))


def _escape(part: str) -> str:
    return quote(part, safe=_SAFE).replace("<", "%3C").replace(">", "%3E").replace('"', "%22")


def ascii_host(host: str) -> str:
    """The host name in lower case, in IDNA form where it is not ASCII, without the root dot."""
    host = host.rstrip(".").lower()
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(f"host name {host!r} cannot be written in ASCII") from error


def host_of(url: str) -> str:
    """The host name without port; an empty string where there is none."""
    return ascii_host(urlsplit(url).hostname or "")


def authority_of(url: str) -> str:
    """Host and port of a cleaned address: what a server is known by. The scheme's own port is not named."""
    return urlsplit(url).netloc


def port_of(url: str) -> int:
    """The port asked, the scheme's own where the address names none."""
    parts = urlsplit(url)
    return parts.port or DEFAULT_PORTS.get(parts.scheme, 0)


def origin_of(url: str) -> str:
    """Scheme, host and port: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def other_scheme(url: str) -> str | None:
    """The same address over https instead of http or the reverse; None where a port is named."""
    parts = urlsplit(url)
    if parts.port is not None or parts.scheme not in DEFAULT_PORTS:
        return None
    return urlunsplit(parts._replace(scheme="http" if parts.scheme == "https" else "https"))
