//! Judgements from and to other programs' files.

use crate::jobs::JobError;
use crate::judge::aggregate::aggregate;
use crate::judge::exchange::{Form, export_aggregate, export_judges, import};
use crate::judge::{Counted, Judges, Table};
use crate::workspace::judging::Exported;
use crate::workspace::{Message, Workspace};
use std::path::PathBuf;

impl Workspace {
    /// Adds a file's judgements to a judge's journal, all or none; they count as soon as they are read back.
    pub(super) fn import_judgements(&mut self, path: PathBuf, judge: String) {
        let (Some(session), Some(judges)) = (&self.session, &self.judging.judges) else { return };
        let (dataset, places) = (session.data.dataset.clone(), judges.places().clone());
        self.judging.exchanging.retire();
        self.judging.exchanging.start("import", self.wake(), move |worker| {
            worker.stage("Importing judgements", 0, 0)?;
            let failed = |error: crate::judge::JudgeError| JobError::Failed(error.to_string());
            // As they are on the disk: the window goes on with its own.
            let (known, _) = Judges::read(places.clone()).map_err(failed)?;
            let found = import(&path, &dataset, &known, &judge).map_err(failed)?;
            let mut journal = places.journal(&judge).map_err(failed)?;
            journal.append_json(found.lines).map_err(failed)?;
            let strays = match found.strays {
                0 => String::new(),
                count => format!("; {count} are of queries or images that the data set does not have"),
            };
            let (new, changed, unchanged) = (found.new, found.changed, found.unchanged);
            Ok(format!("Labels of {judge}: {new} new, {changed} changed, {unchanged} unchanged{strays}."))
        });
    }

    /// Writes judgements as a file, or a folder of MediaEval's.
    pub(super) fn export_judgements(&mut self, path: PathBuf, what: Exported) {
        let (Some(session), Some(judges)) = (&self.session, &self.judging.judges) else { return };
        let (dataset, files) = (session.data.dataset.clone(), self.judging.files.clone());
        let places = judges.places().clone();
        self.judging.exchanging.retire();
        self.judging.exchanging.start("export", self.wake(), move |worker| {
            worker.stage("Exporting judgements", 0, 0)?;
            let failed = |error: crate::judge::JudgeError| JobError::Failed(error.to_string());
            let form = Form::of(&path).ok_or_else(|| {
                let path = path.display();
                JobError::Failed(format!("the name must end in .txt, .qrels, .csv or .jsonl, or be a folder's: {path}"))
            })?;
            let (mut judges, _) = Judges::read(places).map_err(failed)?;
            judges.set_files(&dataset, &files);
            let names = judges.names();
            let (count, undecided) = match &what {
                Exported::Together(method) => {
                    let table = Table::of(&judges, &names, Counted::default());
                    let one = aggregate(&table, *method);
                    (export_aggregate(&table, &one, form, &path).map_err(failed)?, one.undecided())
                }
                Exported::Judge(judge) => {
                    let judge = judges.known(judge).map_err(failed)?;
                    (export_judges(&judges, &[judge], form, &path).map_err(failed)?, 0)
                }
                Exported::Everything if matches!(form, Form::Csv | Form::JsonLines) => {
                    (export_judges(&judges, &names, form, &path).map_err(failed)?, 0)
                }
                Exported::Everything => {
                    return Err(JobError::Failed("such a file has one grade an image: choose whose".to_owned()));
                }
            };
            let left = if undecided > 0 { format!("; {undecided} undecided are left out") } else { String::new() };
            Ok(format!("{count} judgements ({what}{left}): {}", path.display()))
        });
    }

    /// Takes in what became of an import or export.
    pub(super) fn poll_exchange(&mut self) -> bool {
        let Some(ended) = self.judging.exchanging.ended() else { return false };
        match ended {
            Ok(text) => self.tell(Message::notice(text)),
            Err(error) => self.tell(Message::warning(error.to_string())),
        }
        true
    }
}
