"""Django settings: no business words in here. What operators change is in `env.py`."""

import logging.config
import sys

from config.database import app_role, database_from
from config.env import ROOT, env
from config.logs import configure, logging_of
from config.secrets import load_secrets

BASE_DIR = ROOT
DEBUG = env.debug
TESTING = "pytest" in sys.modules
SECRETS = secrets = load_secrets(env)
SECRET_KEY = secrets.secret_key
SITE_URL = env.site_url.rstrip("/")
ALLOWED_HOSTS = [host for host in env.allowed_hosts.split(",") if host]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "csp",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ui",
    "tinhso.kernel",
    "tinhso.directory",
    "tinhso.messaging",
    "tinhso.signing",
    "tinhso.sharing",
    "tinhso.payments",
    "tinhso.procedures",
    "tinhso.dossiers",
    "tinhso.portal",
    "connectors",
    "connectors.national_portal",
]

MIDDLEWARE = [
    "config.middleware.log_requests",
    # Outermost after the log, so that static files, redirects and errors carry the same headers.
    "config.middleware.add_headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tinhso.directory.doors.end_idle_sessions",
    "tinhso.directory.doors.second_factor_first",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "directory.Person"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "ui" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "ui.templatetags.screens",
                "ui.templatetags.words",
            ],
        },
    }
]

DATABASES = {"default": database_from(env, testing=TESTING)}
DATABASE_APP_ROLE = app_role(env)
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Counters of failed sign-ins must be seen by every worker.
    "shared": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kernel_cache"},
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "ui" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
# Numbers in addresses and values of forms are for machines; people read them through `|number` and `|money`.
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = env.var / "static"
STATICFILES_DIRS = [("ui", BASE_DIR / "ui" / "dist")] if (BASE_DIR / "ui" / "dist").exists() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
VAR = env.var
ENV = env

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SESSION_COOKIE_AGE = 8 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
HTTPS = SITE_URL.startswith("https://")
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Only a proxy that we were told of may say how the citizen reached it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.trusted_proxies else None
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Sign-in. Failures are counted in the database, where all workers see them, not in allauth's cache.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "tinhso.directory.passwords.Password"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
OFFICIALS_START = "/nghiep-vu/"
ACCOUNT_ADAPTER = "tinhso.directory.sign_in.SignInAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_FORMS = {"change_password": "tinhso.directory.sign_in.OwnPasswordForm"}
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "tinhso.directory.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"authenticate": "tinhso.directory.sign_in.CodeForm", "reauthenticate": "tinhso.directory.sign_in.CodeAgainForm"}
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Browsers themselves let passkeys work without HTTPS on this computer only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

LOGGING_CONFIG = None
configure()
LOGGING = logging_of(env.log_level)
if not TESTING:  # pytest catches logs itself
    logging.config.dictConfig(LOGGING)
