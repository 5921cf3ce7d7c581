"""What checks call: the student's functions and the reference's, each in kernels of their own."""

from grader.student.answers import NoAnswer, ReferenceAnswers
from grader.student.bench import TOO_LARGE, Bench
from grader.student.proxies import Call, Reference, Student
from grader.student.store import AnswerStore

__all__ = ["TOO_LARGE", "AnswerStore", "Bench", "Call", "NoAnswer", "Reference", "ReferenceAnswers", "Student"]
