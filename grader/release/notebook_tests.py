"""The file ``tests.py`` of a release: a function to call for each exercise."""

from __future__ import annotations

from grader.assignment import Assignment

_HEAD = '''\
"""Check your functions in the notebook: the visible checks, as they grade you."""

from pathlib import Path

try:
    from grader.notebook import check_function
except ImportError as error:
    raise ImportError("Install the package that came with this notebook: %pip install ./interp_grader-*.whl") from error

CHECKS = Path(__file__).resolve().parent / {slug!r}
'''
_FUNCTION = '''

def test_{name}(function, model=None):
    """Check ``{name}`` on the model of your notebook, and show below the cell what is found."""
    check_function(CHECKS, {name!r}, function)
'''


def notebook_tests(assignment: Assignment) -> str:
    """Return the text of the file."""
    functions = (_FUNCTION.format(name=name) for name in assignment.names)
    return _HEAD.format(slug=assignment.slug) + "".join(functions)
