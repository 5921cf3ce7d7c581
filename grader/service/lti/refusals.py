"""What is raised where a launch cannot be taken."""

from __future__ import annotations

from grader.service.lti import messages


class LaunchRefusedError(Exception):
    """A launch that is refused; ``reason`` is a key of :data:`messages.LAUNCH_REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(messages.LAUNCH_REASONS[reason])
        self.reason = reason


class NoCookieError(Exception):
    """A launch whose browser did not keep our cookie.

    ``again`` is what the sign-in was begun with.
    """

    def __init__(self, again: dict[str, str]) -> None:
        super().__init__(messages.NEW_TAB)
        self.again = again
