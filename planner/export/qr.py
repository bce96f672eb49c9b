"""Draws a text as a QR code."""

from __future__ import annotations

import io

import segno

QUIET_MODULES = 4  # of white around it, which the standard asks for


def qr_svg(text: str) -> str:
    """Return an SVG drawing, black on white, of the least size for its text at error correction M."""
    buffer = io.BytesIO()
    code = segno.make_qr(text, error="m", boost_error=False)
    code.save(buffer, kind="svg", border=QUIET_MODULES, light="#fff", xmldecl=False, omitsize=True, nl=False)
    return buffer.getvalue().decode("ascii")
