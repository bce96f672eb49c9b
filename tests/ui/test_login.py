"""Who may reach the screen: nobody else, or those who log in."""

from __future__ import annotations

from pathlib import Path

import pytest
import state
from streamlit.testing.v1 import AppTest

from planner import cli_ui
from planner.cli_ui_login import login_host, on_this_machine
from planner.errors import InputError
from tests.ports import free_port
from tests.ui.conftest import ROOT

APP = str(ROOT / "ui" / "app.py")
GOOD = """
[auth]
redirect_uri = "https://plans.example/oauth2callback"
cookie_secret = "7f3c0a9be1d24586a0c3f7e9d1b2c4a6"
client_id = "planner"
client_secret = "secret of the provider"
server_metadata_url = "https://login.example/.well-known/openid-configuration"
"""


def secrets(tmp_path: Path, text: str, *, mode: int = 0o600) -> Path:
    path = tmp_path / "secrets.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.5", "plans.example"])
def test_U19_an_address_that_others_reach_is_refused_where_nobody_has_to_log_in(address: str) -> None:
    with pytest.raises(InputError, match=r"E-U04 .*can be reached by others.* → name a file .* with --secrets") as told:
        cli_ui.ui(port=free_port(), address=address)
    assert told.value.exit_code == 2


def test_this_machine_alone_needs_no_login() -> None:
    assert login_host("127.0.0.1", None) is None
    assert login_host("::1", None) is None
    assert not on_this_machine("example.com")


def test_with_a_provider_the_screen_is_seen_under_the_name_that_people_come_back_to(tmp_path: Path) -> None:
    assert login_host("0.0.0.0", secrets(tmp_path, GOOD)) == "plans.example"
    named = GOOD.replace('client_id = "planner"', '[auth.google]\nclient_id = "planner"')
    assert login_host("0.0.0.0", secrets(tmp_path, named)) == "plans.example"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[auth", "is no TOML"),
        ("[other]\na = 1\n", "auth: is missing"),
        (GOOD.replace("7f3c0a9be1d24586a0c3f7e9d1b2c4a6", "short"), "auth.cookie_secret: is no random text"),
        (GOOD.replace("7f3c0a9be1d24586a0c3f7e9d1b2c4a6", "x" * 40), "auth.cookie_secret: is no random text"),
        (GOOD.replace("https://plans", "http://plans"), "auth.redirect_uri: is not https"),
        (GOOD.replace("oauth2callback", ""), "ends with /oauth2callback"),
        (GOOD.replace('client_secret = "secret of the provider"\n', ""), "auth.client_secret: is missing"),
        (GOOD.partition("client_id")[0], "names no provider"),
    ],
)
def test_what_is_missing_in_the_file_of_the_provider_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        login_host("0.0.0.0", secrets(tmp_path, text))
    assert told in str(error.value).replace('"', "")
    assert "E-U04" in str(error.value)


def test_all_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        login_host("0.0.0.0", secrets(tmp_path, "[auth]\n", mode=0o644))
    assert len(error.value.faults) == 4
    assert "chmod 600" in str(error.value)


def test_before_a_login_nothing_is_there_but_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = state.registry().find(None)
    monkeypatch.setenv("PLANNER_UI_LOGIN", "required")
    page = AppTest.from_file(APP, default_timeout=20)
    page.query_params["workspace"] = mine.id
    page.run()
    assert not page.exception
    assert [found.label for found in page.button] == ["Log in"]
    assert not page.file_uploader


def test_U24_nobody_gets_the_workspace_of_another_by_its_key() -> None:
    registry = state.registry()
    anna = registry.find(None, owner="issuer anna")
    assert registry.find(anna.id, owner="issuer anna") is anna
    assert registry.find(anna.id, owner="issuer ben").id != anna.id
    assert registry.find(anna.id).id != anna.id
