"""Making users, teams and tokens; signing in with a limit before the hash; what ends a session."""

from wonward.foundation.access.operations.passkeys import (
    Challenge,
    ClonedPasskey,
    PasskeyRefused,
    begin_passkey,
    begin_passkey_check,
    check_new_passkey,
    finish_passkey_check,
    keep_passkey,
    never_asked,
    passkey_host,
    remove_passkey,
    rename_passkey,
)
from wonward.foundation.access.operations.replies import (
    REPLIES_KEPT_FOR,
    Reply,
    answer_once,
    claim_reply,
    store_reply,
)
from wonward.foundation.access.operations.signing_in import (
    ATTEMPT_WINDOW,
    ATTEMPTS_PER_ADDRESS,
    ATTEMPTS_PER_EMAIL,
    INVITE,
    RESET,
    TooManyAttempts,
    check_factor,
    check_own_password,
    check_sign_in,
    end_all_sessions,
    end_other_sessions,
    end_session,
    end_stamps,
    factor_address,
    make_link,
    new_factor_secret,
    note_reset_wish,
    open_session,
    remove_factor,
    renew_recovery_codes,
    set_factor,
    set_password,
    use_link,
)
from wonward.foundation.access.operations.tokens import create_token, revoke_token
from wonward.foundation.access.operations.users import (
    change_preferences,
    change_role_rights,
    change_team_rights,
    change_user,
    create_user,
    ensure_team,
    rename_team,
)

__all__ = [
    "Challenge", "ClonedPasskey", "PasskeyRefused", "begin_passkey", "begin_passkey_check", "check_new_passkey", "finish_passkey_check", "keep_passkey", "never_asked",
    "passkey_host", "remove_passkey", "rename_passkey",
    "ATTEMPTS_PER_ADDRESS", "ATTEMPTS_PER_EMAIL", "ATTEMPT_WINDOW", "INVITE", "REPLIES_KEPT_FOR", "RESET", "Reply",
    "TooManyAttempts", "answer_once", "change_preferences", "change_role_rights", "change_team_rights", "change_user",
    "check_factor", "check_own_password", "check_sign_in", "claim_reply", "create_token", "create_user", "end_all_sessions",
    "end_other_sessions", "end_session", "end_stamps", "ensure_team", "factor_address", "make_link", "new_factor_secret",
    "note_reset_wish", "open_session", "remove_factor", "rename_team", "renew_recovery_codes", "revoke_token", "set_factor",
    "set_password", "store_reply", "use_link",
]
