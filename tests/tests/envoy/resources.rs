//! A listener with the filter, and the cluster behind it, as Envoy wants to read them.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde_json::{Value, json};

/// What Envoy may be called for and may call: all that the filter uses.
const CAPABILITIES: &[&str] = &[
    "proxy_close_stream",
    "proxy_define_metric",
    "proxy_get_buffer_bytes",
    "proxy_get_current_time_nanoseconds",
    "proxy_get_header_map_pairs",
    "proxy_get_property",
    "proxy_increment_metric",
    "proxy_log",
    "proxy_on_configure",
    "proxy_on_context_create",
    "proxy_on_delete",
    "proxy_on_done",
    "proxy_on_log",
    "proxy_on_request_body",
    "proxy_on_request_headers",
    "proxy_on_request_trailers",
    "proxy_on_response_body",
    "proxy_on_response_headers",
    "proxy_on_response_trailers",
    "proxy_on_vm_start",
    "proxy_record_metric",
    "proxy_remove_header_map_value",
    "proxy_replace_header_map_value",
    "proxy_send_local_response",
    "proxy_set_buffer_bytes",
    "proxy_set_property",
];

/// A listener of a test, with the model behind it.
#[derive(Debug, Clone)]
pub(crate) struct Stand {
    pub(crate) name: String,
    /// Its own: of two listeners that ask for any port of one host, Envoy gives the second the
    /// socket that an older version of the first is leaving.
    pub(crate) host: Ipv4Addr,
    /// The fused module.
    pub(crate) module: PathBuf,
    /// The plugin's configuration.
    pub(crate) config: Value,
    pub(crate) model: SocketAddr,
    /// Whether Envoy speaks HTTP/2 to the model.
    pub(crate) http2: bool,
    /// `per_connection_buffer_limit_bytes`.
    pub(crate) buffer: u32,
    /// Whether headers can be held.
    pub(crate) holds: bool,
    /// Where a line is written for each exchange.
    pub(crate) access_log: Option<PathBuf>,
    /// What stands before the filter.
    pub(crate) before: Vec<Value>,
    /// What clients speak below HTTP; plain text without it.
    pub(crate) transport: Option<Value>,
}

impl Stand {
    /// A word for what it is, that differs where anything does.
    pub(crate) fn version(&self) -> String {
        format!("{} {} {} {}", self.config, self.buffer, self.holds, self.model)
    }

    pub(crate) fn cluster(&self) -> Value {
        let mut cluster = json!({
            "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster",
            "name": self.name,
            "connect_timeout": "5s",
            "per_connection_buffer_limit_bytes": self.buffer,
            "load_assignment": {
                "cluster_name": self.name,
                "endpoints": [{ "lb_endpoints": [{ "endpoint": { "address": address(self.model) } }] }],
            },
        });
        if self.http2 {
            cluster["typed_extension_protocol_options"] = json!({
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                    "explicit_http_config": { "http2_protocol_options": {} },
                },
            });
        }
        cluster
    }

    pub(crate) fn listener(&self) -> Value {
        json!({
            "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
            "name": self.name,
            "metadata": { "filter_metadata": { "test": { "version": self.version() } } },
            "address": address(SocketAddr::from((self.host, 0))),
            // The system would give a port that shares to two of them.
            "enable_reuse_port": false,
            "per_connection_buffer_limit_bytes": self.buffer,
            "filter_chains": [{
                "filters": [{ "name": "http", "typed_config": self.manager() }],
                "transport_socket": self.transport,
            }],
        })
    }

    fn manager(&self) -> Value {
        const HTTP: &str = "type.googleapis.com/envoy.extensions.filters.network.\
            http_connection_manager.v3.HttpConnectionManager";
        json!({
            "@type": HTTP,
            "stat_prefix": "test",
            "access_log": self.access_log(),
            "http_protocol_options": { "enable_trailers": true },
            "upgrade_configs": [{ "upgrade_type": "websocket" }],
            "route_config": { "validate_clusters": false, "virtual_hosts": [{
                "name": "all",
                "domains": ["*"],
                "routes": [
                    { "name": "named", "match": { "prefix": "/named/" }, "route": { "cluster": self.name } },
                    { "match": { "prefix": "/" }, "route": { "cluster": self.name, "timeout": "0s" } },
                ],
            }] },
            "http_filters": self.filters(),
        })
    }

    fn filters(&self) -> Vec<Value> {
        let router = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router";
        let mut filters = self.before.clone();
        filters.push(json!({ "name": "sandgate", "typed_config": self.plugin() }));
        filters.push(json!({ "name": "router", "typed_config": { "@type": router } }));
        filters
    }

    fn plugin(&self) -> Value {
        let capabilities = CAPABILITIES.iter().map(|name| ((*name).to_owned(), json!({})));
        json!({
            "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
            "config": {
                "name": "sandgate",
                "root_id": "sandgate",
                "failure_policy": "FAIL_RELOAD",
                "reload_config": { "backoff": { "base_interval": "0.1s", "max_interval": "0.5s" } },
                "allow_on_headers_stop_iteration": self.holds,
                "capability_restriction_config": {
                    "allowed_capabilities": Value::Object(capabilities.collect()),
                },
                "configuration": {
                    "@type": "type.googleapis.com/google.protobuf.StringValue",
                    "value": self.config.to_string(),
                },
                "vm_config": {
                    "runtime": "envoy.wasm.runtime.v8",
                    "code": { "local": { "filename": self.module } },
                },
            },
        })
    }

    fn access_log(&self) -> Value {
        let Some(path) = &self.access_log else { return json!([]) };
        let state = |name: &str| format!("%FILTER_STATE(wasm.sandgate.{name}:PLAIN)%");
        json!([{
            "name": "file",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
                "path": path,
                "log_format": { "json_format": {
                    "status": "%RESPONSE_CODE%",
                    "decision": state("decision"),
                    "refused": state("refused"),
                    "findings": state("findings"),
                    "faults": state("faults"),
                    "metadata": "%DYNAMIC_METADATA(sandgate:decision)%",
                } },
            },
        }])
    }
}

fn address(address: SocketAddr) -> Value {
    json!({ "socket_address": { "address": address.ip(), "port_value": address.port() } })
}
