"""Answers that are alike beyond what the course handed out, for staff to read."""

from grader.similarity.page import similar_page
from grader.similarity.similar_answers import LEAST, Alike, AlikeAnswers, alike_answers

__all__ = ["LEAST", "Alike", "AlikeAnswers", "alike_answers", "similar_page"]
