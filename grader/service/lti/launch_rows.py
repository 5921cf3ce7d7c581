"""The rows that a launch makes or brings up to date: account, member, course, link."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify
from lti_tool.models import LtiContext, LtiDeployment, LtiMembership, LtiRegistration, LtiResourceLink, LtiUser

from grader.service.lti.launch_claims import LaunchClaims, PlatformPerson
from grader.service.lti.models import LtiCourse, LtiLink
from grader.service.lti.refusals import LaunchRefusedError
from grader.service.models import Account, Course, CourseAssignment, Member, Role


@dataclass(frozen=True, slots=True)
class TakenLaunch:
    """Who a launch signs in, into which course, and where the platform's link leads."""

    account: Account
    course: Course
    deployment: LtiDeployment
    resource_link: LtiResourceLink | None
    link: LtiLink | None


@transaction.atomic
def take(launch: LaunchClaims, registration: LtiRegistration) -> TakenLaunch:
    """Bring everything up to date that a launch tells of; raises LaunchRefusedError.

    What a refusal leaves of it is nothing.
    """
    deployment = registration.deployments.filter(deployment_id=launch.deployment, is_active=True).first()
    if deployment is None:
        raise LaunchRefusedError("deployment")
    told = {"label": launch.label, "title": launch.title}
    context, _ = LtiContext.objects.update_or_create(
        deployment=deployment, id_on_platform=launch.context, defaults=told
    )
    connected = _connected(context, launch)
    user = platform_user(registration, launch.person)
    if not user.auth_user.is_active:
        raise LaunchRefusedError("inactive")
    if user.auth_user.is_superuser:  # a platform's word is no reason to let somebody administer
        raise LaunchRefusedError("administrator")
    enrol(connected, user, launch.person, launch.role)
    link = _resource_link(context, launch) if launch.link else None
    leads_to = _link(link, connected.course, launch) if link else None
    return TakenLaunch(user.auth_user, connected.course, deployment, link, leads_to)


def platform_user(registration: LtiRegistration, person: PlatformPerson) -> LtiUser:
    """Return the row of somebody of a platform, with an account that only launches open."""
    user, _ = LtiUser.objects.select_for_update().get_or_create(registration=registration, sub=person.sub)
    user.name, user.email = person.name or user.name, person.email or user.email
    if user.auth_user is None:
        user.auth_user = Account.objects.create_user(f"lti-{uuid.uuid4().hex}")
    account = user.auth_user
    if (account.full_name, account.email) != (user.name, user.email):
        account.full_name, account.email = user.name, user.email
        account.save(update_fields=["full_name", "email"])
    user.save()
    return user


def enrol(connected: LtiCourse, user: LtiUser, person: PlatformPerson, role: Role) -> Member:
    """Have somebody be in a course, in the role that the platform tells.

    Somebody of the roster whose number is the platform's for this person, and who has no account yet, is the same one.
    """
    of_course = Member.objects.filter(course=connected.course)
    member = of_course.filter(account=user.auth_user).first()
    if member is None and person.number:
        member = of_course.filter(account=None, number=person.number).first()
    member = member or Member(course=connected.course, name=f"Person {user.pk}")
    member.account, member.role, member.active = user.auth_user, role, True
    member.name, member.email = person.name or member.name, person.email or member.email
    member.number = person.number or member.number
    member.save()
    roles = {
        "is_learner": role == Role.STUDENT,
        "is_instructor": role != Role.STUDENT,
        "is_active": True,
    }
    LtiMembership.objects.update_or_create(user=user, context=connected.context, defaults=roles)
    return member


def _connected(context: LtiContext, launch: LaunchClaims) -> LtiCourse:
    """Return what a platform's course is here; an instructor's launch makes it."""
    connected = LtiCourse.objects.select_related("course", "context").filter(context=context).first()
    if connected is None:
        if launch.role != Role.INSTRUCTOR:
            raise LaunchRefusedError("not-connected")
        title = launch.title or launch.label or "Course"
        course = Course.objects.create(slug=_free_slug(launch.label or title), title=title[:200])
        connected = LtiCourse(context=context, course=course)
    connected.members_url = launch.members or connected.members_url
    connected.line_items_url = launch.line_items or connected.line_items_url
    connected.scopes = list(launch.scopes) or connected.scopes
    connected.save()
    return connected


def _free_slug(text: str) -> str:
    slug = slugify(text)[:60].strip("-") or "course"
    return f"{slug}-{uuid.uuid4().hex[:8]}" if Course.objects.filter(slug=slug).exists() else slug


def _resource_link(context: LtiContext, launch: LaunchClaims) -> LtiResourceLink:
    made, _ = LtiResourceLink.objects.update_or_create(
        context=context, id_on_platform=launch.link, defaults={"title": launch.link_title}
    )
    return made


def _link(resource_link: LtiResourceLink, course: Course, launch: LaunchClaims) -> LtiLink | None:
    """Return where a link leads: where its own parameter says, or what was chosen."""
    link = LtiLink.objects.filter(resource_link=resource_link).first()
    if link is None:
        named = CourseAssignment.objects.filter(course=course, slug=launch.assignment).first()
        if named is None:
            return None
        link = LtiLink(resource_link=resource_link, assignment=named)
    link.line_item = launch.line_item or link.line_item
    link.save()
    return link
