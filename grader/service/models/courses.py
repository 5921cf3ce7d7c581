"""Tables of courses: who is in them, and what is to be handed in."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Role(models.TextChoices):
    """What somebody is in a course; each later one may do what those before it may, and more."""

    STUDENT = "student"
    GRADER = "grader"
    INSTRUCTOR = "instructor"


class HiddenVerdicts(models.TextChoices):
    """When students read of hidden checks whether they passed."""

    AT_ONCE = "at once"
    AFTER_DEADLINE = "after the deadline"
    NEVER = "never"


class Course(models.Model):
    """A course; ``slug`` names it in addresses."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)

    def __str__(self) -> str:
        """Return its title."""
        return self.title


class Member(models.Model):
    """Somebody in a course, as its roster tells; ``account`` is None until there is one.

    ``login``, ``number`` and ``email`` are what platforms know the person by.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="members")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.STUDENT)
    name = models.CharField(max_length=200)
    login = models.CharField(max_length=100, blank=True)
    number = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254, blank=True)
    section = models.CharField(max_length=100, blank=True)
    group = models.CharField(max_length=100, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        """An account is in a course once."""

        constraints = [
            models.UniqueConstraint(fields=["course", "account"], name="one_membership_an_account"),
            models.UniqueConstraint(
                fields=["course", "login"], condition=~models.Q(login=""), name="one_member_a_login"
            ),
        ]

    def __str__(self) -> str:
        """Return the person's name."""
        return self.name or self.login


class ApprovedAssignment(models.Model):
    """An assignment whose code an administrator lets run: exactly the files of ``digest``.

    ``courses`` are those that may use it and have its solution; without any it is for all.
    ``file_digests`` are those of its files by their paths, to name what has changed since. ``validation`` is what
    ``grader assignment test`` found, as JSON, None before it ran.
    """

    slug = models.CharField(max_length=200)
    path = models.CharField(max_length=1000)
    digest = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=200)
    max_score = models.FloatField()
    file_digests = models.JSONField(default=dict)
    approved = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn = models.DateTimeField(null=True, blank=True)
    validation = models.JSONField(null=True, blank=True)
    courses = models.ManyToManyField(Course, blank=True, related_name="+")

    def __str__(self) -> str:
        """Return its title."""
        return self.title


class CourseAssignment(models.Model):
    """An assignment of a course: the approved files that grade it, and the course's terms.

    Empty ``attempts`` is any number. The fields of lateness are those of
    :class:`grader.corrections.LatePolicy`.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="assignments")
    files = models.ForeignKey(ApprovedAssignment, on_delete=models.PROTECT, related_name="uses")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    opens = models.DateTimeField(null=True, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(null=True, blank=True)
    cooldown_s = models.PositiveIntegerField(null=True, blank=True)
    late_per_day = models.FloatField(default=0)
    late_of = models.CharField(max_length=10, default="possible")
    late_cap = models.FloatField(default=100)
    grace_minutes = models.PositiveIntegerField(default=0)
    cutoff_days = models.FloatField(null=True, blank=True)
    hidden_verdicts = models.CharField(max_length=20, choices=HiddenVerdicts, default=HiddenVerdicts.AT_ONCE)

    class Meta:
        """A course has an assignment of one name once."""

        constraints = [models.UniqueConstraint(fields=["course", "slug"], name="one_assignment_a_slug")]
        ordering = ["due", "pk"]

    def __str__(self) -> str:
        """Return its title."""
        return self.title


class DueExtension(models.Model):
    """More for one member: another deadline, ``days`` after everybody's, or ``attempts``."""

    assignment = models.ForeignKey(CourseAssignment, on_delete=models.CASCADE, related_name="extensions")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="extensions")
    due = models.DateTimeField(null=True, blank=True)
    days = models.FloatField(default=0)
    attempts = models.PositiveIntegerField(null=True, blank=True)
