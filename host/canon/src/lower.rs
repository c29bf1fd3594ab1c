//! The gate's values into a policy's memory.

use sandgate_gate::{BadAnswer, Context, Direction, Fault, Part, Role};

use crate::core::{Core, Function};

/// Two addresses with their lengths: a label, an asset.
const PAIR: usize = 16;

/// Writes values into what the policy's own allocator gives.
pub(crate) struct Lower<'a, C> {
    pub(crate) core: &'a C,
    pub(crate) fuel: u64,
}

/// Where bytes or a list are: address and length.
pub(crate) type Placed = [u32; 2];

impl<C: Core> Lower<'_, C> {
    /// Bytes, a string's among them.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<Placed, Fault> {
        let at = self.place(bytes, 1)?;
        Ok([at, length(bytes.len())?])
    }

    /// An optional string: its tag, address and length.
    pub(crate) fn option(&self, text: Option<&str>) -> Result<[u32; 3], Fault> {
        let Some(text) = text else { return Ok([0, 0, 0]) };
        let [at, len] = self.bytes(text.as_bytes())?;
        Ok([1, at, len])
    }

    /// A list of pairs of byte strings: labels, assets.
    pub(crate) fn pairs<'b>(
        &self,
        pairs: impl ExactSizeIterator<Item = (&'b [u8], &'b [u8])>,
    ) -> Result<Placed, Fault> {
        let count = length(pairs.len())?;
        let mut list = Vec::with_capacity(pairs.len().saturating_mul(PAIR));
        for (first, second) in pairs {
            for word in [self.bytes(first)?, self.bytes(second)?].concat() {
                list.extend_from_slice(&word.to_le_bytes());
            }
        }
        Ok([self.place(&list, 4)?, count])
    }

    /// An exchange's context, flat.
    pub(crate) fn context(&self, context: &Context) -> Result<[u32; 5], Fault> {
        let [tag, model, model_len] = self.option(context.model.as_deref())?;
        let labels = context.labels.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let [labels, labels_len] = self.pairs(labels)?;
        Ok([tag, model, model_len, labels, labels_len])
    }

    /// A part, flat.
    pub(crate) fn part(&self, part: &Part) -> Result<[u32; 5], Fault> {
        let direction = match part.direction {
            Direction::Request => 0,
            Direction::Response => 1,
        };
        let role = match part.role {
            Role::System => 0,
            Role::User => 1,
            Role::Assistant => 2,
            Role::ToolCall => 3,
            Role::ToolResult => 4,
            Role::Other => 5,
        };
        let [tag, name, name_len] = self.option(part.name.as_deref())?;
        Ok([direction, role, tag, name, name_len])
    }

    fn place(&self, bytes: &[u8], align: u32) -> Result<u32, Fault> {
        if bytes.is_empty() {
            return Ok(align);
        }
        let new = [0, 0, align, length(bytes.len())?];
        let at = self.core.call(Function::Realloc, &new, self.fuel)?;
        if !at.is_multiple_of(align) {
            return Err(BadAnswer::Shape.into());
        }
        self.core.write(at, bytes).map_err(|_| BadAnswer::Shape)?;
        Ok(at)
    }
}

/// A length as WebAssembly has it. Nothing longer fits into a memory.
fn length(len: usize) -> Result<u32, Fault> {
    u32::try_from(len).map_err(|_| BadAnswer::Shape.into())
}
