"""From one address to Django's database settings."""

from urllib.parse import parse_qsl, unquote, urlparse

from config.env import Env


def database_from(env: Env, *, testing: bool) -> dict:
    """Return Django's settings for `DATABASE_URL`, or for the embedded server when it is empty."""
    from deploy.postgres import embedded_url

    url = urlparse(env.database_url or embedded_url(env.var))
    query = dict(parse_qsl(url.query))
    options: dict = {
        # The two together save a quarter of the CPU of a page.
        "server_side_binding": True,
        "prepare_threshold": 3,
        "application_name": "tinhso",
        "options": "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=60000 -c jit=off",
    }
    if not testing:
        options["pool"] = {"min_size": 1, "max_size": env.database_pool, "timeout": 10}
    if "sslmode" in query:
        options["sslmode"] = query["sslmode"]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.get("host") or url.hostname or "",
        "PORT": str(url.port or query.get("port") or ""),
        "OPTIONS": options,
        "TEST": {"NAME": query.get("test_name") or f"test_{url.path.lstrip('/')}"},
    }
