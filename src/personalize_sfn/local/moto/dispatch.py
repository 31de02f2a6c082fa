"""Which of moto's services answers a request; none at all is said by name, not answered by S3."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from moto.backend_index import backend_url_patterns
from moto.backends import list_of_moto_modules
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from personalize_sfn.local.moto.outside import wall_off

__all__ = ["SERVICE", "Dispatcher", "NotHereError"]

SERVICE = "personalize_sfn.service"
"""Key of the WSGI environment under which the gateway says the signing name of the request."""
_S3 = ("s3", "s3bucket_path")
# APIs under the signing name of another one that is here, by the target header or the path of a CBOR request.
_OTHER_APIS = ("AWSEventsV2", "MailManagerSvc", "KinesisAnalytics_20150814")


@lru_cache(maxsize=1024)
def _backend_for(host: str | None) -> str | None:
    """Remembered: moto reads its own folder and tries hundreds of patterns for each request."""
    if host is None or host == "moto_api" or host in list_of_moto_modules():
        return host
    url = f"http://{host}"
    return next((backend for backend, pattern in backend_url_patterns if pattern.match(url)), None)


class NotHereError(Exception):
    """Nothing here answers for this service; the message says why."""


class Dispatcher(DomainDispatcherApplication):  # type: ignore[misc, unused-ignore]  # moto is not typed
    """moto's own dispatcher, which takes whatever it does not know for S3."""

    def get_backend_for_host(self, host: str | None) -> Any:
        return _backend_for(host)

    def infer_service_region_host(self, environ: dict[str, Any], path: str) -> str | None:
        named = (environ.get("HTTP_X_AMZ_TARGET", "").partition(".")[0], *environ.get("PATH_INFO", "").split("/")[2:3])
        if not set(_OTHER_APIS).isdisjoint(named):
            raise NotHereError("another service of that name is")
        try:
            host: str | None = super().infer_service_region_host(environ, path)
        except KeyError as error:  # a header that tells services of one name apart
            raise NotHereError("the request does not say which version of the API it is for") from error
        of_s3 = environ.get(SERVICE, "") in ("", "s3")
        if host is None and of_s3:
            return None
        backend = self.get_backend_for_host(host)
        if backend is None or (backend in _S3 and not of_s3):
            raise NotHereError("it is not part of it")
        return host

    def get_application(self, environ: dict[str, Any]) -> Any:
        """As moto's, but never by the path alone: that leads past the signature, to its reset and to made-up keys."""
        host = self.infer_service_region_host(environ, environ.get("PATH_INFO", ""))
        try:
            with self.lock:
                backend = self.get_backend_for_host(host or "s3.us-east-1.amazonaws.com")
                if backend not in self.app_instances:
                    self.app_instances[backend] = self.create_app(backend)
                wall_off()
                return self.app_instances[backend]
        except ImportError as error:
            raise NotHereError(f"what would answer for it needs the package {error.name}") from error
