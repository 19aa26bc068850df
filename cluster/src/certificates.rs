//! The certificates by which machines of a cluster know one another: each shows one, whichever end of a
//! connection it is.
//!
//! Invariant: there is no connection without; whoever shows none of the authority's is not answered.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use ballista_core::extension::EndpointOverrideFn;
use ballista_core::utils::create_grpc_client_endpoint;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity, ServerTlsConfig};

/// One machine's certificate, and the authority of all.
#[derive(Debug, Clone)]
pub(crate) struct Certificates {
    authority: Certificate,
    own: Identity,
}

impl Certificates {
    pub(crate) fn read(authority: &Path, certificate: &Path, key: &Path) -> anyhow::Result<Self> {
        let read = |path: &Path| {
            std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
        };
        Ok(Self {
            authority: Certificate::from_pem(read(authority)?),
            own: Identity::from_pem(read(certificate)?, read(key)?),
        })
    }

    /// For whoever is connected to.
    pub(crate) fn server(&self) -> ServerTlsConfig {
        ServerTlsConfig::new().identity(self.own.clone()).client_ca_root(self.authority.clone())
    }

    /// For whoever connects. Ballista writes some URLs as `http://` whatever it is told; none is left so.
    pub(crate) fn endpoints(&self) -> EndpointOverrideFn {
        let tls = ClientTlsConfig::new()
            .ca_certificate(self.authority.clone())
            .identity(self.own.clone());
        Arc::new(move |endpoint: Endpoint| -> Result<Endpoint, Box<dyn Error + Send + Sync>> {
            let uri = endpoint.uri();
            if uri.scheme_str() == Some("https") {
                return Ok(endpoint.tls_config(tls.clone())?);
            }
            let place = uri.authority().ok_or("a URL without a host")?;
            let endpoint = create_grpc_client_endpoint(
                format!("https://{place}"),
                Some(&ballista_core::utils::GrpcClientConfig::default()),
            )?;
            Ok(endpoint.tls_config(tls.clone())?)
        })
    }
}
