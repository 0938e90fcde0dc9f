//! Walking through JSON of any size without holding more than one value.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::base::Budget;

/// Members of annotations that hold outlines, which are long and say nothing in words.
const SHAPES: [&str; 3] = ["segmentation", "bbox", "keypoints"];

/// The visits of values that are neither lists nor objects.
macro_rules! scalars {
    ($of:ty, $take:expr) => {
        fn visit_str<E: Error>(self, text: &str) -> Result<$of, E> {
            $take(self, Value::from(text))
        }

        fn visit_bool<E: Error>(self, value: bool) -> Result<$of, E> {
            $take(self, Value::from(value))
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<$of, E> {
            $take(self, Value::from(value))
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<$of, E> {
            $take(self, Value::from(value))
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<$of, E> {
            $take(self, Value::from(value))
        }

        fn visit_unit<E: Error>(self) -> Result<$of, E> {
            $take(self, Value::Null)
        }
    };
}

/// Takes the key of the list at the top (none if the file is a list) and a value of it; returns whether to go on.
pub(super) type Take<'a> = dyn FnMut(Option<&str>, Value) -> bool + 'a;

/// Visits the values of every list at the top of a document: of the document itself, or of an object's members. Members
/// that are no lists are given as they are.
pub(super) struct Document<'a, 'b> {
    /// Whether the members under a key are of use.
    pub wanted: &'a dyn Fn(&str) -> bool,
    pub budget: &'a Budget,
    pub take: &'a mut Take<'b>,
}

/// The message of the error that ends a walk that was broken off.
pub(super) const ENDED: &str = "no more is wanted";

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        values(list, None, self.budget, self.take)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        self.budget.renew();
        while let Some(key) = object.next_key::<String>()? {
            self.budget.renew();
            if (self.wanted)(&key) {
                object.next_value_seed(Member { key: &key, budget: self.budget, take: &mut *self.take })?;
            } else {
                self.budget.lift();
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

fn values<'de, A: SeqAccess<'de>>(
    mut list: A,
    key: Option<&str>,
    budget: &Budget,
    take: &mut Take<'_>,
) -> Result<(), A::Error> {
    budget.renew();
    while let Some(Element(value)) = list.next_element()? {
        if !take(key, value) {
            return Err(A::Error::custom(ENDED));
        }
        budget.renew();
    }
    Ok(())
}

/// A member of the object at the top.
struct Member<'a, 'b> {
    key: &'a str,
    budget: &'a Budget,
    take: &'a mut Take<'b>,
}

impl<'de> DeserializeSeed<'de> for Member<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl Member<'_, '_> {
    fn alone<E: Error>(self, value: Value) -> Result<(), E> {
        if (self.take)(Some(self.key), value) { Ok(()) } else { Err(E::custom(ENDED)) }
    }
}

impl<'de> Visitor<'de> for Member<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        values(list, Some(self.key), self.budget, self.take)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let mut whole = Map::new();
        while let Some((key, value)) = object.next_entry()? {
            whole.insert(key, value);
        }
        self.alone(Value::Object(whole))
    }

    scalars!((), |member: Self, value| member.alone(value));
}

/// A value of a list, without what annotations hold of shapes.
struct Element(Value);

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ElementVisitor).map(Self)
    }
}

struct ElementVisitor;

impl<'de> Visitor<'de> for ElementVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut whole = Vec::new();
        while let Some(value) = list.next_element()? {
            whole.push(value);
        }
        Ok(Value::Array(whole))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut whole = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            if SHAPES.contains(&key.as_str()) {
                object.next_value::<IgnoredAny>()?;
            } else {
                whole.insert(key, object.next_value()?);
            }
        }
        Ok(Value::Object(whole))
    }

    scalars!(Value, |_: Self, value| Ok(value));
}
