#!/usr/bin/env python3
"""Makes the RSA test vectors of this crate with OpenSSL as the independent second implementation.

Needs Python 3.11 and the `cryptography` package with a bundled OpenSSL of 3.2 or newer (the first release that
answers bad padding with a synthetic message instead of an error):

    python3 -m venv .venv && .venv/bin/pip install cryptography
    .venv/bin/python crates/vault/testdata/generate.py

Writes, beside itself:

  rsa_<bits>.der        the fixed test key (PKCS#8). Made only when absent: a new key changes every digest.
  openssl_<bits>.txt    one line per batch of 100 cases: `<class> <first case> <SHA-256 of the results>`

and checks every line of cfrg_rsa_guidance.txt against the same OpenSSL.

No ciphertext is stored: `src/rsa/tests.rs` derives the same ones. How, exactly:

  stream(class, case, n)  first n bytes of SHA-256(prefix | 0) | SHA-256(prefix | 1) | ..., where
                          prefix = "passwright rsa vectors" | bits as u16 | class as u8 | case as u32, counter u32, big-endian
  random                  ciphertext = stream with the top bit cleared (so it is below the modulus)
  every other class       em = 00 02, then the stream's bytes with each 00 replaced by 5a; then changed as `encoded`
                          says; ciphertext = em^e mod n
  fixed_points            the ciphertexts 0, 1 and n - 1, which every RSA key maps to themselves: one line, three cases
  digest of a batch       SHA-256 over, per case, the result's length as u16 and the result
"""

import hashlib
import pathlib
import struct

from cryptography.hazmat.backends.openssl import backend
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

HERE = pathlib.Path(__file__).resolve().parent
BATCH = 100
CLASSES = [
    "random",  # no structure at all
    "wrong_first_byte",  # 01 02 ...
    "block_type_1",  # 00 01 ...
    "block_type_0",  # 00 00 ...
    "no_separator",  # no 00 after the header
    "zero_in_padding",  # a 00 within the first 8 padding bytes, and a later separator
    "message_too_long",  # the only separator leaves 7 padding bytes or fewer
    "shortest_padding",  # valid: the separator right after 8 padding bytes
    "valid",  # valid: any length
]
# bits -> cases per class
CASES = {2048: 1500, 3072: 200}


def stream(bits, cls, case, n):
    prefix = b"passwright rsa vectors" + struct.pack(">HBI", bits, cls, case)
    blocks = b"".join(hashlib.sha256(prefix + struct.pack(">I", i)).digest() for i in range(n // 32 + 1))
    return bytearray(blocks[:n])


def encoded(bits, cls, case):
    k = bits // 8
    em = stream(bits, cls, case, k)
    name = CLASSES[cls]
    if name == "random":
        em[0] &= 0x7F
        return em
    choice = em[0] << 8 | em[1]
    em = bytearray(0x5A if byte == 0 else byte for byte in em)
    em[0], em[1] = 0, 2
    separator = 10 + choice % (k - 10)
    match name:
        case "wrong_first_byte":
            em[0] = 1
            em[separator] = 0
        case "block_type_1":
            em[1] = 1
            em[separator] = 0
        case "block_type_0":
            em[1] = 0
            em[separator] = 0
        case "no_separator":
            pass
        case "zero_in_padding":
            em[2 + choice % 8] = 0
            em[separator] = 0
        case "message_too_long":
            em[2 + choice % 8] = 0
        case "shortest_padding":
            em[10] = 0
        case "valid":
            em[separator] = 0
    return em


def key(bits):
    path = HERE / f"rsa_{bits}.der"
    if not path.exists():
        made = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        path.write_bytes(made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    return load_der_private_key(path.read_bytes(), None)


def vectors(bits, count):
    private = key(bits)
    numbers = private.public_key().public_numbers()
    lines = []
    for cls, name in enumerate(CLASSES):
        for first in range(0, count, BATCH):
            digest = hashlib.sha256()
            for case in range(first, first + BATCH):
                block = bytes(encoded(bits, cls, case))
                if name == "random":
                    ciphertext = block
                else:
                    power = pow(int.from_bytes(block, "big"), numbers.e, numbers.n)
                    ciphertext = power.to_bytes(bits // 8, "big")
                result = private.decrypt(ciphertext, PKCS1v15())
                digest.update(struct.pack(">H", len(result)) + result)
            lines.append(f"{name} {first} {digest.hexdigest()}\n")
    digest = hashlib.sha256()
    for fixed_point in (0, 1, numbers.n - 1):
        result = private.decrypt(fixed_point.to_bytes(bits // 8, "big"), PKCS1v15())
        digest.update(struct.pack(">H", len(result)) + result)
    lines.append(f"fixed_points 0 {digest.hexdigest()}\n")
    (HERE / f"openssl_{bits}.txt").write_text("".join(lines))


def check_published():
    import base64

    private, checked = None, 0
    for line in (HERE / "cfrg_rsa_guidance.txt").read_text().splitlines():
        match line.split():
            case ["key", _, der]:
                private = load_der_private_key(base64.b64decode(der), None)
            case ["case", _, name, ciphertext, result]:
                want = b"" if result == "-" else base64.b64decode(result)
                got = private.decrypt(base64.b64decode(ciphertext), PKCS1v15())
                assert got == want, name
                checked += 1
    print(f"{checked} published vectors agree")


print(backend.openssl_version_text())
for size, cases in CASES.items():
    vectors(size, cases)
check_published()
