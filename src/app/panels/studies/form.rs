//! A new study: what to try, how much that is, and the button that starts it.

use crate::app::ctx::PanelCtx;
use crate::app::kit::{icons, obstacle, theme, widgets};
use crate::workspace::{StudiesAction, StudyKind, StudyRequest, StudySize};
use egui::{DragValue, RichText, Ui};

/// What the form remembers between frames.
#[derive(Default)]
pub struct StudyForm {
    request: StudyRequest,
    /// What is about to be started, and how much that is.
    planned: Option<(StudyRequest, Result<StudySize, String>)>,
}

const KINDS: [(StudyKind, &str, &str); 3] = [
    (StudyKind::Ablation, "Ablation", "The configuration in Tune against variants with one part removed"),
    (StudyKind::CrossValidation, "Cross-validation", "The configuration in Tune on every fold"),
    (StudyKind::Sweep, "Sweep", "Several values for some parameters, the rest as in Tune"),
];

impl StudyForm {
    /// Draws the form.
    pub fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        widgets::section(ui, "New study");
        let request = &mut self.request;
        widgets::segmented(ui, &mut request.kind, &KINDS);
        let hint = "Folds of the cross-validation over queries; 1 uses the data set's own split";
        widgets::field(ui, "Folds", hint, |ui| {
            ui.add(DragValue::new(&mut request.folds).range(1..=50).speed(0.05)).accessible_name("Folds");
            if request.folds < 2 {
                widgets::caption(ui, "the data set's split");
            }
        });
        widgets::field(ui, "Seeds", "Number of seeds for every configuration", |ui| {
            ui.add(DragValue::new(&mut request.seeds).range(1..=100).speed(0.05)).accessible_name("Seeds");
        });
        let problem = if request.kind == StudyKind::Sweep { sweep_ui(ui, request) } else { None };
        request.experiment = ctx.settings().experiment.clone();
        let workspace = ctx.workspace();
        let running = workspace.studies().running().map(|_| "A study is running: wait for it or cancel it.");
        let lacking = running.or(workspace.learning_obstacle());
        let obstacle = lacking.or(problem.as_deref());
        // Another request is another size.
        self.planned.take_if(|(planned, _)| *planned != self.request || obstacle.is_some());
        if let Some((request, size)) = &self.planned {
            match planned_ui(ui, size) {
                Some(true) => {
                    ctx.act(StudiesAction::Start(Box::new(request.clone())));
                    self.planned = None;
                }
                Some(false) => self.planned = None,
                None => {}
            }
        } else if widgets::primary_button(ui, obstacle, icons::PLAY, "Start study").clicked() {
            self.planned = Some((self.request.clone(), workspace.study_size(&self.request)));
        }
        if let Some(lacking) = lacking {
            obstacle::obstacle_line(ui, lacking);
        }
    }
}

/// What will be trained, with the button that starts it (`true`) and one that does not.
fn planned_ui(ui: &mut Ui, size: &Result<StudySize, String>) -> Option<bool> {
    let (text, start) = match size {
        Ok(size) => (size_text(size), format!("Start {} trainings", widgets::count(size.trials))),
        Err(error) => (error.clone(), "Start study".to_owned()),
    };
    ui.add(egui::Label::new(text).wrap());
    ui.horizontal_wrapped(|ui| {
        let start = widgets::primary_button(ui, size.as_ref().err().map(String::as_str), icons::PLAY, &start);
        let cancel = ui.button("Cancel");
        if start.clicked() { Some(true) } else { cancel.clicked().then_some(false) }
    })
    .inner
}

/// `465 trainings of 31 configurations, 37,200 epochs at most; about 40 min at the pace of the latest run.`
fn size_text(size: &StudySize) -> String {
    let time = match size.estimate {
        Some(estimate) => format!("about {} at the pace of the latest run", widgets::duration(estimate)),
        None => "no estimate of the time without an earlier run of this network".to_owned(),
    };
    let (trials, configurations) = (widgets::count(size.trials), widgets::count(size.configurations));
    let epochs = widgets::count(size.epochs);
    let choice = match size.chosen {
        0 => String::new(),
        chosen => format!(" Each training first chooses {chosen} of its settings, which comes on top."),
    };
    format!("{trials} trainings of {configurations} configurations, {epochs} epochs at most; {time}.{choice}")
}

/// The sweep's parameters; returns what is wrong with them.
fn sweep_ui(ui: &mut Ui, request: &mut StudyRequest) -> Option<String> {
    widgets::caption(ui, "One parameter per line, with its values: graph.k = 5, 10, 20");
    ui.add(
        egui::TextEdit::multiline(&mut request.values)
            .font(egui::TextStyle::Monospace)
            .desired_rows(3)
            .desired_width(f32::INFINITY),
    )
    .accessible_name("Parameters and values");
    widgets::field(ui, "Samples", "Number of random combinations; 0 tries all", |ui| {
        ui.add(DragValue::new(&mut request.samples).range(0..=10_000).speed(0.1))
            .accessible_name("Random combinations");
        widgets::caption(ui, if request.samples == 0 { "all combinations" } else { "at random" });
    });
    let palette = theme::palette(ui.visuals());
    match request.configurations() {
        Ok(count) => {
            let trials = count * request.seeds.max(1) * request.folds.max(1);
            widgets::caption(ui, format!("{count} configurations, {trials} trials"));
            None
        }
        Err(error) => {
            let message = error.to_string();
            ui.add(egui::Label::new(RichText::new(&message).small().color(palette.warning)).wrap());
            Some(message)
        }
    }
}
