"""Load generator, baselines and the measurements behind the figures in the README."""
