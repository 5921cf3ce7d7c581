"""Damaged notebooks by the thousand, through intake and extraction: ``python -m tests.fuzz --count 20000 --seed 0``."""
