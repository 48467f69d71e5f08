"""Verbs about people and units: who a citizen is, who read their data, who acts in which post, which systems may call."""

from tinhso.directory.actions.citizens import citizen_for, note_reading, signed_in_citizen
from tinhso.directory.actions.officials import (
    add_official,
    end_post,
    give_password,
    give_post,
    own_password,
    resume_official,
    stop_official,
)
from tinhso.directory.actions.posts import lend_post, take_back_post
from tinhso.directory.actions.sign_ins import (
    begin_attempt,
    end_sessions,
    forget_failures,
    forgive_attempt,
    remove_old_failures,
    reset_second_factor,
)
from tinhso.directory.actions.tokens import SCOPES, add_system, issue_token, revoke_token, token_digest
from tinhso.directory.actions.units import Outcome, announce_successions, reorganise

__all__ = [
    "SCOPES",
    "Outcome",
    "add_official",
    "add_system",
    "announce_successions",
    "begin_attempt",
    "citizen_for",
    "end_post",
    "end_sessions",
    "forget_failures",
    "forgive_attempt",
    "give_password",
    "give_post",
    "issue_token",
    "lend_post",
    "note_reading",
    "own_password",
    "remove_old_failures",
    "reorganise",
    "reset_second_factor",
    "resume_official",
    "revoke_token",
    "signed_in_citizen",
    "stop_official",
    "take_back_post",
    "token_digest",
]
