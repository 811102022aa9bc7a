"""The headers of every answer: what a browser may load, keep and tell others."""

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",  # Bootstrap's select has its arrow as a data address in the style sheet
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""The Content-Security-Policy. There is no script at all, neither ours nor anybody's."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def protect(app: Flask, https: bool) -> None:
    """Give every answer of an application its headers, and its cookies their flags.

    https says whether the hub is reached by https only; only then may cookies and browsers insist on it.
    """
    app.config.update(
        SESSION_COOKIE_NAME="cerchio",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
    )

    @app.after_request
    def add_headers(response: Response) -> Response:
        if "Authorization" in request.headers and response.status_code < 400:
            # No browser sends a key of its own accord, so nobody looks at this as a page.
            return response
        response.headers.update(_HEADERS)
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint not in STATIC:
            # Pages hold what customers wrote, and the computer in a shop's back room has many users.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


STATIC = ("web.static", "bootstrap.static")
"""The endpoints of files that are the same for everybody."""
