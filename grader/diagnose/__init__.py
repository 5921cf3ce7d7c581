"""Diagnosis: which well-known mistake explains a wrong answer.

An answer is compared, part by part, with what each wrong variant of the reference answers to the same arguments. A part
that is right needs no explanation; a variant that explains all the others is the diagnosis. Mistakes of form (nothing
returned, parts in another order, an axis too many) are named without a bank, and two mistakes that meet in one answer
are named together.
"""

from grader.diagnose.bank import FILE, Bank, Misconception, Stage, load_bank
from grader.diagnose.cases import Case, parting
from grader.diagnose.match import match

__all__ = ["FILE", "Bank", "Case", "Misconception", "Stage", "load_bank", "match", "parting"]
