"""The tables of learning platforms."""

from grader.service.lti.models.platform_tables import (
    LtiCourse,
    LtiLink,
    LtiPlatform,
    ScorePassback,
    ScoreState,
    UsedNonce,
)

__all__ = ["LtiCourse", "LtiLink", "LtiPlatform", "ScorePassback", "ScoreState", "UsedNonce"]
