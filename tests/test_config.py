"""Configuration: flags before the environment before files, each value with its origin."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.config import load_config
from archiver.errors import ConfigurationError


def load(tmp_path: Path, *, flag: str | None = None, file: Path | None = None, **environ: str):  # type: ignore[no-untyped-def]
    environ.setdefault("HOME", str(tmp_path / "home"))
    return load_config({"data_dir": flag}, environ=environ, file=file, folder=tmp_path)


def test_the_order_of_the_sources(tmp_path: Path) -> None:
    assert load(tmp_path).data_dir == Path("data")
    assert load(tmp_path, STATE_DIRECTORY="/var/lib/x").data_dir == Path("/var/lib/x")
    user = tmp_path / "home/.config/archiver"
    user.mkdir(parents=True)
    (user / "config.toml").write_text('data_dir = "mine"\ncontact = "me@example.org"')
    assert load(tmp_path, STATE_DIRECTORY="/var/lib/x").data_dir == user / "mine"
    (tmp_path / "archiver.toml").write_text('data_dir = "here"')
    config = load(tmp_path)
    assert config.data_dir == tmp_path / "here"
    assert config.get("contact") == "me@example.org"
    assert load(tmp_path, ARCHIVER_DATA_DIR="env").data_dir == Path("env")
    config = load(tmp_path, flag="flag", ARCHIVER_DATA_DIR="env")
    assert config.data_dir == Path("flag")
    assert config.origins["data_dir"] == "the command line"
    assert config.origins["contact"].endswith("config.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('data_dri = "x"', "did you mean 'data_dir'?"),
        ("data_dir = ", "archiver.toml"),
        ("data_dir = ['a']", "must be a text"),
        ("[data_dir]\na = 1", "must be a text"),
        ("[nightly]\nping = 'x'", "did you mean 'nightly.ping_url'?"),
        ("[nightly.textfile]\nx = 1", "nightly.textfile must be a text"),
        ("nightly = 3", "unknown key 'nightly'"),
    ],
)
def test_a_wrong_file_is_an_error_with_a_hint(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "archiver.toml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path)
    assert words in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.exit_code == 78


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        load(tmp_path, file=tmp_path / "none.toml")


def test_a_number_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        _ = load(tmp_path, ARCHIVER_SITES_AT_ONCE="many").sites_at_once


def test_the_keys_of_a_table(tmp_path: Path) -> None:
    text = 'spiders_dir = "own"\n[nightly]\nping_url = "http://127.0.0.1/x"\ntextfile = "out/archiver.prom"'
    (tmp_path / "archiver.toml").write_text(text)
    config = load(tmp_path)
    assert config.get("nightly.ping_url") == "http://127.0.0.1/x"
    assert config.get("spiders_dir") == str(tmp_path / "own")
    assert config.get("nightly.textfile") == str(tmp_path / "out/archiver.prom")
    config = load(tmp_path, ARCHIVER_NIGHTLY_PING_URL="http://127.0.0.1/y")
    assert config.get("nightly.ping_url") == "http://127.0.0.1/y"
    assert config.origins["nightly.ping_url"] == "the environment"


@pytest.mark.parametrize(
    "text", ["https://arkiv.example.org", "http://arkiv.example.org:8080/a/b/", "https://10.0.0.7"]
)
def test_where_replay_is_published(tmp_path: Path, text: str) -> None:
    (tmp_path / "archiver.toml").write_text(f"[archive]\nbase_url = '{text}'")
    assert load(tmp_path).base_url == text.rstrip("/")
    assert load(tmp_path, ARCHIVER_ARCHIVE_BASE_URL="https://b.org").base_url == "https://b.org"


@pytest.mark.parametrize(
    "text",
    ["http://localhost:8080", "http://127.0.0.1:8080/x", "http://127.1", "http://0x7f.1/", "http://localhost.localdomain/", "http://ip6-localhost/",
     "http://[::1]/", "http://0.0.0.0/", "ftp://a.se",
     "http://[::ffff:127.0.0.1]", "http://a.localhost.", "http://0x7f000001", "https://me:pass@a.se", "https://a.se/?x",
     "https://a.se/#x", "a.se", "https://", "https://a.se:x", "https://a b.se", "https://[", "http://2130706433"],
)  # fmt: skip
def test_what_others_cannot_reach_is_no_address_to_cite(tmp_path: Path, text: str) -> None:
    config = load(tmp_path, ARCHIVER_ARCHIVE_BASE_URL=text)
    with pytest.raises(ConfigurationError) as caught:
        _ = config.base_url
    assert "the environment" in caught.value.message
    assert load(tmp_path).base_url is None
