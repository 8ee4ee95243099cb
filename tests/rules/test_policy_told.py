"""Citizens choose how they are told: which addresses of push services are believed to be such."""

from __future__ import annotations

import pytest

from chatserver.rules.articles import Refused
from chatserver.rules.telling import push_address


@pytest.mark.parametrize(
    "address",
    [
        "https://fcm.googleapis.com/fcm/send/c1KrmpTuRm8:APA91bH",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAAA",
        "https://web.push.apple.com/QGuQyavXutnMH",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%2b",
        "https://push.example:443/x",
    ],
)
def test_a_browsers_own_service_is_kept_as_it_is(address: str) -> None:
    assert push_address(address, development=False) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://push.example/x",
        "ftp://push.example/x",
        "https://push.example:8443/x",
        "https://push.example:99999/x",
        "https://user:secret@push.example/x",
        "https://push.example/x#part",
        "https://push/x",
        "https://localhost/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://0x7f.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://10.0.0.1/x",
        "https://推送.example/x",
        "https://push.example/推",
        "https://push.example/a b",
        "https://push.example/a\nb",
        f"https://push.example/{'x' * 2000}",
        "https://[push.example/x",
        "//push.example/x",
        "",
    ],
)
def test_anything_else_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(Refused) as refused:
        push_address(address, development=False)
    assert refused.value.code == "invalid" and (not address or address not in str(refused.value))


def test_this_machine_is_one_in_development_only() -> None:
    for address in ("http://127.0.0.1:9000/x", "http://localhost:9000/x"):
        assert push_address(address, development=True) == address
        with pytest.raises(Refused):
            push_address(address, development=False)
