#!/usr/bin/env python3
"""Sends one file with Python's standard library (3.8 or newer), streaming it.

    BURSAR_URL=https://api-uksouth.apfnxg.com BURSAR_CUSTOMER=acme BURSAR_TYPE=APT \\
    BURSAR_TOKEN_FILE=token.txt python3 upload.py invoices_20261123.csv

BURSAR_UNIT     the unit, when it is not the customer's own name
BURSAR_CA_FILE  a certificate (PEM) to trust besides the operating system's

Ends with 0 when the server answered 201, with 1 when it did not, with 2 when something is missing.
"""

import http.client
import io
import os
import re
import ssl
import sys
import time
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 120
# The wait for the server to say that it wants the file; a proxy may know nothing of that.
CONTINUE_SECONDS = 5
# What a copied token has round it: line ends, blanks, a byte order mark; and the zeros of UTF-16, which > of
# Windows PowerShell 5.1 writes.
ROUND_A_TOKEN = b"\0\r\n\t \xef\xbb\xbf\xfe\xff"


def setting(name, default=None):
    value = os.environ.get(name) or default
    if value is None:
        print(f"{name} is not set", file=sys.stderr)
        raise SystemExit(2)
    return value


def token():
    path = setting("BURSAR_TOKEN_FILE")
    with open(path, "rb") as file:
        text = file.read().translate(None, ROUND_A_TOKEN).decode("ascii", "replace")
    if not re.fullmatch("[!-~]+", text):
        print(f"not sent: {path} does not hold an access token alone, as plain text", file=sys.stderr)
        raise SystemExit(2)
    return text


def upload_name(path):
    """The name people see: no blanks, no special characters, a timestamp, the extension at the end."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", os.path.basename(path))
    if re.search(r"20\d\d[01]\d[0-3]\d", name):
        return name
    stem, extension = os.path.splitext(name)
    return stem + time.strftime("_%Y%m%dT%H%M%SZ", time.gmtime()) + extension


class Received:
    """A connection of which all has been received, as the answer's parser wants it."""

    def __init__(self, received):
        self.received = received

    def makefile(self, _mode):
        return io.BytesIO(self.received)


def refused_early(connection):
    """The answer of a server that does not want the file; None when it does, or says nothing."""
    received = b""
    connection.sock.settimeout(CONTINUE_SECONDS)
    try:
        while b"\r\n\r\n" not in received:
            piece = connection.sock.recv(65536)
            if not piece:
                break
            received += piece
    except OSError:
        return None  # No word yet: the file is sent, and the answer read behind it.
    finally:
        connection.sock.settimeout(TIMEOUT_SECONDS)
    if received.split(b" ")[1:2] == [b"100"]:
        return None
    # A server may wait a while before it closes: what the answer says of its length ends it.
    head, _, _ = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length: *([0-9]+)", head)
    whole = len(head) + 4 + int(length[1]) if length else float("inf")
    while len(received) < whole and (piece := connection.sock.recv(65536)):
        received += piece
    answer = http.client.HTTPResponse(Received(received), method="POST")
    answer.begin()
    return answer


def main():
    if len(sys.argv) != 2:
        print("usage: upload.py FILE", file=sys.stderr)
        return 2
    path = sys.argv[1]
    customer = setting("BURSAR_CUSTOMER")
    unit = setting("BURSAR_UNIT", customer)
    server = urlsplit(setting("BURSAR_URL"))
    if server.scheme != "https":
        print("BURSAR_URL must begin with https://", file=sys.stderr)
        return 2

    tls = ssl.create_default_context()
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    if os.environ.get("BURSAR_CA_FILE"):
        tls.load_verify_locations(os.environ["BURSAR_CA_FILE"])

    connection = http.client.HTTPSConnection(
        server.hostname, server.port or 443, timeout=TIMEOUT_SECONDS, context=tls
    )
    where = (
        f"/customers/{customer}/units/{unit}/Uploads/upload/"
        f"{setting('BURSAR_TYPE')}/{upload_name(path)}"
    )
    headers = {
        "Authorization": f"Bearer {token()}",
        "Content-Type": "text/csv",
        "Content-Length": str(os.path.getsize(path)),
        # A refusal comes before the file is sent, and not behind it.
        "Expect": "100-continue",
    }
    connection.putrequest("POST", where)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = refused_early(connection)
    if answer is None:
        with open(path, "rb") as body:
            try:
                while piece := body.read(65536):
                    connection.send(piece)
            except (BrokenPipeError, ConnectionResetError):
                pass  # The server may have refused meanwhile; its answer is read below.
        answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")

    print(text)
    if answer.status != 201:
        print(
            f"not sent: the server answered {answer.status}; "
            "only 201 means that the file was received",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, http.client.HTTPException) as fault:
        print(f"not sent: {fault}", file=sys.stderr)
        sys.exit(1)
