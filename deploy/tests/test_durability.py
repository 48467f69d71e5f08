"""A server that could lose what it acknowledged is refused, for each setting that could do it."""

import pytest

from deploy import postgres
from deploy.durability import WHY, faults, role_faults

SAFE = dict.fromkeys(WHY, "on")


def test_a_safe_server_is_accepted():
    assert faults(SAFE) == []


@pytest.mark.parametrize("setting", WHY)
def test_each_unsafe_setting_is_named(setting):
    assert faults(SAFE | {setting: "off"}) == [f"{setting} = off: {WHY[setting]}."]


@pytest.mark.parametrize("mode", ["local", "remote_write", "remote_apply", "on"])
def test_every_other_kind_of_commit_is_accepted(mode):
    assert faults(SAFE | {"synchronous_commit": mode}) == []


@pytest.mark.parametrize(("superuser", "bypasses"), [(True, False), (False, True), (True, True)])
def test_a_role_above_the_rules_is_refused(superuser, bypasses):
    assert role_faults("x", superuser=superuser, bypasses_policies=bypasses) == [
        "Vai trò x của ứng dụng là superuser hoặc BYPASSRLS: ràng buộc của cơ sở dữ liệu sẽ vô hiệu."
    ]


def test_a_plain_role_is_accepted():
    assert role_faults("x", superuser=False, bypasses_policies=False) == []


def test_the_embedded_server_refuses_and_stops(tmp_path):
    """The one test with a real server of its own: it starts, is found unsafe, and does not stay."""
    var = tmp_path / "var"
    try:
        with pytest.raises(SystemExit, match="fsync = off"):
            postgres.start(var, options=("-c", "fsync=off"))
        assert postgres.running_pid(var) is None
        # The same cluster with safe settings starts, makes both roles and keeps its ballast.
        pid = postgres.start(var)
        assert postgres.running_pid(var) == pid
        assert postgres.ballast_file(var).stat().st_size == postgres.BALLAST_BYTES
        with postgres._connect(var, postgres.DATABASE) as connection:
            roles = connection.execute(
                "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname LIKE 'tinhso%' ORDER BY 1"
            )
            assert roles.fetchall() == [("tinhso", False, False, True), ("tinhso_app", False, False, False)]
    finally:
        postgres.stop(var)
