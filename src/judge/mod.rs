//! Judges and their judgements: journals, labels, agreement, aggregation, queues.
//!
//! A [`Judges`] is everything that was judged on a data set: one [`Record`] a judge, read from the journals in the
//! folders of [`Places`], and the labels of the data set's own files. Judging makes lines, which a [`Journal`] saves:
//!
//! ```
//! use crossrank::dataset::{demo_sample, open};
//! use crossrank::judge::{Judgement, Judges, Mark, Places};
//!
//! let loaded = open(&demo_sample())?;
//! # let folder = std::env::temp_dir().join(format!("crossrank-judge-doc-{}", std::process::id()));
//! let places = Places::new(&folder, loaded.dataset.reach, &folder.join("elsewhere"));
//! let mut journal = places.journal("ann")?;
//! let (mut judges, _) = Judges::read(places)?;
//! judges.set_files(&loaded.dataset, &loaded.judgements);
//!
//! // One key: the label counts at once, and is on disk when `append` returns.
//! let mark = Mark { query: "bird".into(), image: "img7".into(), judgement: Judgement::blind(2) };
//! let lines = judges.record_mut("ann")?.judge(vec![mark]);
//! journal.append(&lines)?;
//! assert_eq!(judges.label("ann", "bird", "img7").and_then(|label| label.grade), Some(2));
//!
//! // Undo is a step of the journal, too.
//! let lines = judges.record_mut("ann")?.undo();
//! journal.append(&lines)?;
//! judges.look()?;
//! assert_eq!(judges.label("ann", "bird", "img7"), None);
//! assert_eq!(judges.names(), ["files", "ann"]);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here starts a thread. [`Journal::append`] waits for the disk and belongs on a thread of its own;
//! [`Judges::look`] is cheap while nothing is new.

pub mod aggregate;
pub mod agreement;
pub mod comparison;
mod counting;
mod error;
pub mod exchange;
mod journal;
mod judges;
mod line;
mod name;
mod parse;
mod placed;
mod places;
mod protocol;
pub mod queues;
mod record;
mod stamp;
mod steps;
mod table;
mod tail;

pub use counting::{Counting, counted, counted_alone};
pub use error::{JudgeError, SaveFault};
pub use journal::Journal;
pub use judges::{Judges, Look, Strays};
pub use line::{ADJUDICATION, CANT_TELL, Judgement, Line, Link};
pub use name::{FILES, check_name, file_stem};
pub use places::{FOLDER, Places, edit_queries, is_sample};
pub use protocol::{Colour, DESK_KEYS, Grade, LabelChoice, Protocol, Scale};
pub use record::{Label, Mark, Record};
pub use stamp::{now, parse_stamp, stamp};
pub use table::{Counted, Table, Unit};
pub use tail::{News, Tail};
