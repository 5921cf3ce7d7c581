"""Automatic grading of interpretability notebooks."""

__version__ = "0.1.0"
