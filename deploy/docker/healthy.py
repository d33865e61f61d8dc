"""Exits 0 when the server on PORT of this container is ready: the images' health check, which needs no curl.

    python healthy.py PORT

It speaks to loopback without urllib, which would ask a proxy that the environment names.
"""

import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=3)
try:
    connection.request("GET", "/health/ready")
    sys.exit(connection.getresponse().status != http.client.OK)
except OSError as error:
    sys.exit(f"no answer: {error}")
