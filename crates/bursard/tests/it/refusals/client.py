"""Sends a file that is refused, by the library that is named, and prints the status of the answer."""

import sys
from urllib.parse import urlsplit

library, url, path, authority = sys.argv[1:]
headers = {"Authorization": "Bearer nonsense", "Content-Type": "text/csv"}

if library == "requests":
    import requests

    with open(path, "rb") as body:
        print(requests.post(url, data=body, headers=headers, verify=authority).status_code)
elif library in ("httpx-h1", "httpx-h2"):
    import os

    import httpx

    headers["Content-Length"] = str(os.path.getsize(path))
    with httpx.Client(http2=library == "httpx-h2", verify=authority, timeout=600) as client:
        with open(path, "rb") as body:
            answer = client.post(url, content=body, headers=headers)
    print(answer.status_code, answer.http_version)
elif library == "http.client":
    import http.client
    import os
    import ssl

    where = urlsplit(url)
    tls = ssl.create_default_context(cafile=authority)
    connection = http.client.HTTPSConnection(where.hostname, where.port, context=tls)
    headers["Content-Length"] = str(os.path.getsize(path))
    with open(path, "rb") as body:
        connection.request("POST", where.path, body=body, headers=headers)
    print(connection.getresponse().status)
elif library == "urllib":
    import os
    import ssl
    import urllib.error
    import urllib.request

    headers["Content-Length"] = str(os.path.getsize(path))
    tls = ssl.create_default_context(cafile=authority)
    with open(path, "rb") as body:
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        try:
            print(urllib.request.urlopen(request, context=tls).status)
        except urllib.error.HTTPError as refusal:
            print(refusal.code)
