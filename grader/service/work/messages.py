"""Sentences of the workers, to whoever runs the service."""

from __future__ import annotations


def name_taken(name: str, machine: str) -> str:
    """For a worker that finds its name taken over by one on another machine."""
    return f"another worker named {name} has started, on {machine}; give each worker a name of its own."


def bad_name(name: str) -> str:
    """For a name that could not be a folder's."""
    return f"a worker's name has letters, digits, dots, dashes and underscores, 100 at most, unlike {name!r}."
