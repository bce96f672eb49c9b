"""Who may reach the screen: this machine alone, or people who log in with OpenID Connect."""

from __future__ import annotations

import ipaddress
import os
import stat
import tomllib
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from planner.errors import Fault, InputError, PlannerError
from planner.io.files import read_file

MAX_BYTES = 100_000
LEAST_SECRET = 32  # characters of the secret that signs cookies
OF_A_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
REMEDY = "see docs/screen.md, For several people"


def on_this_machine(address: str) -> bool:
    """Say whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def login_host(address: str, secrets: Path | None) -> str | None:
    """Return the name under which people who log in see the screen, None where nobody has to.

    Raises `InputError` E-U04 with all that is missing for an address that others reach.
    """
    if secrets is None:
        if on_this_machine(address):
            return None
        raise InputError(
            Fault(
                code="E-U04",
                file="--address",
                value=address,
                message="can be reached by others, and nobody would have to log in",
                remedy=f"name a file with your OpenID Connect provider with --secrets; {REMEDY}",
            )
        )
    if find_spec("authlib") is None or find_spec("httpx") is None:
        raise PlannerError("E-U02 logging in needs Authlib → pip install 'micro-ev-planner[ui,login]', then try again")
    auth = _auth_of(secrets)
    faults = [*_open_to_others(secrets), *_faults(secrets, auth)]
    if faults:
        raise InputError(faults)
    return urlsplit(str(auth["redirect_uri"])).hostname


def _auth_of(path: Path) -> Mapping[str, Any]:
    data = read_file(path, max_bytes=MAX_BYTES)
    try:
        found = tomllib.loads(data.decode("utf-8"))
    except ValueError as error:
        raise InputError(_fault(path, None, f"is no TOML ({error})")) from None
    auth = found.get("auth")
    if not isinstance(auth, dict):
        raise InputError(_fault(path, "auth", "is missing"))
    return auth


def _open_to_others(path: Path) -> Iterator[Fault]:
    mode = path.stat().st_mode
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Fault(
            code="E-U04",
            file=str(path),
            value=oct(stat.S_IMODE(mode)),
            message="holds secrets, and others may read it",
            remedy=f"chmod 600 {path.name}",
        )


def _faults(path: Path, auth: Mapping[str, Any]) -> Iterator[Fault]:
    secret = auth.get("cookie_secret")
    if not isinstance(secret, str) or len(secret) < LEAST_SECRET or len(set(secret)) < LEAST_SECRET // 4:
        yield _fault(path, "auth.cookie_secret", f"is no random text of at least {LEAST_SECRET} characters")
    yield from _uri_faults(path, auth.get("redirect_uri"))
    providers = {name: part for name, part in auth.items() if isinstance(part, dict) and "client_id" in part}
    if not providers and not any(name in auth for name in OF_A_PROVIDER):
        yield _fault(path, "auth", "names no provider (" + ", ".join(OF_A_PROVIDER) + ")")
        return
    for name, part in providers.items() if providers else [("", auth)]:
        for key in OF_A_PROVIDER:
            if not isinstance(part.get(key), str) or not part[key]:
                yield _fault(path, ".".join(filter(None, ("auth", name, key))), "is missing")


def _uri_faults(path: Path, uri: object) -> Iterator[Fault]:
    parts = urlsplit(uri) if isinstance(uri, str) else None
    if parts is None or not parts.hostname or not parts.path.endswith("/oauth2callback"):
        yield _fault(path, "auth.redirect_uri", "is no address of the screen that ends with /oauth2callback")
    elif parts.scheme != "https" and not on_this_machine(parts.hostname):
        yield _fault(path, "auth.redirect_uri", "is not https: who listens on the way could log in too")


def _fault(path: Path, column: str | None, message: str) -> Fault:
    return Fault(code="E-U04", file=str(path), column=column, message=message, remedy=REMEDY)
