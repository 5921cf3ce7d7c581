"""What students get of an assignment: a notebook, and checks without the solution."""

from grader.release.release import make_release

__all__ = ["make_release"]
