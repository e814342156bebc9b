"""The HTTP server of `serve`: its connections, the bodies it reads, its probes. It knows no route but those."""

from bot.web.listener import ConnectionLimits
from bot.web.readiness import Readiness
from bot.web.server import HttpServer, build_http_app, listening

__all__ = ["ConnectionLimits", "HttpServer", "Readiness", "build_http_app", "listening"]
