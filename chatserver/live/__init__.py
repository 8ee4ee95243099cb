"""The live side: who is connected, what they send, what they are told."""

import sys

# python-socketio loads the brokers' libraries for managers that are not used here: 8 MB of memory
# and a sixth of a start. A module that is None is one that is not installed.
_BROKERS = [name for name in ("redis", "valkey") if name not in sys.modules]
sys.modules.update(dict.fromkeys(_BROKERS))  # type: ignore[arg-type]  # None is how it is told
try:
    import socketio  # noqa: F401
finally:
    for _name in _BROKERS:
        del sys.modules[_name]
