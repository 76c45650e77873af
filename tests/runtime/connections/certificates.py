"""Certificates, made for a test: authorities, servers and clients."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


class Authority:
    """Signs certificates, and writes them below ``folder``; its own is ``ca``."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        today = datetime.now(UTC)
        basic = x509.BasicConstraints(ca=True, path_length=None)
        own = self._certificate(self._name, self._key.public_key(), today - DAY, today + DAY)
        self.ca = folder / f"{name}.pem"
        self.ca.write_bytes(_pem(own.add_extension(basic, critical=True).sign(self._key, hashes.SHA256())))

    def sign(
        self, name: str, *, host: str | None = None, ends: datetime | None = None, password: bytes | None = None
    ) -> tuple[Path, Path]:
        """Write a certificate with this common name, and its key; return both files."""
        key = ec.generate_private_key(ec.SECP256R1())
        ends = ends or datetime.now(UTC) + DAY
        builder = self._certificate(_named(name), key.public_key(), ends - 2 * DAY, ends)
        if host is not None:
            names: list[x509.GeneralName] = [x509.DNSName(host)]
            if host == "localhost":
                names.append(x509.IPAddress(ip_address("127.0.0.1")))
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        cert, private = (self._folder / f"{name}{ending}" for ending in (".crt", ".key"))
        cert.write_bytes(_pem(builder.sign(self._key, hashes.SHA256())))
        private.write_bytes(_private(key, password))
        private.chmod(0o600)
        return cert, private

    def _certificate(
        self, name: x509.Name, key: ec.EllipticCurvePublicKey, begins: datetime, ends: datetime
    ) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(self._name).public_key(key)
        return builder.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey, password: bytes | None) -> bytes:
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password is not None:
        encryption = serialization.BestAvailableEncryption(password)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
