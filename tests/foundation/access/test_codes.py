from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.foundation.access.rules import check_password_strength, matching_step, plain_code
from wonward.kernel.errors import Refused

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, st.integers(-30, 30))
def test_a_code_is_known_for_half_a_minute_before_and_after(now, seconds):
    code = pyotp.TOTP(SECRET).at(now + timedelta(seconds=seconds))
    assert matching_step(SECRET, code, now) is not None


@given(MOMENTS, st.integers(120, 10_000) | st.integers(-10_000, -120))
def test_a_code_of_another_time_is_not_known(now, seconds):
    other = pyotp.TOTP(SECRET).at(now + timedelta(seconds=seconds))
    near = {pyotp.TOTP(SECRET).at(now + timedelta(seconds=shift)) for shift in (-30, 0, 30)}
    assert matching_step(SECRET, other, now) is None or other in near


@given(st.text(max_size=50), MOMENTS)
def test_nonsense_is_never_a_code_but_never_breaks(text, now):
    assert matching_step(SECRET, plain_code(text), now) is None or len(plain_code(text)) == 6


@pytest.mark.parametrize("password", ["short", "password", "PASSWORD123", "aaaaaaaaaaaa", "mara@studio.test", "x" * 1001])
def test_what_is_easily_guessed_is_refused_by_name_of_the_field(password):
    with pytest.raises(Refused) as refusal:
        check_password_strength(password, "mara@studio.test")
    assert refusal.value.errors[0].field == "password"


def test_a_long_sentence_is_a_password():
    check_password_strength("correct horse battery", "mara@studio.test")
