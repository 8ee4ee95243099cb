"""The settings: each reads as the contract says, and a bad one is told in one line."""

from __future__ import annotations

import socket
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatserver.config import VARIABLES, BadSetting, Config


def test_with_nothing_set_the_contract_s_defaults_hold() -> None:
    config = Config.load({"HOME": "/home/wang"})
    assert (config.host, config.port, config.public_url) == (
        "127.0.0.1",
        8080,
        "http://127.0.0.1:8080",
    )
    assert config.database_url is None and config.redis_url is None
    assert config.live_answer_within == timedelta(hours=1)
    assert config.message_answer_within == timedelta(hours=5)
    assert config.callback_working_days == 3 and config.callback_within is None
    assert config.offer_timeout == timedelta(seconds=30)
    assert config.reconnect_grace == timedelta(seconds=60)
    assert config.idle_close == timedelta(minutes=15)
    assert (config.warn_at, config.identity, config.staff_otp) == (0.8, "real_name", "required")
    assert config.retention >= timedelta(days=731)
    assert (config.connections_per_address, config.connects_per_second) == (60, 20)
    assert (config.messages_per_second, config.logins_per_minute) == (20, 10)
    assert config.trusted_proxies == () and config.number_prefix == "BJ"
    assert "http://127.0.0.1:8080" in config.allowed_origins
    assert set(config.origins.values()) == {"default"}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("30m", 1800), ("5h", 18000), ("3d", 259200), ("2y", 731 * 86400)],
)
def test_a_duration_is_a_number_with_a_unit(text: str, seconds: int) -> None:
    config = Config.load({"CHATSERVER_OFFER_TIMEOUT": text})
    assert config.offer_timeout == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(
            ("CHATSERVER_OFFER_TIMEOUT", bad)
            for bad in ["0s", "-1s", "5", "1h30m", "1.5h", "5 h", "٣s", "9999999y"]
        ),
        *(("CHATSERVER_RETENTION", bad) for bad in ["1y", "729d", "23h", "two years"]),
        *(("PORT", bad) for bad in ["http", "65536", "-1", "80.0", "８０"]),
        *(("HOST", bad) for bad in ["not a host", "1.2.3", "999.1.1.1", "-x", "a..b", "a" * 64]),
        *(
            ("PUBLIC_URL", bad)
            for bad in ["example.org", "ftp://a", "https://a/b", "https://u:p@a", "https://a:99999"]
        ),
        *(
            ("CHATSERVER_ALLOWED_ORIGINS", bad)
            for bad in ["*", "https://a,*", "null", "https://a/x"]
        ),
        *(("CHATSERVER_TRUSTED_PROXIES", bad) for bad in ["10.0.0.1/8", "all", "10.0.0.0/33"]),
        *(("CHATSERVER_WARN_AT", bad) for bad in ["0", "1", "1.2", "nan", "80%"]),
        *(("CHATSERVER_CONNECTS_PER_SECOND", bad) for bad in ["-1", "inf", "nan", "1e3"]),
        *(("CHATSERVER_LOGINS_PER_MINUTE", bad) for bad in ["-1", "0.5", "many"]),
        ("CHATSERVER_CALLBACK_WORKING_DAYS", "0"),
        ("CHATSERVER_DATA", "~nosuchuser/x"),
        ("CHATSERVER_IDENTITY", "passport"),
        ("CHATSERVER_STAFF_OTP", "no"),
        ("CHATSERVER_NUMBER_PREFIX", "bj"),
        ("DATABASE_URL", "mysql://a/b"),
        ("DATABASE_URL", "postgresql://a..b/d"),
        ("REDIS_URL", "localhost:6379"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_value_is_told_with_its_name_and_what_would_be_right(
    variable: str, value: str
) -> None:
    with pytest.raises(BadSetting) as told:
        Config.load({variable: value})
    line = str(told.value)
    assert variable in line and "expected" in line and "\n" not in line
    assert value in line or ascii(value).strip("'") in line


def test_a_limit_of_zero_is_no_limit() -> None:
    names = [
        "CONNECTIONS_PER_ADDRESS",
        "CONNECTS_PER_SECOND",
        "MESSAGES_PER_SECOND",
        "LOGINS_PER_MINUTE",
    ]
    config = Config.load({f"CHATSERVER_{name}": "0" for name in names})
    assert config.connections_per_address == config.connects_per_second == 0
    assert config.messages_per_second == config.logins_per_minute == 0


def test_retention_is_never_shorter_than_the_longest_two_years() -> None:
    assert Config.load({"CHATSERVER_RETENTION": "730d"}).retention == timedelta(days=731)
    assert Config.load({"CHATSERVER_RETENTION": "10y"}).retention == timedelta(days=3653)


def test_the_public_address_follows_the_listen_address() -> None:
    assert Config.load({"HOST": "::1", "PORT": "9000"}).public_url == "http://[::1]:9000"
    assert Config.load({"HOST": "0.0.0.0", "PORT": "80"}).public_url == "http://127.0.0.1"


def test_our_own_origin_is_always_allowed() -> None:
    given = {
        "PUBLIC_URL": "https://Law.Example.CN:443/",
        "CHATSERVER_ALLOWED_ORIGINS": "https://www.example.cn:8443",
    }
    config = Config.load(given)
    assert config.public_url == "https://law.example.cn" and config.secure
    assert config.allowed_origins == ("https://law.example.cn", "https://www.example.cn:8443")
    assert "http://localhost:8080" in Config.load({}).allowed_origins


def test_proxies_are_networks() -> None:
    config = Config.load({"CHATSERVER_TRUSTED_PROXIES": "10.0.0.0/8, 192.168.1.7 fd00::/8"})
    assert config.trusted_proxies == tuple(
        map(ip_network, ["10.0.0.0/8", "192.168.1.7", "fd00::/8"])
    )


def test_a_file_of_settings_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "chatserver.toml"
    file.write_text(
        'PORT = 9001\nHOST = "127.0.0.2"\nCHATSERVER_ALLOWED_ORIGINS = ["https://a.cn", "https://b.cn"]\n'
    )
    config = Config.load({"CHATSERVER_CONFIG": str(file), "PORT": "9002"}, {"HOST": "127.0.0.3"})
    assert (config.port, config.host) == (9002, "127.0.0.3")
    assert config.allowed_origins[-2:] == ("https://a.cn", "https://b.cn")
    assert config.origins["PORT"] == "environment"
    assert config.origins["HOST"] == "command line"
    assert config.origins["CHATSERVER_ALLOWED_ORIGINS"] == str(file)


@pytest.mark.parametrize(
    "text", ["PORT = ", "PROT = 1\n", "PORT = true\n", "[server]\nport = 1\n", "PORT = 'x'\n"]
)
def test_a_bad_file_of_settings_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "chatserver.toml"
    file.write_text(text)
    with pytest.raises(BadSetting) as told:
        Config.load({"CHATSERVER_CONFIG": str(file)})
    assert "\n" not in str(told.value)


def test_a_missing_file_of_settings_is_told() -> None:
    with pytest.raises(BadSetting, match="CHATSERVER_CONFIG"):
        Config.load({"CHATSERVER_CONFIG": "/nowhere/chatserver.toml"})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://%2Fvar%2Frun%2Fa-folder-with-a-name-so-long-that-no-label-of-the-dns-holds-it/d",
        "postgresql:///d?host=/run",
        "postgresql://h1.example,h2.example/d",
    ],
)
def test_a_database_may_be_named_by_a_socket_or_by_several_hosts(url: str) -> None:
    assert Config.load({"DATABASE_URL": url}).database_url == url


