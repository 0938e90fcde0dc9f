//! Python's pickles as plain values. A pickle is a program for a stack machine; this interpreter only records what it
//! would build or call, and calls nothing.
//!
//! Values are held in one list and refer to each other by index, so neither a value that contains itself nor one nested
//! a million deep costs more than its bytes. One byte of a pickle creates at most one value.

use std::collections::HashMap;

/// Why a pickle cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PickleError {
    /// It ends before its STOP instruction.
    #[error("its pickle is truncated or too long")]
    CutOff,
    /// An instruction that no tensor needs.
    #[error("its pickle has the unsupported instruction 0x{0:02x}")]
    Instruction(u8),
    /// A class whose name is not a string.
    #[error("its pickle has a class whose name is not a string")]
    ClassName,
    /// It pops from an empty stack.
    #[error("its pickle pops from an empty stack")]
    Empty,
    /// It refers to a mark that was not set.
    #[error("its pickle refers to a missing mark")]
    NoMark,
    /// It reads a missing memo entry.
    #[error("its pickle reads a missing memo entry")]
    NotInMemo,
}

/// The index of a value in [`Pickle::values`].
pub(super) type Id = usize;

/// A value in a pickle.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// `None`, floats, sets: nothing needed here.
    Other,
    Bool(bool),
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// `module.name`.
    Class(String),
    /// A call that Python would make.
    Call {
        callable: Id,
        arguments: Id,
    },
    /// A persistent id: a reference to something outside the pickle.
    Persistent(Id),
}

/// All values of a pickle.
#[derive(Debug)]
pub(super) struct Pickle {
    values: Vec<Value>,
    root: Id,
}

impl Pickle {
    /// Reads a pickle from the start of `input` and advances past its end.
    pub fn read(input: &mut &[u8]) -> Result<Self, PickleError> {
        let mut machine = Machine::default();
        let mut opcodes = Input(input);
        loop {
            match opcodes.byte()? {
                b'.' => break,
                opcode => machine.step(opcode, &mut opcodes)?,
            }
        }
        let root = machine.pop()?;
        *input = opcodes.0;
        Ok(Self { values: machine.values, root })
    }

    /// The top-level value.
    pub fn root(&self) -> Id {
        self.root
    }

    pub fn get(&self, id: Id) -> &Value {
        // Ids are only ever handed out for this pickle's values.
        self.values.get(id).unwrap_or(&Value::Other)
    }

