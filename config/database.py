"""From one address to Django's database settings."""

from urllib.parse import parse_qsl, unquote, urlparse

from config.env import Env


def address_of(env: Env) -> str:
    """Return the address for the role we act as; a server without a second role gives everything to its only one."""
    from deploy.postgres import APP_ROLE, ROLE, embedded_url

    if env.database_url:
        return (env.database_app_url if env.database_as == "app" else "") or env.database_url
    return embedded_url(env.var, APP_ROLE if env.database_as == "app" else ROLE)


def app_role(env: Env) -> str:
    """Return the name of the role that serves pages and jobs; empty where the owner does."""
    from deploy.postgres import APP_ROLE

    return (urlparse(env.database_app_url).username or "") if env.database_url else APP_ROLE


def database_from(env: Env, *, testing: bool) -> dict:
    """Return Django's settings for `DATABASE_URL`, or for the embedded server when it is empty."""
    url = urlparse(address_of(env))
    query = dict(parse_qsl(url.query))
    # A page that asks for 15 seconds is a mistake; a migration or an import is not.
    timeout = 15_000 if testing or env.database_as == "app" else 0
    options: dict = {
        # The two together save a quarter of the CPU of a page.
        "server_side_binding": True,
        "prepare_threshold": 3,
        "application_name": "tinhso",
        "options": f"-c statement_timeout={timeout} -c idle_in_transaction_session_timeout=60000 -c jit=off",
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
        # After the database came back, a page must not meet a dead connection of the pool.
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": query.get("test_name") or f"test_{url.path.lstrip('/')}"},
    }
