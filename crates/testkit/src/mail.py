# A mail server that keeps what it is given: one JSON line for each mail, read by Python's own mail parser.
import base64, email, email.policy, json, ssl, sys
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

port, mode, cert, key, user, password, output = sys.argv[1:]


class Keep:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if 'bounce' in address:
            return '550 no such mailbox'
        if 'later' in address:
            return '451 try again'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: (lambda found: found.get_content() if found else None)(mail.get_body((kind,)))
        line = {
            'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'subject': mail['subject'],
            'encrypted': mode == 'implicit' or session.ssl is not None,
            'user': session.auth_data and base64.b64encode(session.auth_data.login).decode(),
            'headers': [[name, str(value)] for name, value in mail.items()],
            'text': part('plain'), 'html': part('html'),
        }
        with open(output, 'a') as file:
            file.write(json.dumps(line) + '\n')
        return '250 kept'


def signs_in(server, session, envelope, mechanism, given):
    right = given.login.decode() == user and given.password.decode() == password
    return AuthResult(success=right, handled=True, auth_data=given) if right else AuthResult(success=False, handled=False)


context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
if mode != 'plain':
    context.load_cert_chain(cert, key)
options = {'hostname': '127.0.0.1', 'port': int(port), 'enable_SMTPUTF8': True}
if user:
    options.update(authenticator=signs_in, auth_required=True, auth_require_tls=mode == 'starttls')
if mode == 'starttls':
    options.update(tls_context=context, require_starttls=True)
elif mode == 'implicit':
    options.update(ssl_context=context)
controller = Controller(Keep(), **options)
controller.start()
sys.stdin.read()
controller.stop()
