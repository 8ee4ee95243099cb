"""Every setting of the server in one frozen `Config`, read once at the start; a bad value stops the start.

A setting comes from the environment, else from the TOML file named by `CHATSERVER_CONFIG`, else from its default.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from chatserver import settings as kinds
from chatserver import settings_addresses as places
from chatserver.settings import BadSetting, Wrong

__all__ = ["VARIABLES", "BadSetting", "Config"]

#: variable -> (field of `Config`, how its text is read, default text or None)
VARIABLES: Mapping[str, tuple[str, Callable[[str], Any], str | None]] = {
    "DATABASE_URL": ("database_url", places.database_url, None),
    "REDIS_URL": ("redis_url", places.redis_url, None),
    "HOST": ("host", places.host, "127.0.0.1"),
    "PORT": ("port", kinds.port, "8080"),
    "PUBLIC_URL": ("public_url", places.public_url, None),
    "CHATSERVER_DATA": ("data", kinds.folder, None),
    "CHATSERVER_NUMBER_PREFIX": ("number_prefix", kinds.number_prefix, "BJ"),
    "CHATSERVER_LIVE_ANSWER_WITHIN": ("live_answer_within", kinds.duration, "1h"),
    "CHATSERVER_MESSAGE_ANSWER_WITHIN": ("message_answer_within", kinds.duration, "5h"),
    "CHATSERVER_CALLBACK_WORKING_DAYS": ("callback_working_days", kinds.days, "3"),
    "CHATSERVER_CALLBACK_WITHIN": ("callback_within", kinds.duration, None),
    "CHATSERVER_OFFER_TIMEOUT": ("offer_timeout", kinds.duration, "30s"),
    "CHATSERVER_PANEL_OFFER_TIMEOUT": ("panel_offer_timeout", kinds.duration, "2m"),
    "CHATSERVER_RECONNECT_GRACE": ("reconnect_grace", kinds.duration, "60s"),
    "CHATSERVER_IDLE_CLOSE": ("idle_close", kinds.duration, "15m"),
    "CHATSERVER_WARN_AT": ("warn_at", kinds.share, "0.8"),
    "CHATSERVER_IDENTITY": ("identity", kinds.one_of("none", "phone", "real_name"), "real_name"),
    "CHATSERVER_RETENTION": ("retention", kinds.retention, "2y"),
    "CHATSERVER_STAFF_OTP": ("staff_otp", kinds.one_of("required", "optional"), "required"),
    "CHATSERVER_CONNECTIONS_PER_ADDRESS": ("connections_per_address", kinds.count, "60"),
    "CHATSERVER_CONNECTS_PER_SECOND": ("connects_per_second", kinds.rate, "20"),
    "CHATSERVER_MESSAGES_PER_SECOND": ("messages_per_second", kinds.rate, "20"),
    "CHATSERVER_LOGINS_PER_MINUTE": ("logins_per_minute", kinds.count, "10"),
    "CHATSERVER_TRUSTED_PROXIES": ("trusted_proxies", places.networks, ""),
    "CHATSERVER_ALLOWED_ORIGINS": ("allowed_origins", places.origins, ""),
    "CHATSERVER_SMTP_URL": ("smtp_url", places.smtp_url, None),
    "CHATSERVER_MAIL_FROM": ("mail_from", places.mail_address, None),
    "CHATSERVER_WEBHOOK_URL": ("webhook_url", places.webhook_url, None),
    "CHATSERVER_WEBHOOK_SECRET": ("webhook_secret", kinds.secret, None),
    "CHATSERVER_VAPID_KEY": ("vapid_key", kinds.vapid_key, None),
    "LOG_LEVEL": ("log_level", kinds.log_level, "info"),
}

#: Those whose text is never shown whole.
SECRET = frozenset({"DATABASE_URL", "REDIS_URL", "CHATSERVER_SMTP_URL"})
#: Those of whose text nothing is shown.
HIDDEN = frozenset({"CHATSERVER_WEBHOOK_SECRET", "CHATSERVER_VAPID_KEY"})
#: Settings that mean nothing without another one.
NEEDS = {
    "CHATSERVER_SMTP_URL": ("smtp_url", "CHATSERVER_MAIL_FROM", "mail_from"),
    "CHATSERVER_WEBHOOK_URL": ("webhook_url", "CHATSERVER_WEBHOOK_SECRET", "webhook_secret"),
}


@dataclass(frozen=True)
class Config:
    """The settings in force. Limits of 0 mean "no limit"; `origins` tells where each setting came from."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = "http://127.0.0.1:8080"
    data: Path = Path("data")
    database_url: str | None = None
    redis_url: str | None = None
    number_prefix: str = "BJ"
    live_answer_within: timedelta = timedelta(hours=1)
    message_answer_within: timedelta = timedelta(hours=5)
    callback_working_days: int = 3
    callback_within: timedelta | None = None
    offer_timeout: timedelta = timedelta(seconds=30)
    panel_offer_timeout: timedelta = timedelta(minutes=2)
    reconnect_grace: timedelta = timedelta(seconds=60)
    idle_close: timedelta = timedelta(minutes=15)
    warn_at: float = 0.8
    identity: str = "real_name"
    retention: timedelta = kinds.TWO_YEARS
    staff_otp: str = "required"
    connections_per_address: int = 60
    connects_per_second: float = 20
    messages_per_second: float = 20
    logins_per_minute: int = 10
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    allowed_origins: tuple[str, ...] = ("http://127.0.0.1:8080",)
    smtp_url: str | None = None
    mail_from: str | None = None
    webhook_url: str | None = None
    webhook_secret: str | None = None
    vapid_key: bytes | None = None
    log_level: str = "info"
    #: variable -> "environment", "command line", "default" or the TOML file's path
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    #: variable -> its effective text, secrets masked
    shown: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def secure(self) -> bool:
        """Whether people reach the server over TLS, so that cookies may be `Secure`."""
        return self.public_url.startswith("https://")

    @classmethod
    def load(cls, environ: Mapping[str, str], overrides: Mapping[str, str] | None = None) -> Config:
        """Reads all settings; `overrides` (variable -> text) come from the command line and win.

        Raises `BadSetting` for the first value that is not right.
        """
        layers: list[tuple[str, Mapping[str, str]]] = [
            ("command line", overrides or {}),
            # An empty variable counts as unset, as compose files and shells leave it so.
            ("environment", {name: text for name, text in environ.items() if text.strip()}),
        ]
        file = (environ.get("CHATSERVER_CONFIG") or "").strip()
        if file:
            layers.append((file, _toml(Path(file))))
        values: dict[str, Any] = {}
        shown: dict[str, str] = {}
        origins: dict[str, str] = {}
        for name, (attribute, read, default) in VARIABLES.items():
            origin, text = next(
                ((where, layer[name]) for where, layer in layers if name in layer),
                ("default", default),
            )
            origins[name] = origin
            if text is None:
                continue
            values[attribute] = _value(name, text, read)
            shown[name] = _shown(name, text)
        for name, (attribute, other, wanted) in NEEDS.items():
            if values.get(attribute) and not values.get(wanted):
                raise BadSetting(name, shown[name], f"{other} to be set beside it")
        values.setdefault("data", default_data(environ))
        own = places.listen_url(values["host"], values["port"])
        values.setdefault("public_url", own)
        values["allowed_origins"] = places.with_own(
            values["allowed_origins"], values["public_url"], own
        )
        shown["CHATSERVER_DATA"] = str(values["data"])
        shown["PUBLIC_URL"] = values["public_url"]
        shown["CHATSERVER_ALLOWED_ORIGINS"] = ",".join(values["allowed_origins"])
        ordered = {name: shown.get(name, "") for name in VARIABLES}
        return cls(**values, origins=origins, shown=ordered)


