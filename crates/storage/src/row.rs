//! Reading the columns of a row as what they are. A column that holds anything else is [`Error::Corrupt`].

use crate::Error;
use crate::database::Db;
use solder_model::{Digest, Timestamp};
use sqlx::{Database, Decode, Type};

pub(crate) type Row = <Db as Database>::Row;

/// Columns by name.
pub(crate) trait Columns {
    fn text(&self, column: &str) -> Result<String, Error>;
    fn optional_text(&self, column: &str) -> Result<Option<String>, Error>;
    fn number(&self, column: &str) -> Result<i64, Error>;
    fn bytes(&self, column: &str) -> Result<Vec<u8>, Error>;
    fn optional_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, Error>;
    /// A text that has to follow the rule of its type, such as an id.
    fn id<T: TryFrom<String>>(&self, column: &str) -> Result<T, Error>;
    fn optional_id<T: TryFrom<String>>(&self, column: &str) -> Result<Option<T>, Error>;
    fn flag(&self, column: &str) -> Result<bool, Error>;
    fn time(&self, column: &str) -> Result<Timestamp, Error>;
    fn optional_time(&self, column: &str) -> Result<Option<Timestamp>, Error>;
    fn digest(&self, column: &str) -> Result<Digest, Error>;
    fn optional_digest(&self, column: &str) -> Result<Option<Digest>, Error>;
    fn optional_days(&self, column: &str) -> Result<Option<u16>, Error>;
}

impl Columns for Row {
    fn text(&self, column: &str) -> Result<String, Error> {
        get(self, column)
    }

    fn optional_text(&self, column: &str) -> Result<Option<String>, Error> {
        get(self, column)
    }

    fn number(&self, column: &str) -> Result<i64, Error> {
        get(self, column)
    }

    fn bytes(&self, column: &str) -> Result<Vec<u8>, Error> {
        get(self, column)
    }

    fn optional_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, Error> {
        get(self, column)
    }

    fn id<T: TryFrom<String>>(&self, column: &str) -> Result<T, Error> {
        typed(self.text(column)?, column)
    }

    fn optional_id<T: TryFrom<String>>(&self, column: &str) -> Result<Option<T>, Error> {
        let text = self.optional_text(column)?;
        text.map(|text| typed(text, column)).transpose()
    }

    fn flag(&self, column: &str) -> Result<bool, Error> {
        match self.number(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(corrupt(column)),
        }
    }

    fn time(&self, column: &str) -> Result<Timestamp, Error> {
        self.number(column).map(Timestamp)
    }

    fn optional_time(&self, column: &str) -> Result<Option<Timestamp>, Error> {
        Ok(get::<Option<i64>>(self, column)?.map(Timestamp))
    }

    fn digest(&self, column: &str) -> Result<Digest, Error> {
        to_digest(self.bytes(column)?, column)
    }

    fn optional_digest(&self, column: &str) -> Result<Option<Digest>, Error> {
        let bytes = get::<Option<Vec<u8>>>(self, column)?;
        bytes.map(|bytes| to_digest(bytes, column)).transpose()
    }

    fn optional_days(&self, column: &str) -> Result<Option<u16>, Error> {
        let days = get::<Option<i64>>(self, column)?;
        days.map(|days| u16::try_from(days).map_err(|_out_of_range| corrupt(column)))
            .transpose()
    }
}

/// The fault of a column that holds what was never written so.
pub(crate) fn corrupt(column: &str) -> Error {
    Error::Corrupt(column.to_owned())
}

/// Whether it is so, as a column holds it.
pub(crate) fn flag(value: bool) -> i64 {
    i64::from(value)
}

/// The bytes in lower-case hex, as the change feed names a digest.
pub(crate) fn hex(digest: &Digest) -> String {
    hex_of(&digest.0)
}

/// Any bytes in lower-case hex.
pub(crate) fn hex_of(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let text = String::with_capacity(bytes.len() * 2);
    bytes.iter().fold(text, |mut text, byte| {
        // Writing to a text cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

fn get<'r, T: Decode<'r, Db> + Type<Db>>(row: &'r Row, column: &str) -> Result<T, Error> {
    Ok(sqlx::Row::try_get(row, column)?)
}

fn typed<T: TryFrom<String>>(text: String, column: &str) -> Result<T, Error> {
    T::try_from(text).map_err(|_breaks_its_rule| corrupt(column))
}

fn to_digest(bytes: Vec<u8>, column: &str) -> Result<Digest, Error> {
    let bytes = bytes.try_into();
    bytes.map(Digest).map_err(|_wrong_length| corrupt(column))
}
