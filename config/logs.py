"""Logs: one JSON line per fact, for machines to collect, without personal data.

Numbers of identity cards and telephones and e-mail addresses are masked in whatever is logged, because a
library's error message may quote what a citizen typed.
"""

import re
from typing import Any

import structlog

# Twelve digits alone: a personal number. Ten beginning with 0: a telephone. Both may stand inside a sentence.
NUMBER = re.compile(r"(?<!\d)(?:\d{9}|0\d{6,7}|(?:\+84|0)\d{6})(\d{3})(?!\d)")
MAIL = re.compile(r"[\w.+-]+@([\w-]+\.[\w.-]+)")


def without_personal_data(text: str) -> str:
    """Return the text with personal numbers, telephones and e-mail addresses masked."""
    return MAIL.sub(r"***@\1", NUMBER.sub(r"*********\1", text))


def mask(_logger: Any, _method: str, event: dict) -> dict:
    for name, value in event.items():
        if isinstance(value, str) and name != "timestamp":
            event[name] = without_personal_data(value)
    return event


SHARED: list = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(allow=["status_code"]),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def configure() -> None:
    structlog.configure(
        processors=[
            *SHARED[:3],
            structlog.stdlib.PositionalArgumentsFormatter(),
            *SHARED[4:],
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logging_of(level: str) -> dict:
    """Return the settings of Python's own logging, which libraries use."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    mask,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Its line repeats ours, with the address that may hold what a citizen searched for.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            "procrastinate.blueprints": {"level": "WARNING"},
            "procrastinate.periodic": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},
            "pyhanko": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
        },
    }