def default_data(environ: Mapping[str, str]) -> Path:
    """The user's own folder for data, by the custom of the system."""
    home = Path(environ.get("HOME") or os.path.expanduser("~"))
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "chatserver"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "chatserver"
    base = environ.get("XDG_DATA_HOME") or ""
    return (Path(base) if base.startswith("/") else home / ".local" / "share") / "chatserver"


def _value(name: str, text: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(text.strip())
    except Wrong as wrong:
        raise BadSetting(name, _shown(name, text), wrong.expected) from None


def _shown(name: str, text: str) -> str:
    if name in HIDDEN:
        return "***"
    return places.masked(text) if name in SECRET else text


def _toml(file: Path) -> dict[str, str]:
    """The file's settings as text: keys are the variables' names, lists may stand for comma lists."""
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadSetting(
            "CHATSERVER_CONFIG", str(file), f"a readable TOML file ({reason})"
        ) from None
    except (ValueError, RecursionError) as error:
        raise BadSetting("CHATSERVER_CONFIG", str(file), f"a TOML file ({error})") from None
    known: dict[str, str] = {}
    for key, value in table.items():
        if key not in VARIABLES:
            raise BadSetting("CHATSERVER_CONFIG", f"{file}: {key}", "only names of known settings")
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            value = ",".join(value)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise BadSetting(key, repr(value), f"a text or a number in {file}")
        known[key] = str(value)
    return known
