//! Which names of a part belong to the part's own namespace.
//!
//! Not for: other namespaces, which are all one here: extensions of Excel reuse the names of the standard
//! (`x15:workbookPr`, `x14:v`) for something else. Nor for knowing the standard's two editions apart: the
//! namespace of the root is the part's, whatever it is called.
//!
//! Invariant: only declarations that change what a prefix means here are kept, and few of them.

use super::super::limits::NAMESPACES_MAX;
use super::super::refusal::WorkbookRefusal;
use super::Attributes;

#[derive(Debug, Default)]
pub(super) struct Namespaces {
    /// Of the root; none before the first tag.
    own: Option<Vec<u8>>,
    bindings: Vec<Binding>,
    /// Names without a prefix are nearly all there are.
    is_plain_own: bool,
    /// All names are taken for the part's own.
    takes_all: bool,
}

/// The meaning of a prefix within an element.
#[derive(Debug)]
struct Binding {
    depth: usize,
    prefix: Vec<u8>,
    is_own: bool,
}

impl Namespaces {
    pub(super) fn all() -> Self {
        Self { takes_all: true, ..Self::default() }
    }

    pub(super) fn clear(&mut self) {
        *self = Self { takes_all: self.takes_all, ..Self::default() };
    }

    /// Forgets what was declared by elements deeper than `depth`, which are closed.
    pub(super) fn leave(&mut self, depth: usize) {
        if self.bindings.last().is_some_and(|last| last.depth > depth) {
            self.bindings.retain(|binding| binding.depth <= depth);
            self.is_plain_own = self.is_own_prefix(b"");
        }
    }

    /// Takes in what a tag at `depth` declares.
    pub(super) fn enter(
        &mut self,
        depth: usize,
        name: &[u8],
        attributes: &[u8],
    ) -> Result<(), WorkbookRefusal> {
        if self.takes_all {
            return Ok(());
        }
        if self.own.is_none() {
            self.begin(depth, name, attributes)?;
        } else if !declares(attributes) {
            return Ok(());
        }
        for attribute in Attributes(attributes) {
            let (attribute, uri) = attribute?;
            let Some(prefix) = declared(attribute) else { continue };
            let is_own = self.own.as_deref() == Some(uri);
            if is_own != self.is_own_prefix(prefix) {
                self.bind(Binding { depth, prefix: prefix.to_vec(), is_own })?;
            }
        }
        Ok(())
    }

    /// The local name, or nothing for a name of another namespace.
    pub(super) fn own_name<'n>(&self, name: &'n [u8]) -> &'n [u8] {
        match memchr::memrchr(b':', name) {
            None if self.is_plain_own || self.takes_all => name,
            Some(at) if self.takes_all => &name[at + 1..],
            Some(at) if self.is_own_prefix(&name[..at]) => &name[at + 1..],
            _ => b"",
        }
    }

    /// The root's namespace is the part's own.
    fn begin(
        &mut self,
        depth: usize,
        name: &[u8],
        attributes: &[u8],
    ) -> Result<(), WorkbookRefusal> {
        let prefix = memchr::memrchr(b':', name).map_or(&b""[..], |at| &name[..at]);
        let mut own = Vec::new();
        for attribute in Attributes(attributes) {
            let (attribute, uri) = attribute?;
            if declared(attribute) == Some(prefix) {
                own = uri.to_vec();
            }
        }
        self.own = Some(own);
        self.bind(Binding { depth, prefix: prefix.to_vec(), is_own: true })
    }

    fn bind(&mut self, binding: Binding) -> Result<(), WorkbookRefusal> {
        if self.bindings.len() == NAMESPACES_MAX {
            return Err(WorkbookRefusal::damaged("a part changes its namespaces again and again"));
        }
        self.bindings.push(binding);
        self.is_plain_own = self.is_own_prefix(b"");
        Ok(())
    }

    fn is_own_prefix(&self, prefix: &[u8]) -> bool {
        let binding = self.bindings.iter().rev().find(|binding| binding.prefix == prefix);
        binding.map_or_else(
            || prefix.is_empty() && self.own.as_ref().is_some_and(Vec::is_empty),
            |binding| binding.is_own,
        )
    }
}

/// Returns `true` when there may be a declaration: cells hardly ever have an `x` among their
/// attributes.
fn declares(attributes: &[u8]) -> bool {
    memchr::memchr(b'x', attributes).is_some()
        && memchr::memmem::find(attributes, b"xmlns").is_some()
}

/// The prefix that an attribute declares; empty for names without one.
fn declared(attribute: &[u8]) -> Option<&[u8]> {
    match attribute.strip_prefix(b"xmlns")? {
        [] => Some(b""),
        [b':', prefix @ ..] => Some(prefix),
        _ => None,
    }
}
