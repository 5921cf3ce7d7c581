"""Reference solutions of the interpretability exercises.

They are written so that the code reads like the definition. The grader runs them in a kernel of their own; nothing here
knows about grading.
"""