    pub fn text(&self, id: Id) -> Option<&str> {
        match self.get(id) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn tuple(&self, id: Id) -> Option<&[Id]> {
        match self.get(id) {
            Value::Tuple(parts) => Some(parts),
            _ => None,
        }
    }

    pub fn size(&self, id: Id) -> Option<u64> {
        match self.get(id) {
            Value::Int(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    pub fn class(&self, id: Id) -> Option<&str> {
        match self.get(id) {
            Value::Class(name) => Some(name),
            _ => None,
        }
    }
}

/// The rest of the program.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: u64) -> Result<&'a [u8], PickleError> {
        let taken = usize::try_from(length).ok().and_then(|length| self.0.split_at_checked(length));
        let (taken, rest) = taken.ok_or(PickleError::CutOff)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, PickleError> {
        Ok(self.take(1)?[0])
    }

    /// A little-endian number of up to 8 bytes.
    fn number(&mut self, bytes: u64) -> Result<u64, PickleError> {
        Ok(self.take(bytes)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn text(&mut self, length: u64) -> Result<Value, PickleError> {
        Ok(Value::Text(String::from_utf8_lossy(self.take(length)?).into_owned()))
    }

    fn bytes(&mut self, length: u64) -> Result<Value, PickleError> {
        Ok(Value::Bytes(self.take(length)?.to_vec()))
    }

    fn line(&mut self) -> Result<String, PickleError> {
        let length = self.0.iter().position(|byte| *byte == b'\n').ok_or(PickleError::CutOff)?;
        let line = String::from_utf8_lossy(self.take(length as u64)?).into_owned();
        self.take(1)?;
        Ok(line)
    }

    /// A signed little-endian number; one that does not fit is left as bytes.
    fn long(&mut self, length: u64) -> Result<Value, PickleError> {
        let bytes = self.take(length)?;
        let Some(last) = bytes.last() else { return Ok(Value::Int(0)) };
        if bytes.len() > 8 {
            return Ok(Value::Bytes(bytes.to_vec()));
        }
        let mut whole = [if last & 0x80 == 0 { 0 } else { 0xFF }; 8];
        whole[..bytes.len()].copy_from_slice(bytes);
        Ok(Value::Int(i64::from_le_bytes(whole)))
    }
}

#[derive(Default)]
struct Machine {
    values: Vec<Value>,
    stack: Vec<Id>,
    /// The height of the stack at each mark.
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
}

impl Machine {
    /// Executes one instruction (Python's `pickletools` documents them all).
    fn step(&mut self, opcode: u8, input: &mut Input<'_>) -> Result<(), PickleError> {
        match opcode {
            // Protocol and frame: nothing to do.
            0x80 => drop(input.byte()?),
            0x95 => drop(input.take(8)?),
            b'(' => self.marks.push(self.stack.len()),
            b'0' if self.marks.last() == Some(&self.stack.len()) => drop(self.marks.pop()),
            b'0' => drop(self.pop()?),
            b'1' => drop(self.since_mark()?),
            b'2' => {
                let top = self.top()?;
                self.stack.push(top);
            }
            b'q' => self.memoise(|_, input| input.number(1), input)?,
            b'r' => self.memoise(|_, input| input.number(4), input)?,
            0x94 => self.memoise(|machine, _| Ok(machine.memo.len() as u64), input)?,
            b'h' => self.recall(input.number(1)?)?,
            b'j' => self.recall(input.number(4)?)?,
            b'a' | b's' | b'e' | b'u' | 0x90 => self.put_into(opcode)?,
            // BUILD: a state that Python would set on the value below; not needed here.
            b'b' => drop(self.pop()?),
            _ => {
                let value = match self.scalar(opcode, input)? {
                    Some(scalar) => scalar,
                    None => self.composite(opcode)?,
                };
                self.push(value);
            }
        }
        Ok(())
    }

    /// A value that does not depend on the stack; `None` for other instructions.
    fn scalar(&mut self, opcode: u8, input: &mut Input<'_>) -> Result<Option<Value>, PickleError> {
        Ok(Some(match opcode {
            b'N' => Value::Other,
            0x88 => Value::Bool(true),
            0x89 => Value::Bool(false),
            b'J' => Value::Int(i64::from(input.number(4)? as u32 as i32)),
            b'K' => Value::Int(input.number(1)? as i64),
            b'M' => Value::Int(input.number(2)? as i64),
            0x8a => input.byte().and_then(|length| input.long(u64::from(length)))?,
            0x8b => input.number(4).and_then(|length| input.long(length))?,
            b'G' => input.take(8).map(|_| Value::Other)?,
            b'X' | b'T' => input.number(4).and_then(|length| input.text(length))?,
            0x8c | b'U' => input.number(1).and_then(|length| input.text(length))?,
            0x8d => input.number(8).and_then(|length| input.text(length))?,
            b'B' => input.number(4).and_then(|length| input.bytes(length))?,
            b'C' => input.number(1).and_then(|length| input.bytes(length))?,
            0x8e | 0x96 => input.number(8).and_then(|length| input.bytes(length))?,
            b'c' => Value::Class(format!("{}.{}", input.line()?, input.line()?)),
            b')' => Value::Tuple(Vec::new()),
            b']' => Value::List(Vec::new()),
            b'}' => Value::Dict(Vec::new()),
            0x8f => Value::Other,
            _ => return Ok(None),
        }))
    }

    /// A value made from those on the stack.
    fn composite(&mut self, opcode: u8) -> Result<Value, PickleError> {
        Ok(match opcode {
            b't' => Value::Tuple(self.since_mark()?),
            0x85..=0x87 => {
                let mut parts = Vec::new();
                for _ in 0..opcode - 0x84 {
                    parts.push(self.pop()?);
                }
                parts.reverse();
                Value::Tuple(parts)
            }
            b'l' => Value::List(self.since_mark()?),
            b'd' => Value::Dict(pairs(&self.since_mark()?)),
            0x91 => self.since_mark().map(|_| Value::Other)?,
            b'Q' => Value::Persistent(self.pop()?),
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                match (&self.values[module], &self.values[name]) {
                    (Value::Text(module), Value::Text(name)) => Value::Class(format!("{module}.{name}")),
                    _ => return Err(PickleError::ClassName),
                }
            }
            b'R' | 0x81 => {
                let (arguments, callable) = (self.pop()?, self.pop()?);
                match &self.values[callable] {
                    Value::Class(name) if matches!(name.as_str(), "collections.OrderedDict" | "builtins.dict") => {
                        Value::Dict(Vec::new())
                    }
                    _ => Value::Call { callable, arguments },
                }
            }
            other => return Err(PickleError::Instruction(other)),
        })
    }

    /// Appends to a list or dictionary on the stack; anything else is left unchanged.
    fn put_into(&mut self, opcode: u8) -> Result<(), PickleError> {
        let new = match opcode {
            b'a' => vec![self.pop()?],
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                vec![key, value]
            }
            _ => self.since_mark()?,
        };
        let target = self.top()?;
        match (&mut self.values[target], opcode) {
            (Value::List(list), b'a' | b'e') => list.extend(new),
            (Value::Dict(dict), b's' | b'u') => dict.extend(pairs(&new)),
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, value: Value) {
        self.stack.push(self.values.len());
        self.values.push(value);
    }

    /// The top of the stack, down to the last mark.
    fn pop(&mut self) -> Result<Id, PickleError> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    fn top(&self) -> Result<Id, PickleError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let top = self.stack.get(floor..).and_then(|above| above.last());
        top.copied().ok_or(PickleError::Empty)
    }

    fn since_mark(&mut self) -> Result<Vec<Id>, PickleError> {
        let mark = self.marks.pop().filter(|mark| *mark <= self.stack.len());
        mark.map(|mark| self.stack.split_off(mark)).ok_or(PickleError::NoMark)
    }

    fn memoise(
        &mut self,
        key: impl FnOnce(&Self, &mut Input<'_>) -> Result<u64, PickleError>,
        input: &mut Input<'_>,
    ) -> Result<(), PickleError> {
        let (key, top) = (key(self, input)?, self.top()?);
        self.memo.insert(key, top);
        Ok(())
    }

    fn recall(&mut self, key: u64) -> Result<(), PickleError> {
        let stored = self.memo.get(&key).ok_or(PickleError::NotInMemo)?;
        self.stack.push(*stored);
        Ok(())
    }
}

fn pairs(flat: &[Id]) -> Vec<(Id, Id)> {
    flat.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}
