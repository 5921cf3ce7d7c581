"""What students get of an assignment.

Their notebook, and what checks it without the solution.
"""

from grader.release.release import make_release

__all__ = ["make_release"]
