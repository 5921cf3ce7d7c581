"""What runs inside the zygote and the kernels forked from it.

Imports the standard library, ipykernel, torch and :mod:`grader.sandbox` alone: nothing here may know a check, a
reference or a key.
"""
