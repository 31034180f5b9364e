//! The encrypted side of the mail server, under a certificate that the test gives it.

use std::{fmt, io, sync::Arc};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};

/// What a dialogue is held over.
pub(super) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

/// How the mail server encrypts.
#[derive(Clone)]
pub enum Encryption {
    /// From the first byte, as on port 465.
    Implicit(TlsAcceptor),
    /// After STARTTLS, as on port 587; it offers no login before.
    Starttls(TlsAcceptor),
}

impl Encryption {
    /// From the first byte.
    pub fn implicit(certificate_pem: &str, key_pem: &str) -> io::Result<Self> {
        acceptor(certificate_pem, key_pem).map(Self::Implicit)
    }

    /// After STARTTLS.
    pub fn starttls(certificate_pem: &str, key_pem: &str) -> io::Result<Self> {
        acceptor(certificate_pem, key_pem).map(Self::Starttls)
    }
}

fn acceptor(certificate_pem: &str, key_pem: &str) -> io::Result<TlsAcceptor> {
    let certificate = CertificateDer::from_pem_slice(certificate_pem.as_bytes()).map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).map_err(io::Error::other)?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .map_err(io::Error::other)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

impl fmt::Debug for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Implicit(_) => "Implicit",
            Self::Starttls(_) => "Starttls",
        })
    }
}
