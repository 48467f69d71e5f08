"""Every setting an operator may change, read from the environment or from `.env`.

The operating guide documents each name; a test compares the two.
"""

import os
import sys
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
# What the running installation chose by itself (port, addresses of simulators), so that `manage.py` sees the same.
RUNNING = Path(os.environ.get("TINHSO_VAR", ROOT / "var")) / "running.env"
# Tests choose for themselves: neither an operator's settings nor a running installation may change their outcome.
FILES = () if "pytest" in sys.modules else (RUNNING, ROOT / ".env")


class Env(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TINHSO_", env_file=FILES, extra="ignore")

    # What this installation is.
    province_name: str = "tỉnh Quảng Nam"
    province_code: str = "49"
    province_agency_code: str = "H47"
    site_url: str = "http://127.0.0.1:8000"
    demo: bool = False
    debug: bool = False

    # Secrets: made at first start in `var/secrets.env`, never defaulted in production.
    secret_key: str = ""
    # base64, 32 bytes each; `old` keys still open what they once closed.
    data_key: str = ""
    data_keys_old: str = ""
    index_key: str = ""

    # A session that nobody uses for this long ends.
    idle_minutes: int = 60
    allowed_hosts: str = "127.0.0.1,localhost,[::1]"
    trusted_proxies: str = ""
    var: Path = ROOT / "var"

    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    # The same database as a role that may not change its tables; web and worker use it.
    database_app_url: str = Field(default="", validation_alias="DATABASE_APP_URL")
    database_as: Literal["owner", "app"] = "owner"
    database_pool: int = 8

    # The web server.
    host: str = "127.0.0.1"
    port: int = 8000
    web_workers: int = 2
    web_threads: int = 4

    file_store: Literal["folder", "s3"] = "folder"
    s3_bucket: str = ""
    s3_endpoint: str = ""
    s3_access_key: str = ""
    s3_secret_key: str = ""
    upload_limit_mb: int = 20

    email_url: str = "file://"
    email_from: str = "Cổng dịch vụ công <khong-tra-loi@tinhso.example>"

    # Outside systems. An empty address means: not connected, and the screens say so.
    eid_issuer: str = ""
    eid_client_id: str = "tinhso"
    eid_client_secret: str = ""
    eid_label: str = "tài khoản định danh điện tử"
    eid_scope: str = "openid profile"
    # What level we ask the service for; empty leaves it to the service.
    eid_acr_values: str = ""
    # The claim names of the national e-ID are agreed when an installation is admitted: what we read ← what it sends.
    eid_claims: dict[str, str] = {
        "personal_number": "SoDinhDanh",
        "full_name": "HoVaTen",
        "birth_date": "NgaySinh",
        "phone": "SoDienThoai",
        "email": "ThuDienTu",
        "address": "DiaChi",
        "level": "loAs",
    }
    eid_levels: dict[str, int] = {"LoA1": 1, "LoA2": 2, "1": 1, "2": 2}
    # From this level of assurance on a citizen may file; reading takes level 1.
    eid_level_to_file: int = 2
    national_portal_url: str = ""
    national_portal_username: str = ""
    national_portal_password: str = ""
    national_portal_dstcode: str = ""
    # Which numbers the admitted version of the portal gives to kinds of applicants.
    national_portal_owner_codes: Literal["classic", "newer"] = "newer"
    # The bank of the treasury account: signs its calls with the secret, gives statements at the address.
    bank_callback_secret: str = ""
    bank_url: str = ""
    # Where a demonstration lets one pay without a telephone.
    bank_simulator_url: str = ""
    tsa_url: str = ""
    # Where the services of the demonstration authority are reached; its certificates name this address.
    demo_ca_url: str = ""
    pkcs11_module: str = ""
    pkcs11_token: str = ""
    pkcs11_pin: str = ""

    # Systems may be told of events at addresses inside our own network (and without TLS): for trials on one machine.
    webhooks_to_private: bool = False

    log_level: str = "INFO"


env = Env()
