"""The browsers in which a citizen is told while no page of ours is open (Web Push)."""

from __future__ import annotations

from chatserver import webpush
from chatserver.rules.articles import Refused
from chatserver.rules.telling import push_address
from chatserver.store import devices
from chatserver.store.devices import Device

from . import account, api
from .access import Call


async def add(call: Call, wish: api.NewDevice) -> api.Me:
    """POST /api/v1/me/devices: this browser is told from now on, until its owner signs out in it."""
    house = call.house
    if not house.config.vapid_key:
        raise Refused("unavailable", "本网目前不发送浏览器提醒。")
    assert call.session is not None
    device = Device(
        push_address(wish.endpoint, development=not house.config.secure),
        _bytes(wish.keys.p256dh, "p256dh"),
        _bytes(wish.keys.auth, "auth"),
        call.language,
    )
    if not webpush.is_key(device.p256dh):
        raise api.wrong("$.keys.p256dh", "a point of P-256, uncompressed")
    if len(device.auth) != 16:
        raise api.wrong("$.keys.auth", "16 bytes")
    now = house.clock.now()
    await devices.keep(house.database, call.account.id, call.session.parent, device, now)
    return await account.me(call)


async def drop(call: Call) -> None:
    """DELETE /api/v1/me/devices/{id}: that browser is told no more."""
    id = call.request.match_info["id"]
    if "\x00" in id or not await devices.drop(call.house.database, call.account.id, id):
        raise Refused("not_found")


def _bytes(text: str, name: str) -> bytes:
    try:
        return webpush.data(text)
    except ValueError:
        raise api.wrong(f"$.keys.{name}", "not base64url") from None
