"""Hypothesis: few examples every day, more in CI, many with `HYPOTHESIS_PROFILE=long`."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

from tests.extent import extent

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
#: Hypothesis would try the same examples each time where `CI` is set.
CHANCE: Any = {"deadline": None, "derandomize": False}
settings.register_profile(
    "everyday", max_examples=extent(25, 60), suppress_health_check=SLOW, **CHANCE
)
settings.register_profile("long", max_examples=5_000, suppress_health_check=SLOW, **CHANCE)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "everyday"))
