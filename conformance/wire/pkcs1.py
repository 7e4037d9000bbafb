"""RSA with PKCS#1 v1.5 padding (RFC 8017, 7.2.1) in the standard library, as a second voice beside `cryptography`.

For test passwords only: Python's integers are not constant-time.
"""

import base64
import secrets


def public_numbers(public_key):
    """(modulus, exponent) of a base64 DER SubjectPublicKeyInfo."""
    _, outer, _ = _element(base64.b64decode(public_key, validate=True), 0x30)
    _, _, rest = _element(outer, 0x30)
    _, bits, rest = _element(rest, 0x03)
    if rest or bits[:1] != b"\0":
        raise ValueError("not a SubjectPublicKeyInfo of a key")
    _, numbers, _ = _element(bits[1:], 0x30)
    _, modulus, numbers = _element(numbers, 0x02)
    _, exponent, _ = _element(numbers, 0x02)
    return int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big")


def encrypt(password, public_key):
    """The ciphertext of the UTF-8 bytes."""
    modulus, exponent = public_numbers(public_key)
    size = (modulus.bit_length() + 7) // 8
    message = password.encode()
    filling = bytes(secrets.choice(range(1, 256)) for _ in range(size - 3 - len(message)))
    if len(filling) < 8:
        raise ValueError("the password is too long for this key")
    block = b"\0\x02" + filling + b"\0" + message
    return pow(int.from_bytes(block, "big"), exponent, modulus).to_bytes(size, "big")


def _element(data, tag):
    """(tag, content, what follows) of one DER element."""
    if data[0] != tag:
        raise ValueError(f"DER tag {data[0]:#x}, expected {tag:#x}")
    length, at = data[1], 2
    if length & 0x80:
        count = length & 0x7F
        length, at = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
    if len(data) < at + length:
        raise ValueError("DER element cut short")
    return tag, data[at : at + length], data[at + length :]
