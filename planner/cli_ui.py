"""The verb that starts the screen: Streamlit in a process of its own, on this machine only unless people log in."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from planner.cli_ui_login import login_host
from planner.errors import Fault, InputError, PlannerError

ADDRESS = "127.0.0.1"
LOGIN = "PLANNER_UI_LOGIN"  # tells the pages that everybody has to log in
START_S = 60.0
END_S = 10.0


def ui(
    port: Annotated[int, typer.Option("--port", min=1, max=65_535, help="Port of the screen on this machine.")] = 8501,
    address: Annotated[
        str, typer.Option("--address", help="IP address to listen at; one that others reach needs --secrets.")
    ] = ADDRESS,
    secrets: Annotated[
        Path | None, typer.Option("--secrets", help="TOML file with the OpenID Connect provider that people log in at.")
    ] = None,
) -> int:
    """Open the screen in a browser: load orders, plan, see the routes on a map."""
    _refuse_missing_parts()
    host = login_host(address, secrets)
    _refuse_taken_port(address, port)
    screen = subprocess.Popen(  # noqa: S603  (our own interpreter and script)
        _command(address, port, host, secrets),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=_environment(login=host is not None),
    )
    try:
        _wait_until_open(screen, address, port)
        if screen.poll() is None:
            typer.echo(f"the screen is at http://{_in_url(address)}:{port} (Ctrl-C ends it)")
        screen.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        _end(screen)
    raise PlannerError(f"E-U01 the screen ended by itself (exit {screen.returncode}) → start it again")


def ui_folder() -> Path:
    """Return the folder of the screen: in the wheel, or in a checkout."""
    packed = Path(__file__).parent / "_ui"
    return packed if packed.is_dir() else Path(__file__).parents[1] / "ui"


def _command(address: str, port: int, host: str | None, secrets: Path | None) -> list[str]:
    """Name address and port again, as a flag is stronger than any file; -P keeps the user's folder off the path."""
    app = ui_folder() / "app.py"
    options = ["--server.address", address, "--server.port", str(port)]
    if host is not None and secrets is not None:
        options += ["--secrets.files", str(secrets.absolute())]
        for name in dict.fromkeys((ADDRESS, "localhost", host)):
            options += ["--server.allowedHosts", name]
    return [sys.executable, "-P", "-m", "streamlit", "run", str(app), *options]


def _environment(*, login: bool) -> dict[str, str]:
    """Leave out Streamlit's own variables: they would be stronger than the safe configuration beside the script."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    return kept | {LOGIN: "required" if login else ""}


def _in_url(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _refuse_missing_parts() -> None:
    missing = [name for name in ("streamlit", "babel") if find_spec(name) is None]
    if missing:
        raise PlannerError(
            f"E-U02 the screen needs {' and '.join(missing)} → pip install 'micro-ev-planner[ui]', then try again"
        )


def _refuse_taken_port(address: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        # As the server itself does: a port whose last connection is still winding down is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            fault = Fault(
                code="E-U03",
                file="--port",
                value=str(port),
                message=f"is no free port ({error.strerror})",
                remedy="choose another, for example --port 8600",
            )
            raise InputError(fault) from None


def _wait_until_open(screen: subprocess.Popen[bytes], address: str, port: int) -> None:
    """Return when the server answers, or has ended; give up after `START_S`."""
    deadline = time.monotonic() + START_S
    while screen.poll() is None and not _answers(address, port):
        if time.monotonic() > deadline:
            raise PlannerError(f"E-U01 the screen did not answer within {START_S:.0f} s → try again")
        time.sleep(0.1)


def _answers(address: str, port: int) -> bool:
    # Not urllib, which would ask a proxy of the environment for our own address.
    at = {"0.0.0.0": ADDRESS, "::": "::1"}.get(address, address)  # noqa: S104  (who listens everywhere answers here)
    connection = http.client.HTTPConnection(at, port, timeout=1)
    try:
        connection.request("GET", "/_stcore/health", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _end(screen: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, so that it clears up behind itself; insist after `END_S`."""
    screen.terminate()
    try:
        screen.wait(END_S)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        screen.kill()
        screen.wait()
