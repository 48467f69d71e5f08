"""Which database servers we refuse: those that could lose a dossier after saying it was received.

Killing processes does not reveal these settings, only a power cut does; so we look before we start.
"""

WHY = {
    "fsync": "mất điện có thể làm hỏng hoặc mất toàn bộ dữ liệu",
    "full_page_writes": "mất điện có thể làm hỏng trang dữ liệu",
    "synchronous_commit": "mất điện làm mất hồ sơ đã báo là đã nhận",
    "data_checksums": "dữ liệu hỏng trên đĩa không bị phát hiện (bật bằng pg_checksums --enable)",
}


def faults(settings: dict[str, str]) -> list[str]:
    """Return a sentence for each setting of a server with which we would not start."""
    return [f"{name} = off: {why}." for name, why in WHY.items() if settings.get(name) == "off"]


def role_faults(name: str, *, superuser: bool, bypasses_policies: bool) -> list[str]:
    """Return a sentence if the role that serves pages could step around the database's own rules."""
    if superuser or bypasses_policies:
        return [f"Vai trò {name} của ứng dụng là superuser hoặc BYPASSRLS: ràng buộc của cơ sở dữ liệu sẽ vô hiệu."]
    return []


def refuse_unsafe(connection, *, app_role: str = "") -> None:
    """Stop the program if the server of this connection is one that we refuse."""
    settings = dict(connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(WHY)]).fetchall())
    found = faults(settings)
    if app_role:
        row = connection.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", [app_role]).fetchone()
        if row:
            found += role_faults(app_role, superuser=row[0], bypasses_policies=row[1])
    if found:
        raise SystemExit("PostgreSQL không đạt yêu cầu an toàn nên chương trình không khởi động:\n  " + "\n  ".join(found))
