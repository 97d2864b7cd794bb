"""What is the same wherever WARSA runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from tenants.observing.log_settings import configuration
from warsa.settings import env

ROOT = Path(__file__).resolve().parents[3]

DEBUG = False
SECRET_KEY = env.text("WARSA_SECRET_KEY")
BASE_HOST = env.text("WARSA_BASE_HOST", "localhost").lower()
SITE_SCHEME = "https"
SITE_PORT_SUFFIX = ""
# The registry is the list of allowed hosts: SiteMiddleware lets no other in.
ALLOWED_HOSTS = ["*"]
USE_X_FORWARDED_HOST = False

# Ours first: their translations and templates come before Django's own.
_IN_BOTH = [
    "tenants.identity",
    "tenants.outbox",
    "tenants.audit",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "allauth.account",
]
SHARED_APPS = [
    "django_tenants",
    "tenants",
    "tenants.backup",
    "tenants.fleet",
    "tenants.lifecycle",
    "shared_apps.regions",
    "shared_apps.onboarding",
    "shared_apps.operations",
    "shared_apps.support",
    "shared_apps.care",
    "shared_apps.archives",
    "shared_apps.leak_probe",
    "shared_apps.canary",
    "shared_apps.supplier_catalog",
    "shared_apps.price_lists",
    "shared_apps.exchange",
    "shared_apps.billing",
    *_IN_BOTH,
]
TENANT_APPS = [
    *_IN_BOTH,
    "tenant_apps.accounts",
    "tenant_apps.satker",
    "tenant_apps.warungs",
    "tenant_apps.catalog",
    "tenant_apps.pricing",
    "tenant_apps.stock",
    "tenant_apps.ledger",
    "tenant_apps.notifications",
    "tenant_apps.privacy",
    "tenant_apps.payments",
    "tenant_apps.suppliers",
    "tenant_apps.procurement",
    "tenant_apps.orders",
    "tenant_apps.pos",
    "tenant_apps.fresh_buying",
    "tenant_apps.bank_sampah",
    "tenant_apps.agent_banking",
    "tenant_apps.api",
]
INSTALLED_APPS = [
    "warsa.ui",
    *SHARED_APPS,
    *[app for app in TENANT_APPS if app not in SHARED_APPS],
    "tenant_apps.region_setup",
    "tenant_apps.canary_trade",
    "warsa",
    "allauth",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "lucide",
    "rest_framework",
    "drf_spectacular",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
TENANT_MODEL = "tenants.Region"
TENANT_DOMAIN_MODEL = "tenants.Domain"
AUTH_USER_MODEL = "identity.User"
DATABASES: dict[str, dict[str, Any]] = {
    "default": {**env.database("WARSA_DATABASE_URL"), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
}
DATABASE_ROUTERS = ["tenants.routers.RegionGuard", "django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOT_URLCONF = "warsa.urls_region"
PUBLIC_SCHEMA_URLCONF = "warsa.urls_platform"
# What our own servers ask each other, at names that no visitor uses (such as "web" inside a network of containers).
INTERNAL_URLCONF = "warsa.urls_internal"
INTERNAL_HOSTS = frozenset(host.lower() for host in env.words("WARSA_INTERNAL_HOSTS"))
# Networks from which the proxy asks whether a host may have a certificate.
TLS_ASKERS = env.words("WARSA_TLS_ASKERS", "127.0.0.0/8 ::1/128")
# Who is asked for TXT records: addresses, with another port as 127.0.0.1@5353; empty for those of the machine.
DNS_RESOLVERS = env.words("WARSA_DNS_RESOLVERS")
# Only for trials on one machine: a region's own host may end in .test.
OWN_HOSTS_MAY_BE_LOCAL = False
WSGI_APPLICATION = "warsa.wsgi.application"
MIDDLEWARE = [
    "tenants.proxies.ProxyMiddleware",
    "tenants.observing.middleware.ObservingMiddleware",
    "tenants.middleware.SiteMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "warsa.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenant_apps.accounts.access.MemberMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenant_apps.accounts.support.SupportMiddleware",
    "tenants.access.AudienceMiddleware",
    "shared_apps.operations.middleware.OperatorAuditMiddleware",
    "tenants.read_only.ReadOnlyMiddleware",
    "tenants.middleware.DomainErrorMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django_cotton.cotton_loader.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "warsa.ui.context.shell",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "warsa.ui.templatetags.warsa",
            ],
        },
    }
]

# A component sees what it is given and what every page has, not the page's own names.
COTTON_ISOLATE_BY_DEFAULT = True

SESSION_ENGINE = "tenants.sessions"
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["tenants.identity.backends.AddressBackend"]
ACCOUNT_ADAPTER = "tenants.identity.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
# allauth wants the address that it verifies to be a required field; our own form asks for it or for a number.
ACCOUNT_SIGNUP_FIELDS = ["phone", "email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# By code only, for a code lives in its own session: allauth's mailed links are not signed for a region.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
# The code for a new password opens an account alone, without a password beside it.
ACCOUNT_PASSWORD_RESET_BY_CODE_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 8}
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "tenants.identity.forms.SignInForm",
    "signup": "tenants.identity.forms.SignUpForm",
    "change_password": "tenants.identity.forms.ChangePasswordForm",
    "reset_password": "tenants.identity.forms.ForgottenPasswordForm",
    "confirm_password_reset_code": "tenants.identity.forms.ResetCodeForm",
    "reset_password_from_key": "tenants.identity.forms.NewPasswordForm",
    "verify_phone": "tenants.identity.forms.PhoneCodeForm",
    "confirm_email_verification_code": "tenants.identity.forms.EmailCodeForm",
}
# Phones of a whole kecamatan share one network address, so limits name the person ("key", "user"); those by address are
# brakes that only a machine reaches.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "5/10m/key",
    "signup": "200/m/ip",
    "reset_password": "5/h/key,600/h/ip",
    "reset_password_from_key": "600/m/ip",
    "verify_phone": "1/15s/key,5/h/key,600/h/ip",
    "confirm_email": "1/10s/key,10/h/key",
    "change_password": "5/m/user",
    "change_phone": "10/h/user",
    "manage_email": "10/h/user",
    "reauthenticate": "5/10m/user",
    "invitation": "20/h/key",
}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Jakarta"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("WARSA_STATIC_ROOT", str(ROOT / "staticfiles")))
MEDIA_ROOT = Path(env.text("WARSA_MEDIA_ROOT", str(ROOT / ".run" / "media")))
# Archives that admins of regions fetch; never below MEDIA_ROOT, and shared by web and workers as that is.
ARCHIVES_ROOT = Path(env.text("WARSA_ARCHIVES_ROOT", str(MEDIA_ROOT.parent / "archives")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

CELERY_BROKER_URL = env.text("WARSA_BROKER_URL")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_TIMEZONE = "UTC"
# Work of the platform waits here, work of regions in lanes; a worker without -Q serves them all, in turn.
CELERY_TASK_DEFAULT_QUEUE = "celery"
TASK_LANES = 32
CELERY_TASK_QUEUES = [Queue(CELERY_TASK_DEFAULT_QUEUE), *(Queue(f"region.{number:02}") for number in range(TASK_LANES))]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False

CACHES = {
    "default": {
        "BACKEND": "tenants.cache.RegionCache",
        "LOCATION": env.text("WARSA_CACHE_URL"),
        "KEY_PREFIX": "warsa",
        "KEY_FUNCTION": "tenants.cache.region_key",
        # Pages do without a cache that hangs; they must not wait for it.
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
}

EMAIL_HOST = env.text("WARSA_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = env.number("WARSA_SMTP_PORT", 25)
EMAIL_HOST_USER = env.text("WARSA_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("WARSA_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.flag("WARSA_SMTP_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("WARSA_MAIL_FROM", f"WARSA <noreply@{BASE_HOST}>")
SMS_GATEWAY = env.text("WARSA_SMS_GATEWAY", "tenants.outbox.mail.MailSmsGateway")

# A verified mail address that ends in .go.id may stand for the institution's own word.
ONBOARDING_AUTO_APPROVE_GOV_MAIL = env.flag("WARSA_AUTO_APPROVE_GOV_MAIL", False)
# Seconds that each step of building a region waits, so that a trial can kill the worker in it.
PROVISIONING_PAUSE = 0.0
# Regions that are restored for a trial each night.
DRILL_REGIONS = env.number("WARSA_DRILL_REGIONS", 3)
# Of each region's nightly archives stay the last of so many days and of so many weeks; so many are made at a time.
ARCHIVE_DAYS = env.number("WARSA_ARCHIVE_DAYS", 7)
ARCHIVE_WEEKS = env.number("WARSA_ARCHIVE_WEEKS", 4)
ARCHIVE_LANES = env.number("WARSA_ARCHIVE_LANES", 2)
# The short name of the region in which a small trade is tried every quarter of an hour; empty for none.
CANARY_REGION = env.text("WARSA_CANARY_REGION", "")
# At which address workers reach the web to look for leaks between regions; empty for not looking.
PROBE_URL = env.text("WARSA_PROBE_URL", "")
# Threads of one web process, as its server is told: half of them are one region's at most while others come too.
WEB_THREADS = env.number("WARSA_WEB_THREADS", 4)
# Blank schemas of the present version that wait for a region, and how many of them one round of replenishing may build.
POOL_SIZE = env.number("WARSA_POOL_SIZE", 3)
POOL_BUILDS_PER_ROUND = 5
# A back end of PostgreSQL keeps about 1.4 MB for every schema that it has touched, so connections end after this many.
REGIONS_PER_CONNECTION = env.number("WARSA_REGIONS_PER_CONNECTION", 200)
# What telephone numbers and NIK are sealed with: the newest first, then those that `warsa reseal` has not replaced yet.
# Without it the secret above serves.
PERSONAL_KEYS = env.words("WARSA_PERSONAL_KEYS")
# What two installations share so that each can check the other's archives of regions; empty where archives stay at home.
REGION_ARCHIVE_KEY = env.text("WARSA_ARCHIVE_KEY", "")
# Where the embedded mailbox keeps mail; empty where mail leaves the machine.
MAILBOX_DIR = ""
# The gallery of components at /ui/ of the platform.
SHOW_GALLERY = False

# Whose QRIS money a region's Midtrans account takes: "<public id of the region>=<server key> …".
MIDTRANS_SERVER_KEYS = env.pairs("WARSA_MIDTRANS_SERVER_KEYS")
MIDTRANS_URL = env.text("WARSA_MIDTRANS_URL", "https://api.midtrans.com")

# Who issues invoices to regions and their sponsors, and the account that they pay to.
BILLING_SELLER = {
    "name": env.text("WARSA_BILLING_NAME", ""),
    "npwp": env.text("WARSA_BILLING_NPWP", ""),
    "address": env.text("WARSA_BILLING_ADDRESS", ""),
    "bank": env.text("WARSA_BILLING_BANK", ""),
    "account": env.text("WARSA_BILLING_ACCOUNT", ""),
    "holder": env.text("WARSA_BILLING_HOLDER", ""),
}

# Stripe, for regions and sponsors that pay by card; without a key that way is closed. Another address than Stripe's own is
# for the stand-in. Secrets of the webhook: the newest first, then those that Stripe may still sign with.
STRIPE_KEY = env.text("WARSA_STRIPE_KEY", "")
STRIPE_URL = env.text("WARSA_STRIPE_URL", "")
STRIPE_WEBHOOK_SECRETS = env.words("WARSA_STRIPE_WEBHOOK_SECRET")

# Only for trials on one machine: price lists may be pulled from this machine, and without TLS.
PRICE_FEEDS_ALLOW_LOOPBACK = False

# Android apps that show a region's site: "<host>=<package>,<SHA-256 of the signing certificate>,<day from which it counts> …".
ANDROID_APPS = env.android_apps("WARSA_ANDROID_APPS")

# `tenant_apps.api.endpoint.Endpoint` says the rest; a view that forgets it is closed.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "WARSA",
    "DESCRIPTION": "API version 1 of a region: what its pages do for citizens and owners, for programs.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    # Choices stand where they are used; names made up for them would change with each new field.
    "POSTPROCESSING_HOOKS": [],
    "PATH_CONVERTER_OVERRIDES": {
        "api_number": {"type": "string", "pattern": "^[0-9A-Za-z]{6}$"},
        "slug": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []

# Suppliers' programmes are called over HTTPS on the open internet; this lets them run on this machine as well, over HTTP.
CONNECTORS_ON_LOOPBACK = env.flag("WARSA_CONNECTORS_ON_LOOPBACK", False)

LOGGING = configuration(as_json=False)
# How many proxies of ours stand in front: theirs are the last addresses of X-Forwarded-For, X-Request-ID and the trace.
PROXIES = env.number("WARSA_PROXIES", 0)
# Where traces go by OTLP/HTTP; empty for nowhere.
OTLP_URL = env.text("WARSA_OTLP_URL", "")
# By what name this process stands in traces.
SERVICE = env.text("WARSA_SERVICE", "warsa")
# Where failures are reported to; empty for nowhere.
SENTRY_DSN = env.text("WARSA_SENTRY_DSN", "")
# What this release is called in reports.
RELEASE = env.text("WARSA_RELEASE", "")

# Where the backups of the whole cluster lie, for `warsa metrics` to tell their age; empty where it may not see them.
BACKUP_BASES = env.text("WARSA_BACKUP_BASES", "")
BACKUP_WAL = env.text("WARSA_BACKUP_WAL", "")
