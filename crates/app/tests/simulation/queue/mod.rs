//! A change queue in memory that behaves as the stored one does, step for step (`differential.rs` holds them together).

mod finish;
mod hold;
mod tables;
mod transactions;

pub(crate) use tables::{AccountRow, ChangeRow, Tables, TargetRow};
pub(crate) use transactions::{Op, Reply};
