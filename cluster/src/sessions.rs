//! Sessions of the machines of a cluster: the functions of the checks, the parts of the ledgers.
//!
//! Invariant: scheduler and executors know the same functions as whoever asks.

use std::collections::HashMap;
use std::sync::Arc;

use ballista_core::extension::SessionConfigExt as _;
use ballista_core::registry::BallistaFunctionRegistry;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::functions_nested::all_default_nested_functions;
use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::SessionConfig;
use url::Url;

use crate::certificates::Certificates;
use crate::parts::LedgerStore;

/// All functions that statements of checks call. Ballista's own list lacks those of lists.
pub(crate) fn functions() -> BallistaFunctionRegistry {
    let known = BallistaFunctionRegistry::default();
    let ours = analysis::check_functions().into_iter().map(Arc::new);
    let added = all_default_nested_functions().into_iter().chain(ours);
    let mut scalar_functions: HashMap<String, Arc<ScalarUDF>> = known.scalar_functions;
    for function in added {
        let names = function.aliases().iter().cloned().chain([function.name().to_owned()]);
        scalar_functions.extend(names.map(|name| (name, Arc::clone(&function))));
    }
    BallistaFunctionRegistry { scalar_functions, ..known }
}

/// Registers the parts of the ledgers under the name by which statements know them.
pub(crate) fn with_parts(runtime: &RuntimeEnv, store: &LedgerStore) {
    let url = Url::parse(analysis::LEDGERS_URL).expect("a constant that is a URL");
    runtime.register_object_store(&url, store.named_parts());
}

/// The settings of a machine: it connects to others as certificates say.
pub(crate) fn settings(certificates: &Certificates) -> SessionConfig {
    SessionConfig::new_with_ballista()
        .with_ballista_use_tls(true)
        .with_ballista_override_create_grpc_client_endpoint(certificates.endpoints())
}

/// The session that a scheduler plans a statement in.
pub(crate) fn planning(settings: SessionConfig, runtime: Arc<RuntimeEnv>) -> SessionState {
    let functions = functions();
    SessionStateBuilder::new()
        .with_default_features()
        .with_config(settings)
        .with_runtime_env(runtime)
        .with_scalar_functions(functions.scalar_functions.into_values().collect())
        .build()
}
