//! TLS towards clients.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A certificate and its key, as clients are shown them.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// A certificate or a key that cannot be used.
#[derive(Debug)]
pub struct TlsError {
    file: PathBuf,
    problem: String,
}

impl Tls {
    /// From files in PEM: the certificate with those that vouch for it after it, and its key.
    ///
    /// # Errors
    /// The file that cannot be read or used.
    pub fn from_files(certificates: &Path, key: &Path) -> Result<Self, TlsError> {
        let at = |file: &Path, problem: String| TlsError { file: file.to_owned(), problem };
        let chain = CertificateDer::pem_file_iter(certificates)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| at(certificates, format!("{e}, expected certificates in PEM")))?;
        if chain.is_empty() {
            return Err(at(certificates, "none there, expected certificates in PEM".to_owned()));
        }
        let secret = PrivateKeyDer::from_pem_file(key)
            .map_err(|e| at(key, format!("{e}, expected a private key in PEM")))?;
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, secret);
        let mut config = config.map_err(|e| at(certificates, e.to_string()))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// Shakes hands with a client; nothing comes of one that does not speak TLS, or not in time.
    pub(crate) async fn accept<S>(&self, stream: S, patience: Duration) -> Option<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        match tokio::time::timeout(patience, self.0.accept(stream)).await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a client did not agree on TLS");
                None
            }
            Err(_) => None,
        }
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl std::fmt::Display for TlsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.problem)
    }
}

impl std::error::Error for TlsError {}
