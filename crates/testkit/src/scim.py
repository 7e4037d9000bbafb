# scim2-server behind TLS, with users u0, u1 and so on, and two doors that its own command lacks: a page behind HTTP Basic
# and an OAuth2 token endpoint with the password grant. Both compare with what the server has stored.
import base64, json, ssl, sys, threading, urllib.parse
from io import BytesIO
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.util import setup_testing_defaults
from scim2_models import ScimProvider, ServiceProviderConfig
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import load_default_resource_types, load_default_schemas, load_default_service_provider_config

port, cert, key, token, users, first_password, without = sys.argv[1:]
announced = load_default_service_provider_config()
for feature in filter(None, without.split(',')):
    setattr(getattr(announced, feature), 'supported', False)
provider = ScimProvider.from_discovery(
    load_default_schemas().values(), load_default_resource_types().values(), config=announced)
storage = InMemoryStorage()
scim = BearerTokenApplication(storage, provider, service=ScimService(provider, secret='not-used'), bearer_tokens=[token])


def signs_in(name, password):
    return any(user.user_name == name and user.password == password and user.active for user in storage.resources)


def answer(start, status, body, **headers):
    start(status, [('Content-Type', 'application/json'), *((k.replace('_', '-'), v) for k, v in headers.items())])
    return [json.dumps(body).encode()]


def application(environ, start):
    path = environ['PATH_INFO']
    if path == '/page':
        kind, _, given = environ.get('HTTP_AUTHORIZATION', '').partition(' ')
        name, _, password = base64.b64decode(given).decode().partition(':') if kind == 'Basic' else ('', '', '')
        if signs_in(name, password):
            return answer(start, '200 OK', {'hello': name})
        return answer(start, '401 Unauthorized', {}, WWW_Authenticate='Basic realm="page"')
    if path == '/open':
        return answer(start, '200 OK', {'hello': 'anybody'})
    if path == '/token':
        text = environ['wsgi.input'].read(int(environ['CONTENT_LENGTH'])).decode()
        form = dict(urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=True))
        if form['client_id'] != 'passwright':
            return answer(start, '401 Unauthorized', {'error': 'invalid_client'})
        if form['grant_type'] == 'password' and signs_in(form['username'], form['password']):
            return answer(start, '200 OK', {'access_token': 'x', 'token_type': 'Bearer'})
        return answer(start, '400 Bad Request', {'error': 'invalid_grant'})
    return scim(environ, start)


def create(number):
    body = json.dumps({
        'schemas': ['urn:ietf:params:scim:schemas:core:2.0:User'], 'userName': f'u{number}', 'externalId': f'e-{number}',
        'displayName': f'User {number}', 'active': True, 'password': first_password,
        'emails': [{'value': f'u{number}@acme.com', 'primary': True}],
    }).encode()
    environ = {
        'REQUEST_METHOD': 'POST', 'PATH_INFO': '/v2/Users', 'CONTENT_LENGTH': str(len(body)), 'wsgi.input': BytesIO(body),
        'CONTENT_TYPE': 'application/scim+json', 'HTTP_AUTHORIZATION': f'Bearer {token}',
    }
    setup_testing_defaults(environ)
    given = []
    list(scim(environ, lambda status, headers: given.append(status)))
    assert given[0].startswith('201'), given


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


for number in range(int(users)):
    create(number)
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(cert, key)
server = make_server('127.0.0.1', int(port), application, server_class=Server, handler_class=Quiet)
# The handshake belongs to a connection's own thread: a client that waits must not stop the others.
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