def test_passwords_are_never_shown() -> None:
    config = Config.load(
        {"DATABASE_URL": "postgresql://a:s3cr@et@db/x", "REDIS_URL": "redis://:s3cr@et@q/0"}
    )
    assert "s3cr" not in repr(dict(config.shown)) and "et@" not in config.shown[
        "DATABASE_URL"
    ].replace("***@", "")
    with pytest.raises(BadSetting) as told:
        Config.load({"DATABASE_URL": "mysql://a:s3cret@db/x"})
    assert "s3cret" not in str(told.value)


def test_an_empty_variable_counts_as_unset() -> None:
    assert Config.load({"DATABASE_URL": "", "PORT": " "}).port == 8080


def test_every_setting_is_shown_with_its_origin() -> None:
    config = Config.load({"HOME": "/home/wang"})
    assert list(config.shown) == list(config.origins) == list(VARIABLES)
    assert config.shown["CHATSERVER_DATA"].endswith("/chatserver")


def test_a_channel_needs_both_of_its_settings_and_hides_its_secret() -> None:
    given = {
        "CHATSERVER_WEBHOOK_URL": "https://sms.example/send",
        "CHATSERVER_WEBHOOK_SECRET": "0123456789abcdef",
        "CHATSERVER_SMTP_URL": "smtps://u:hidden@mail.example",
        "CHATSERVER_MAIL_FROM": "no-reply@mail.example",
    }
    config = Config.load(given)
    assert config.webhook_secret == "0123456789abcdef"
    assert config.shown["CHATSERVER_WEBHOOK_SECRET"] == "***"
    assert "hidden" not in config.shown["CHATSERVER_SMTP_URL"]
    for missing in ("CHATSERVER_WEBHOOK_SECRET", "CHATSERVER_MAIL_FROM"):
        with pytest.raises(BadSetting, match=missing):
            Config.load({name: text for name, text in given.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CHATSERVER_WEBHOOK_URL", "http://sms.example/send"),
        ("CHATSERVER_WEBHOOK_URL", "ftp://127.0.0.1"),
        ("CHATSERVER_WEBHOOK_SECRET", "short"),
        ("CHATSERVER_WEBHOOK_URL", "https://["),
        ("CHATSERVER_SMTP_URL", "smtp://["),
        ("CHATSERVER_SMTP_URL", "mail.example"),
        ("CHATSERVER_MAIL_FROM", "nobody"),
    ],
)
def test_a_channel_that_cannot_work_stops_the_start(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=name) as told:
        Config.load({name: text})
    assert "short" not in str(told.value)


