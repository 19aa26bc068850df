//! Nothing: the manifest is what this crate is for. Whoever depends on it builds shared libraries with the
//! features that the whole workspace wants of them, so that building one program, all of them, or the tests
//! builds each library once. `cargo hakari generate` writes it; CONTRIBUTING says when.
