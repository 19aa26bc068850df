"""An SMTP server by aiosmtpd that prints its port, then each letter it takes as a line of JSON.

Arguments: how it is spoken to (none, starttls or tls), and a certificate and its key for the latter two. With
TLS it asks for the user bursar and the password hunter2. An address of refused.example is none of its own.
"""

import json
import ssl
import sys
import time
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

mode = sys.argv[1]


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.endswith("@refused.example"):
            return "550 no such user"
        if address.endswith("@later.example"):
            return "451 try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content, policy=default)
        letter = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            # The session knows of STARTTLS only; the transport knows of TLS from the first byte as well.
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "user": session.auth_data,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "body": message.get_content(),
        }
        print(json.dumps(letter), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    is_known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"bursar", b"hunter2")
    return AuthResult(success=is_known, auth_data="bursar" if is_known else None, handled=is_known)


arguments = {"hostname": "127.0.0.1", "port": 0}
if mode != "none":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    arguments |= {"authenticator": authenticate, "auth_required": True}
    if mode == "tls":
        arguments |= {"ssl_context": context, "auth_require_tls": False}
    else:
        arguments |= {"tls_context": context, "require_starttls": True}


class AnyPort(Controller):
    """The controller of aiosmtpd connects to its port to see whether it is there: here the system chooses it."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


controller = AnyPort(Handler(), **arguments)
controller.start()
print(controller.port, flush=True)
while sys.stdin.read(1):
    time.sleep(0)
