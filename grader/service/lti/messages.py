"""Sentences of the service as a tool of learning platforms."""

from __future__ import annotations

REFUSED_HEADING = "This launch was refused"
REFUSED_ADVICE = (
    "Go back to your course and open the assignment again. If this page comes again, send its text to whoever looks "
    "after the learning platform."
)

LAUNCH_REASONS = {
    "login": "The learning platform began the sign-in without its issuer (iss) or without login_hint.",
    "unknown-platform": (
        "This issuer and client id belong to no platform that is registered here: compare both with what "
        "`grader lti register` was given."
    ),
    "state": ("This launch belongs to no sign-in that began here within ten minutes, or was used before (state)."),
    "format": "What the platform sent is no signed id_token.",
    "algorithm": "The id_token is not signed with RS256, the only signature that is taken.",
    "keys": "The platform's public keys could not be fetched: compare its key set's address with the registration.",
    "key": "The platform's key set has no key with the id (kid) that the id_token was signed with.",
    "signature": "The id_token's signature is not of this platform's key.",
    "claims": "The id_token lacks one of exp, iat, iss, aud, sub and nonce.",
    "expired": "The id_token has expired, or the clocks of platform and grader differ by more than a minute (exp).",
    "clock": "The id_token is from the future: the clocks of platform and grader differ by more than a minute (iat).",
    "audience": "The id_token is for another tool: its audience (aud) is not the client id of this registration.",
    "issuer": "The id_token is of another issuer (iss) than the one that began the sign-in.",
    "nonce": "The id_token's nonce is not that of this sign-in.",
    "replayed": "This launch was used before; each can be used once.",
    "deployment": (
        "This deployment id belongs to no deployment that is registered here: add it with `grader lti register`."
    ),
    "message": "This is no LTI 1.3 message that is known here: links to an assignment and the choice of one are.",
    "role": "The platform tells no role in this course that is known: learner, instructor or teaching assistant.",
    "context": "The platform did not say in which course this launch is (context).",
    "inactive": "This account was switched off by an administrator of the grader.",
    "administrator": "Administrators of the grader sign in to it with their password, not through a platform.",
    "not-connected": "This course is not connected yet: its instructor opens the grader in it once.",
    "no-assignment": "This link leads to no assignment yet: the course's instructor opens it once and chooses one.",
    "not-instructor": "Only instructors choose the assignment of a link.",
    "return": "The platform did not say where the chosen assignment is to be sent (deep_link_return_url).",
}
"""Why a launch is refused, for who looks after the platform."""

NEW_TAB_HEADING = "Open this in a tab of its own"
NEW_TAB = (
    "Your browser keeps this page from remembering you inside the learning platform. In a tab of its own it works."
)
NEW_TAB_AGAIN = "If this page comes again there, let your browser keep cookies of this address."
NEW_TAB_LINK = "Open in a new tab"

NO_TOKEN = "The platform gave no access token: compare its token address, and whether it knows our keys."  # noqa: S105 - a sentence
NO_JSON = "The platform's answer is no JSON."
NO_PERSON = "This person did not come from the platform."
NO_COLUMN = "The platform has no column for this link and lets us make none: allow the grade services for the tool."
SCORE_BROKE_OFF = "Sending broke off through a fault of ours, which is in the workers' log; it is tried again."
OTHER_HOST = "The platform's next page is at another host, and was not asked for."
GRADEBOOK = "Gradebook"
GRADEBOOK_EMPTY = "No score was to be sent yet. Scores go to platforms whose links lead to this assignment."
SENT_AGAIN = "What was not sent is tried again now."
CHANGED_THERE = "Somebody changed this grade in the platform. It is left as it is there."
NEWER_THERE = "The platform has a later score than this one, which is left as it is."
SCORE_STATES = {
    "waiting": "to be sent",
    "sent": "in the gradebook",
    "superseded": "replaced by a later one",
    "held": "not sent: changed in the platform",
    "failed": "not sent",
}
"""What became of a score, in words."""

CHOOSE_HEADING = "Which assignment?"
CHOSEN = "The link leads to this assignment now."
NO_CHOICE = "Choose one of the assignments."
NOTHING_TO_CHOOSE = "There is no approved assignment yet; an administrator of the grader approves them."
RETURN_HEADING = "Add the link to the course"
RETURN = "The platform adds the link once you send this."
RETURN_BUTTON = "Add it"

TOOL = "Hand in notebooks, and read their reports."
PASTE_CANVAS = (
    "In Canvas: Admin, Developer Keys, + Developer Key, + LTI Key, method Paste JSON. Paste this, switch the key on, "
    "then add it in Settings, Apps, by its client id. The deployment id stands in the app's menu."
)
PASTE = {
    "moodle": "In Moodle: Site administration, External tool, Manage tools, configure a tool manually, LTI 1.3.",
    "brightspace": "In Brightspace: Admin Tools, Manage Extensibility, LTI Advantage, Register Tool, Standard.",
    "blackboard": "At developer.blackboard.com: My Apps, +. Then in Learn: Administrator Panel, LTI Tool Providers.",
    "sakai": "In Sakai: Administration Workspace, External Tools, Install LTI 1.x Tool, and switch LTI 1.3 on.",
    "other": "In the platform, as an LTI 1.3 tool:",
}
PASTE_NAMES = ("Login initiation (OIDC)", "Redirect", "Target link, and deep linking", "Public keys (JWKS)")
PASTE_SERVICES = (
    "  Allow deep linking, names and roles, and assignments and grades (columns, results, scores); send name and email."
)
STEP_OURS = "our own address"
STEP_DEPLOYMENT = "a deployment"
STEP_KEYS = "the platform's key set"
STEP_LOGIN = "the platform's address of signing in"
STEP_TOKEN = "an access token for scores"  # noqa: S105 - a sentence
OURS_NOT_HTTPS = "Setting url (GRADER_SERVICE_URL) is not https: browsers send no cookies from a platform's page then."
NO_DEPLOYMENT = "No deployment id is registered: add it with --deployment."
NO_RSA_KEY = "There is no RSA key in it."
NO_REGISTRATION = "there is no such registration; grader lti register makes one"
KEYS_ROTATED = "A new key signs from now on. Rotate again once platforms have seen it, if the one before must go."


def platform_answered(status: int) -> str:
    return f"The platform answered with status {status}."


def comment(report: str) -> str:
    return f"Report: {report} (open the assignment in the course first if it asks you to sign in)"


def address_missing(kind: str, option: str) -> str:
    return f"the address for --{option} is not known of {kind}: give it as the platform shows it"


def no_origin(url: str) -> str:
    return f"--url {url} is no address: give the platform's own, such as https://lms.example.edu"


def registered(number: int, name: str) -> str:
    return f"Registration {number} of {name} is kept. Its platform may show the service in a frame."


def step_done(name: str) -> str:
    return f"good: {name}"


def step_failed(name: str, why: str) -> str:
    return f"FAILED: {name}. {why}"
