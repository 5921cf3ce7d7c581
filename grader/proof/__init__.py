"""An assignment proves itself: its checks are held against right answers, known mistakes and mutated solutions."""

from grader.proof.prove import prove
from grader.proof.report import Proof, Section

__all__ = ["Proof", "Section", "prove"]
