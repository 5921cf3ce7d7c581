"""Fuzz intake and extraction: ``python -m tests.fuzz --count 20000 --seed 0``."""
