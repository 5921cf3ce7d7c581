"""One check being run: its markers, its calls, its verdict, its result."""

from __future__ import annotations

import dataclasses
import random
from dataclasses import dataclass, field

import numpy as np

from grader.compare import MismatchError
from grader.plugin import messages
from grader.plugin.check_verdict import CheckVerdict
from grader.plugin.markers import CheckMarkers
from grader.result import CheckResult, Diagnosis, Figure, Outcome
from grader.sanitize import visible
from grader.session import Call


@dataclass(slots=True)
class CheckRun:
    """What is known of one check: its markers, and what it left behind while it ran.

    The verdict is None until there is one. ``credit`` is the share of the points that a check which was not passed
    earns all the same; ``note`` says what is known beyond the verdict, ``staff_note`` what concerns staff alone.
    ``instead`` names the functions that answer in the place of the reference's own.
    """

    markers: CheckMarkers
    calls: list[Call] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    figure: Figure | None = None
    verdict: CheckVerdict | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    credit: float = 0.0
    note: str = ""
    staff_note: str = ""
    instead: dict[str, str] = field(default_factory=dict)
    rng: random.Random = field(default_factory=random.Random)
    duration_s: float = 0.0

    def result(self) -> CheckResult:
        """Return the check's result; a check that never ran is an error."""
        ended = self.verdict or CheckVerdict(Outcome.ERROR, messages.NOT_RUN)
        return CheckResult(
            id=self.markers.id,
            title=self.markers.title,
            outcome=ended.outcome,
            points=self.markers.points * (1.0 if ended.outcome is Outcome.PASSED else self.credit),
            max_points=self.markers.points,
            visibility=self.markers.visibility,
            message=ended.message or visible(" ".join(self.remarks)),
            note=self.note,
            staff_note=self.staff_note,
            hint=self.markers.hint,
            mismatch=ended.mismatch,
            diagnoses=self.diagnoses,
            traceback=ended.traceback,
            figure=self.figure,
            duration_s=round(self.duration_s, 4),
        )

    def mark_figure(self, error: BaseException | None) -> None:
        """Note in the figure which of its cells the check counted as wrong, for pages."""
        if self.figure is None:
            return
        if error is None:
            self.figure = dataclasses.replace(self.figure, wrong=[])
        elif isinstance(error, MismatchError) and (places := error.places):
            axes = list(places.axes)
            grid = [self.figure.row_axis, self.figure.column_axis]
            if sorted(axes) == sorted(grid):
                wrong = places.wrong.transpose([axes.index(name) for name in grid])
                self.figure = dataclasses.replace(self.figure, wrong=np.argwhere(wrong).tolist())
