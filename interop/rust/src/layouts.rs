//! The verb `layout`: where the compiler puts the fields of a record.
//!
//! Rust lays a record out as C does only with `repr(C)`. Without it the compiler sorts the fields as it likes, and such
//! a record must never be in memory that others map.

#![allow(dead_code)] // The records are only measured.

use crate::failures::{fail, Kind, Result};
use std::mem::{align_of, size_of, MaybeUninit};
use std::ptr::addr_of;

#[repr(C)]
struct Mixed {
    a: u8,
    b: u32,
    c: u8,
    d: f64,
    e: i16,
}

#[repr(C, packed)]
struct MixedPacked {
    a: u8,
    b: u32,
    c: u8,
    d: f64,
    e: i16,
}

#[repr(C)]
struct Arrays {
    tag: [u8; 3],
    values: [u32; 2],
    name: [u8; 5],
}

#[repr(C)]
struct Bools {
    first: bool,
    count: i32,
    second: bool,
    third: bool,
}

#[repr(C)]
struct Point {
    x: f32,
    y: f32,
}

#[repr(C)]
struct Nested {
    id: u8,
    position: Point,
    detail: Mixed,
    last: u8,
}

/// Takes the fields' addresses in memory that was never filled. `addr_of` makes no reference, which a field of a packed
/// record could not have. From Rust 1.77 on there is `offset_of`.
macro_rules! layout {
    ($record:ty, $($field:ident)*) => {{
        let memory = MaybeUninit::<$record>::uninit();
        let start = memory.as_ptr();
        let fields = [$((
            stringify!($field),
            unsafe { addr_of!((*start).$field) as usize } - start as usize,
        )),*];
        let offsets = fields.map(|(name, offset)| format!("{name}:{offset}")).join(",");
        let (size, alignment) = (size_of::<$record>(), align_of::<$record>());
        Ok(format!("ok size={size} alignment={alignment} offsets={offsets}"))
    }};
}

pub fn layout(record: &[u8]) -> Result<String> {
    match record {
        b"mixed" => layout!(Mixed, a b c d e),
        b"mixed-packed" => layout!(MixedPacked, a b c d e),
        b"arrays" => layout!(Arrays, tag values name),
        b"bools" => layout!(Bools, first count second third),
        b"point" => layout!(Point, x y),
        b"nested" => layout!(Nested, id position detail last),
        _ => fail(Kind::Unsupported, "there is no such record here; interop/vectors/layouts.yml lists them"),
    }
}
