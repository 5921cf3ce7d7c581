"""The student's functions and the reference's, as checks call them."""

from grader.session.answer_store import AnswerStore
from grader.session.messages import TOO_LARGE_ANSWER
from grader.session.proxies import AnsweringSession, Call, Reference, Student
from grader.session.reference_answers import NoAnswer, ReferenceAnswers, answer_source
from grader.session.student_session import StudentSession

__all__ = [
    "TOO_LARGE_ANSWER",
    "AnswerStore",
    "AnsweringSession",
    "Call",
    "NoAnswer",
    "Reference",
    "ReferenceAnswers",
    "Student",
    "StudentSession",
    "answer_source",
]
