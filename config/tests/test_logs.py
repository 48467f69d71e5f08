import io
import json
import logging
import logging.config

import pytest
import structlog

from config.logs import logging_of, without_personal_data


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("số 049190001234 không hợp lệ", "số *********234 không hợp lệ"),
        ("gọi 0905123456 nhé", "gọi *********456 nhé"),
        ("gọi +84905123456 nhé", "gọi *********456 nhé"),
        ("thư tới chau.le+1@tamky.example bị trả", "thư tới ***@tamky.example bị trả"),
        ("hồ sơ H47.01-240423-0001", "hồ sơ H47.01-240423-0001"),
        ("sha256 f00049190001234ab", "sha256 f00049190001234ab"),
        ("500000 đồng, 20000000 byte", "500000 đồng, 20000000 byte"),
    ],
)
def test_personal_data_is_masked(said, kept):
    assert without_personal_data(said) == kept


@pytest.fixture
def lines():
    """The lines that a logger called `log` writes, in the form of the settings."""
    structlog.contextvars.clear_contextvars()
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.config.DictConfigurator({}).configure_formatter(logging_of("INFO")["formatters"]["json"]))
    logger = logging.getLogger("log")
    logger.addHandler(handler)
    logger.setLevel("INFO")
    yield lambda: [json.loads(line) for line in said.getvalue().splitlines()]
    logger.removeHandler(handler)


def test_an_exception_is_logged_without_the_citizens_number(lines):
    try:
        raise ValueError("trùng số 049190001234")
    except ValueError:
        logging.getLogger("log").exception("hỏng")
    (line,) = lines()
    assert line["event"] == "hỏng"
    assert "trùng số *********234" in line["exception"]
    assert "049190001234" not in json.dumps(line)


def test_both_ways_of_logging_give_one_line_of_json(lines):
    logging.getLogger("log").info("xong %s", "việc")
    structlog.get_logger("log").info("xong", count=2)
    assert [{key: line[key] for key in sorted(line) if key != "timestamp"} for line in lines()] == [
        {"event": "xong việc", "level": "info", "logger": "log"},
        {"count": 2, "event": "xong", "level": "info", "logger": "log"},
    ]
