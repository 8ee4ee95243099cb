"""Hypothesis: few examples every day, many with `HYPOTHESIS_PROFILE=long`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("everyday", max_examples=60, deadline=None, suppress_health_check=SLOW)
settings.register_profile("long", max_examples=5_000, deadline=None, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "everyday"))
