"""The same as run.py, against the service on a PostgreSQL database: a cluster and a service of their own, which end with the run.

Needs CONFORMANCE_PROGRAM, the program `passwright`, and PostgreSQL's programs. Run by `cargo xtask test --only openapi-postgres`.
"""

import contextlib
import os
import pathlib
import pwd
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

HERE = pathlib.Path(__file__).resolve().parent
READY_WITHIN = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def postgres_programs():
    """The folder of the newest server's programs."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        sys.exit("no PostgreSQL server in /usr/lib/postgresql")
    return found[-1].parent


def unprivileged():
    """The server refuses to run as root; then it runs as the account that its package made."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def ending(process, how):
    """Ends our own child at the end."""
    try:
        yield process
    finally:
        process.send_signal(how)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until(what, ask):
    deadline = time.monotonic() + READY_WITHIN
    while not ask():
        if time.monotonic() > deadline:
            sys.exit(f"{what}: not within {READY_WITHIN} s")
        time.sleep(0.2)


@contextlib.contextmanager
def database(folder):
    """The URL of a database in a cluster of its own."""
    programs, account, port = postgres_programs(), unprivileged(), free_port()
    home = folder / "postgres"
    home.mkdir()
    if account:
        os.chown(home, account["user"], account["group"])
        folder.chmod(0o755)
    initdb = [programs / "initdb", "-D", home / "data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "-N"]
    subprocess.run(initdb, check=True, cwd="/", stdout=subprocess.DEVNULL, **account)
    command = [programs / "postgres", "-D", home / "data", "-p", str(port), "-h", "127.0.0.1", "-k", home]
    with open(folder / "postgres.log", "wb") as log:
        server = subprocess.Popen(command, cwd="/", stdout=log, stderr=log, **account)
    with ending(server, signal.SIGINT):
        ready = [programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-q"]
        until("PostgreSQL", lambda: subprocess.run(ready, check=False).returncode == 0)
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"


def settings(folder, url, port):
    """The configuration file, the set-up document, and the variables that the run is given."""
    base = f"http://127.0.0.1:{port}"
    (folder / "config.toml").write_text(
        f'[server]\nlisten = "127.0.0.1:{port}"\npublic_url = "{base}"\n'
        f'[database]\nurl = "{url}"\nmigrate_on_start = true\n'
        f'[keys]\nroot_key_file = "{folder}/root.key"\nepoch_key_file = "{folder}/epoch.key"\n'
    )
    (folder / "users.htpasswd").write_text("")
    variables = {"SAIL_BASE_URL": base}
    document = (
        '[[source]]\nname = "Intranet"\n'
        f'connector = {{ kind = "htpasswd", path = "{folder}/users.htpasswd" }}\n'
        '[[identity]]\nalias = "Olga.Admin"\nlevels = ["ORG_ADMIN"]\n'
        '[[identity]]\nalias = "Abby.Smith"\n'
        '[[identity.account]]\nsource = "Intranet"\nnative_identity = "abby"\n'
        '[[application]]\nname = "Wiki"\nsource = "Intranet"\n'
        '[[password_group]]\nname = "All"\nsources = ["Intranet"]\n'
        '[[security_question]]\nid = "school"\ntext = "Your first school?"\n'
    )
    grants = (
        ("api_client", "SAIL_CLIENT", str(uuid.uuid4()), 'name = "client"\n'),
        ("api_client", "PASSWRIGHT_BULK_CLIENT", str(uuid.uuid4()), 'name = "bulk"\n'),
        ("personal_access_token", "PASSWRIGHT_ADMIN_PAT", uuid.uuid4().hex, 'owner = "Olga.Admin"\nname = "token"\nexpires = 2099-01-01\n'),
    )
    for kind, variable, name, more in grants:
        secret = secrets.token_hex(32)
        file = folder / f"{variable}.secret"
        file.write_text(secret)
        file.chmod(0o600)
        document += f'[[{kind}]]\nid = "{name}"\nsecret_file = "{file}"\n{more}'
        variables[f"{variable}_ID"], variables[f"{variable}_SECRET"] = name, secret
    (folder / "setup.toml").write_text(document)
    return variables


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def main():
    program = os.environ["CONFORMANCE_PROGRAM"]
    with tempfile.TemporaryDirectory(prefix="passwright-openapi-") as name:
        folder = pathlib.Path(name)
        with database(folder) as url:
            port = free_port()
            variables = settings(folder, url, port)
            config = ["--config", str(folder / "config.toml")]
            for command in (["migrate"], ["apply", str(folder / "setup.toml")]):
                subprocess.run([program, *command, *config], check=True)
            log_file = folder / "service.log"
            with open(log_file, "wb") as log:
                service = subprocess.Popen([program, "serve", *config], stdout=log, stderr=log)
            with ending(service, signal.SIGTERM):
                until("the service", lambda: service.poll() is not None or answers(f"{variables['SAIL_BASE_URL']}/readyz"))
                if service.poll() is not None:
                    sys.exit(f"the service ended:\n{log_file.read_text()}")
                with urllib.request.urlopen(f"{variables['SAIL_BASE_URL']}/readyz", timeout=5) as ready:
                    said = ready.read().decode()
                print(f"the service is on PostgreSQL: {said}")
                if "postgres" not in said.lower():
                    sys.exit("the service is not on PostgreSQL")
                ran = subprocess.run([sys.executable, "-u", HERE / "run.py"], env={**os.environ, **variables}, check=False)
                if ran.returncode:
                    print("--- the service's log, last lines ---")
                    print("\n".join(log_file.read_text(errors="replace").splitlines()[-60:]))
                sys.exit(ran.returncode)


if __name__ == "__main__":
    main()
