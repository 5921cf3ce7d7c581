"""Make the embedded model.

A small GPT-2 that shows the course's phenomena and can be carried in the repository. ``python -m reference.training``
writes the text, learns the tokenizer, trains and exports, always with the same result on the same machine: about twelve
minutes on one core.
"""
