//! Opens one connection: name, TCP, TLS. Nothing of an account is sent before the server's certificate is verified.

use std::sync::Arc;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, StdStream};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};

use crate::ldap::config::Endpoint;
use crate::ldap::faults;
use crate::ldap::servers::{Server, Servers};
use crate::{Fault, FaultClass};

/// A handle on a fresh, encrypted connection that nobody has signed in on. It closes with its last clone.
pub(crate) async fn open(
    endpoint: &Endpoint,
    tls: &Arc<ClientConfig>,
    servers: &Servers,
) -> Result<(Server, Ldap), Fault> {
    let end = Instant::now() + endpoint.connect_timeout;
    match timeout_at(end, connect(endpoint, tls, servers, end)).await {
        Ok(opened) => opened,
        Err(_) => Err(faults::timed_out("no connection before the connect time-out")),
    }
}

async fn connect(
    endpoint: &Endpoint,
    tls: &Arc<ClientConfig>,
    servers: &Servers,
    end: Instant,
) -> Result<(Server, Ldap), Fault> {
    let scheme = endpoint.scheme();
    let (server, stream) = servers.connect(&endpoint.hosts()?, end).await?;
    let Server { host, address } = &server;
    let port = address.port();
    let io = |error: std::io::Error| faults::from_io(&error);
    // Operations are small and multiplexed: each must leave at once.
    stream.set_nodelay(true).map_err(io)?;
    let settings = LdapConnSettings::new()
        .set_config(Arc::clone(tls))
        .set_starttls(endpoint.start_tls)
        .set_std_stream(StdStream::Tcp(stream.into_std().map_err(io)?));
    let opened = LdapConnAsync::with_settings(settings, &format!("{scheme}://{host}:{port}")).await;
    let (connection, ldap) = opened.map_err(|error| match error {
        LdapError::LdapResult { result } => Fault::new(
            FaultClass::Configuration,
            "the source refuses to encrypt the connection",
            faults::detail(&result),
        ),
        other => faults::from_error(&other),
    })?;
    tokio::spawn(async move {
        if let Err(error) = connection.drive().await {
            tracing::debug!(error = %error, "connection to the source ended");
        }
    });
    Ok((server, ldap))
}