KEY = "QEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEA"


@pytest.mark.parametrize("text", [KEY, KEY + "="])
def test_any_32_random_bytes_sign_browser_notifications_and_are_not_shown(text: str) -> None:
    config = Config.load({"CHATSERVER_VAPID_KEY": text})
    assert config.vapid_key == b"@" * 32
    assert config.shown["CHATSERVER_VAPID_KEY"] == "***" and KEY not in str(config.shown)


@pytest.mark.parametrize("text", ["short", "A" * 43, "_" * 43, KEY[:-1] + "*", KEY * 2])
def test_what_is_no_key_stops_the_start_unseen(text: str) -> None:
    with pytest.raises(BadSetting, match=r"CHATSERVER_VAPID_KEY.*openssl rand") as told:
        Config.load({"CHATSERVER_VAPID_KEY": text})
    assert text not in str(told.value)


#: Pieces that URL, address and path readers of the standard library stumble over.
HOSTILE = [
    *(
        "~nosuchuser/x",
        "[",
        "]",
        "://",
        "smtp://",
        "https://",
        "http://",
        "postgresql://",
        "redis://",
    ),
    *("a..b", "a" * 64, "::1", "%", "%\n", "@", ":", ":99999", ":x", "/", "?", "#", "\0", "\ud800"),
    *(
        "．",
        "℀",
        "ß",
        "xn--",
        "xn--a",
        "0",
        "9" * 40,
        "1.2.3.4",
        "/33",
        ",",
        "=",
        "s",
        "2y",
        "A" * 43,
    ),
]
texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=4), max_size=6).map("".join)


@pytest.mark.parametrize("variable", [*VARIABLES, "CHATSERVER_CONFIG", "HOME"])
@given(text=texts)
@example("~nosuchuser/x")
@example("smtp://[")
@example("https://[")
@example("https://[::1%\n]")
@example("https://[v1.a:b]")
@example("postgresql://[")
@example("a..b")
@example("a" * 64 + ".cn")
@example("::1%\u00e9")
@settings(max_examples=20, deadline=None)
def test_no_text_whatever_is_worse_than_a_bad_setting(variable: str, text: str) -> None:
    try:
        config = Config.load({variable: text})
    except BadSetting as bad:
        told = str(bad)
    else:
        told = "expected"
        with suppress(OSError):  # a name that nobody has is told when it is looked up
            socket.getaddrinfo(config.host, 0, flags=socket.AI_NUMERICHOST)
    assert told.isprintable() and "expected" in told
