"""Diagnosis: which well-known mistake explains a wrong answer.

An answer is compared, part by part, with what each wrong variant of the reference answers to the same arguments. A part
that is right needs no explanation; a variant that explains all other parts is the diagnosis. Mistakes of arrangement
(nothing returned, parts in another order, an axis too many) are found without variants, and two mistakes that meet in
one answer are named together.
"""

from grader.diagnosis.compared_calls import ComparedCall, first_wrong_stage
from grader.diagnosis.misconceptions import FILE, Misconception, Misconceptions, Stage, load_misconceptions
from grader.diagnosis.variant_matching import diagnose

__all__ = [
    "FILE",
    "ComparedCall",
    "Misconception",
    "Misconceptions",
    "Stage",
    "diagnose",
    "first_wrong_stage",
    "load_misconceptions",
]
