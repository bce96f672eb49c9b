"""``planner ui``: how it starts, refuses and ends, and what its configuration makes of Streamlit."""

from __future__ import annotations

import ast
import json
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from planner import cli_ui
from planner.errors import InputError, PlannerError
from tests.ports import free_port
from tests.ui.conftest import ROOT, close_screen, open_screen

SAFE = {
    "server.address": "127.0.0.1",
    "server.allowedHosts": ["127.0.0.1", "localhost"],
    "server.headless": True,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.maxUploadSize": 50,
    "server.maxMessageSize": 50,
    "server.enableStaticServing": False,
    "server.fileWatcherType": "none",
    "server.enableAgentApi": False,
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
}
READ_BACK = """
import json, sys
from streamlit import config
config._main_script_path = sys.argv[1]
config.get_config_options(force_reparse=True)
print(json.dumps({name: config.get_option(name) for name in sys.argv[2:]}))
"""


def test_U18_U19_U27_streamlit_reads_the_safe_settings_over_those_of_the_folder_it_starts_in(tmp_path: Path) -> None:
    loose = '[server]\naddress = "0.0.0.0"\nenableXsrfProtection = false\n[browser]\ngatherUsageStats = true\n'
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(loose)
    command = [sys.executable, "-c", READ_BACK, str(cli_ui.ui_folder() / "app.py"), *SAFE]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == SAFE
    assert "not a valid config option" not in done.stderr


def test_U19_the_screen_listens_on_loopback_only_whatever_the_environment_says_and_ends_on_request(
    tmp_path: Path,
) -> None:
    (tmp_path / "time.py").write_text("raise SystemExit('a file of the user is taken for a library')")
    port = free_port()
    process = open_screen(port, cwd=tmp_path, STREAMLIT_SERVER_ADDRESS="0.0.0.0")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health") as answer:
            assert answer.status == 200
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=2)
        assert _status_for_host(port, "evil.example") >= 400
        assert _status_for_host(port, "localhost") == 101
    finally:
        seconds = close_screen(process)
    assert process.returncode == 0
    assert seconds < 8
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2)


def _status_for_host(port: int, host: str) -> int:
    """Ask for the WebSocket under a host name, as a rebound DNS name would; return the HTTP status."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        request = (
            f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        connection.sendall(request.encode())
        return int(connection.recv(64).split()[1])


def test_a_port_that_is_taken_is_refused_with_another_to_try() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match=r"E-U03 .* is no free port .* → choose another, for example --port 8600"):
            cli_ui.ui(port=taken.getsockname()[1])


def test_without_the_ui_extra_the_user_hears_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("streamlit", "babel"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(PlannerError, match=r"needs streamlit and babel → pip install 'micro-ev-planner\[ui\]'"):
        cli_ui.ui(port=free_port())


def test_the_screen_has_its_settings_and_pages_where_streamlit_looks() -> None:
    folder = cli_ui.ui_folder()
    assert (folder / ".streamlit" / "config.toml").is_file()
    assert (folder / "app.py").is_file()


def test_nobody_writes_html_from_data() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ui").rglob("*.py"))
    assert "unsafe_allow_html" not in source
    assert "components.v1" not in source
    assert source.count("st.html(") == 1  # the style sheet, a constant
    parts = ROOT / "ui" / "page_parts.py"
    assert source.count("components.v2") == parts.read_text(encoding="utf-8").count("components.v2") == 4
    calls = [node for node in ast.walk(ast.parse(parts.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    made = [word.value for call in calls for word in call.keywords if word.arg in {"html", "css", "js"}]
    named = {node.id for value in made for node in ast.walk(value) if isinstance(node, ast.Name)}
    assert named == {"_text", "_leaflet"}  # our own files, and constants


def test_the_scripts_of_the_page_write_data_as_text_only() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in (ROOT / "ui" / "parts").glob("*.js")]
    assert len(scripts) == 5
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "DOMParser"):
        assert [script for script in scripts if way in script] == []


def test_a_page_within_the_page_may_run_no_script() -> None:
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "ui").rglob("*") if path.suffix in {".py", ".js"}]
    assert (
        sum(text.count("<iframe") for text in files)
        == sum(text.count('<iframe sandbox=""></iframe>') for text in files)
        == 1
    )
    assert [text for text in files if "allow-scripts" in text or "createElement('iframe'" in text] == []


def test_no_file_of_the_screen_names_another_host() -> None:
    files = [path for path in (ROOT / "ui").rglob("*") if path.suffix in {".py", ".css", ".toml", ".js", ".html"}]
    assert len(files) > 10
    texts = {path.name: path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "") for path in files}
    assert [name for name, text in texts.items() if "http" in text] == []
