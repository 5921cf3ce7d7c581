"""Sentences to students about what their code raised in a kernel.

``where`` is "" or the place in parentheses after a space; ``said`` is the error's own name and words in parentheses.
"""

from __future__ import annotations


def out_of_memory(where: str, name: str, words: str) -> str:
    return f"Your code used more memory than it may{where}: {name}: {words}"


def no_processes(where: str, called: str, said: str) -> str:
    return (
        f"Your code starts other processes ({called}){where}; there is only one where it is graded. "
        f"Do the work in a loop, or with threads. {said}"
    )


def no_gpu(where: str, said: str) -> str:
    return f"Your code asked for a GPU{where}; there is none here. Use the device that the model is on. {said}"


def no_network(where: str, said: str) -> str:
    return (
        f"Your code tried to use the network{where}; there is none where it is graded. "
        f"Use the model that is given, and download nothing inside the function. {said}"
    )


def package_missing(where: str, words: str) -> str:
    return (
        f"Your code imports a package that is not installed where it is graded{where}: {words}. "
        "Use the packages that the notebook imports, or ask your instructor."
    )


def no_programs(where: str, said: str) -> str:
    return f"Your code tried to start another program{where}; it may not where it is graded. {said}"


def not_allowed(where: str, said: str) -> str:
    return f"Your code tried to open a file, or to do something, that is not allowed where it is graded{where}. {said}"


def file_missing(where: str, said: str) -> str:
    return (
        f"Your code tried to reach a file that is not there where it is graded{where}. "
        f"Only the notebook is graded, without files beside it: build the data in the notebook. {said}"
    )


def layer_missing(where: str, words: str) -> str:
    return (
        f"Your code asked for a layer that the model does not have{where}: {words}. "
        "Your function is also run on models of other sizes: take sizes from the model's configuration."
    )


def exits(where: str) -> str:
    return f"Your code called exit(){where}, which ends the program instead of returning an answer."


def endless_recursion(where: str, said: str) -> str:
    return f"Your code calls itself without end{where}. {said}"


def asks_for_input(where: str) -> str:
    return f"Your code asks for input(){where}; nobody is there to type when it is graded."
