//! The search bar of a collection: words, a picture to look like, and what is found while typing.

use super::commands;
use super::narrow::Narrow;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID, Palette};
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::{icons, obstacle, text, widgets};
use crate::index::{Asked, Came, Candidates, Example, FoundPicture};
use crate::workspace::{AtHand, FoundSoFar, OpenCollection, SearchAction};
use egui::{
    Area, DragValue, FontId, Frame, Id, Key, Margin, Order, Rect, Response, RichText, Sense, Slider, TextEdit, Ui,
    pos2, vec2,
};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

/// Width of the field.
const FIELD: f32 = 300.0;
/// Side of a picture in the list.
const TILE: f32 = 84.0;
/// Height of its name.
const NAME: f32 = 18.0;
/// Pictures in a row of the list.
const COLUMNS: usize = 6;
/// Most candidates that can be chosen with the mouse; more can be typed.
const MOST: usize = 1_000_000;

/// What the bar remembers between frames.
pub struct SearchBar {
    /// The pictures of the list, by a hash of their paths.
    pictures: Thumbnails,
    /// The folder of the collection that the rest belongs to.
    of: Option<PathBuf>,
    text: String,
    example: Option<Example>,
    mix: f32,
    most: usize,
    wants_focus: bool,
    is_listing: bool,
    narrow: Narrow,
    /// The query at hand that was taken up.
    seen: Option<(String, Option<Example>)>,
}

impl SearchBar {
    /// Shows pictures of the list by these thumbnails.
    pub fn new(pictures: Thumbnails) -> Self {
        let Asked { mix, most, .. } = Asked::default();
        let (text, of, example, seen) = (String::new(), None, None, None);
        Self {
            pictures,
            of,
            text,
            example,
            mix,
            most,
            wants_focus: false,
            is_listing: false,
            narrow: Narrow::default(),
            seen,
        }
    }

    /// Puts the cursor into the field.
    pub fn focus(&mut self) {
        self.wants_focus = true;
    }

    /// Whether pictures are still being decoded.
    pub fn is_busy(&self) -> bool {
        self.pictures.is_busy()
    }

    /// Draws the bar, if a collection is open.
    pub fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let Some(open) = ctx.workspace().searching().open() else { return };
        self.pictures.poll(ui.ctx());
        self.follow(open, ctx.workspace().searching().at_hand());
        let palette = theme::palette(ui.visuals());
        let frame = Frame::new().fill(palette.panel).inner_margin(Margin { left: 10, right: 10, top: 0, bottom: 6 });
        egui::Panel::top("search bar").frame(frame).show_separator_line(false).show(ui, |ui| {
            ui.horizontal(|ui| {
                let field = self.field_ui(ui, open, ctx);
                if let Some(text) = self.narrow.show(ui, &self.text, open, ctx) {
                    self.text = text;
                    self.ask(ctx);
                }
                if !open.has_pictures {
                    away_ui(ui, ctx);
                }
                self.example_ui(ui, ctx);
                self.most_ui(ui);
                keep_ui(ui, ctx);
                if let Some(at_hand) = ctx.workspace().searching().at_hand() {
                    widgets::one_line(ui, RichText::new(described(&at_hand.candidates)).small().color(palette.weak))
                        .on_hover_text("How the candidates of this query were found");
                }
                self.list_ui(&field, open, ctx);
            });
        });
        self.pictures.finish_frame();
    }

    /// Forgets what belongs to another collection, and takes up the query at hand.
    fn follow(&mut self, open: &OpenCollection, at_hand: Option<&AtHand>) {
        let folder = Some(open.collection.folder().to_owned());
        if self.of != folder {
            self.pictures.clear();
            (self.of, self.example, self.seen, self.is_listing) = (folder, None, None, false);
            self.text.clear();
        }
        let now = at_hand.map(|at_hand| (at_hand.id.clone(), at_hand.asked.example.clone()));
        if self.seen != now {
            let id = |seen: &Option<(String, Option<Example>)>| seen.as_ref().map(|(id, _)| id.clone());
            let is_other = id(&self.seen) != id(&now);
            self.seen = now;
            if let Some(at_hand) = at_hand {
                // Another picture has the same name as a query, and another encoder gives it another vector.
                self.example.clone_from(&at_hand.asked.example);
                if is_other {
                    self.text.clone_from(&at_hand.asked.text);
                    self.is_listing = false;
                }
            }
        }
    }

    fn asked(&self) -> Asked {
        Asked { text: self.text.clone(), is_open: false, example: self.example.clone(), mix: self.mix, most: self.most }
    }

    /// Searches, if there is something to search for and it can be done now.
    fn ask(&mut self, ctx: &mut PanelCtx<'_>) {
        let is_empty = self.text.trim().is_empty() && self.example.is_none();
        if !is_empty && ctx.workspace().asking_obstacle().is_none() {
            self.is_listing = false;
            ctx.act(SearchAction::Ask(Box::new(self.asked())));
        }
    }

    /// The field, and the button that searches.
    fn field_ui(&mut self, ui: &mut Ui, open: &OpenCollection, ctx: &mut PanelCtx<'_>) -> Response {
        ui.label(RichText::new(icons::SEARCH).color(theme::palette(ui.visuals()).weak));
        let hint = format!("Search {} pictures", widgets::count(open.count));
        let field = TextEdit::singleline(&mut self.text).hint_text(hint).desired_width(FIELD);
        let field = ui.add(field).accessible_name("Search the collection");
        if std::mem::take(&mut self.wants_focus) {
            field.request_focus();
        }
        let (enter, escape) = ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
        if field.changed() {
            self.is_listing = !self.text.trim().is_empty();
            if self.is_listing {
                ctx.act(SearchAction::Find(Box::new(Asked { is_open: true, ..Asked::words(&self.text) })));
            }
        }
        if field.lost_focus() && escape {
            self.is_listing = false;
        }
        let is_empty = self.text.trim().is_empty() && self.example.is_none();
        let why = ctx.workspace().asking_obstacle().or(is_empty.then_some("Type what the pictures should show."));
        let hint = format!("{}; Enter ranks what is found", commands::SEARCH.hint());
        let button = obstacle::add_unless(ui, why, egui::Button::new("Search")).on_hover_text(hint);
        if button.clicked() || (field.lost_focus() && enter && why.is_none()) {
            self.is_listing = false;
            ctx.act(SearchAction::Ask(Box::new(self.asked())));
        }
        field
    }

    /// The picture to look like.
    fn example_ui(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let workspace = ctx.workspace();
        let has_vectors = workspace.searching().open().is_some_and(|open| open.vectors.is_some());
        let selected = ctx.session().and_then(|session| {
            let query = session.data.dataset.queries.get(session.query())?;
            let candidate = query.candidates.get(session.candidate()?)?;
            Some(session.data.dataset.images[candidate.image].id.as_str().to_owned())
        });
        let why = workspace.asking_obstacle().or(match (has_vectors, &selected) {
            (false, _) => Some("There are no visual vectors yet."),
            (true, None) => Some("Select an image first."),
            (true, Some(_)) => None,
        });
        let button = egui::Button::new("More like this");
        let hint = "Pictures that look like the selected one. A picture's file can also be dropped on the window.";
        if obstacle::add_unless(ui, why, button).on_hover_text(hint).clicked()
            && let Some(path) = selected
        {
            self.text.clear();
            self.example = Some(Example::Own(path));
            ctx.act(SearchAction::Ask(Box::new(self.asked())));
        }
        let Some(example) = &self.example else { return };
        let name = match example {
            Example::Own(path) => format!("like {}", path.rsplit('/').next().unwrap_or(path)),
            Example::Vector(_) => "like a picture".to_owned(),
        };
        if ui.button(format!("{name}  {}", icons::CROSS)).on_hover_text("Search by words alone").clicked() {
            self.example = None;
            return;
        }
        if !self.text.trim().is_empty() {
            let slider = Slider::new(&mut self.mix, 0.0..=1.0).show_value(false);
            let hint = "How much the looks count against the words";
            if ui.add(slider).on_hover_text(hint).drag_stopped() && workspace.asking_obstacle().is_none() {
                ctx.act(SearchAction::Ask(Box::new(self.asked())));
            }
        }
    }

    fn most_ui(&mut self, ui: &mut Ui) {
        let hint = "How many candidates a query gets: what matches the words, then what looks like the best of it";
        ui.add(DragValue::new(&mut self.most).range(10..=MOST).speed(5).suffix(" candidates")).on_hover_text(hint);
    }

    /// What is found so far, below the field.
    fn list_ui(&mut self, field: &Response, open: &OpenCollection, ctx: &mut PanelCtx<'_>) {
        let Some(found) = ctx.workspace().searching().found().filter(|_| self.is_listing) else { return };
        let egui = field.ctx.clone();
        let area = Area::new(Id::unique("found so far")).order(Order::Foreground);
        let shown = area.fixed_pos(field.rect.left_bottom() + vec2(0.0, GRID)).constrain(true).show(&egui, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(COLUMNS as f32 * (TILE + GRID));
                self.found_ui(ui, found, open)
            })
        });
        let clicked = shown.inner.inner;
        let is_outside = egui.input(|input| input.pointer.any_pressed())
            && !egui.input(|input| {
                let at = input.pointer.interact_pos().unwrap_or_default();
                shown.response.rect.contains(at) || field.rect.contains(at)
            });
        if clicked {
            ctx.act(SearchAction::Ask(Box::new(self.asked())));
        }
        self.is_listing &= !clicked && !is_outside;
    }

    /// The pictures found; whether one was clicked.
    fn found_ui(&mut self, ui: &mut Ui, found: &FoundSoFar, open: &OpenCollection) -> bool {
        let palette = theme::palette(ui.visuals());
        widgets::caption(ui, counted(&found.candidates, found.time.as_secs_f64() * 1e3));
        for (word, terms) in &found.candidates.instead {
            let line = match terms.is_empty() {
                true => format!("No picture has “{word}”."),
                false => format!("No picture has “{word}”; instead: {}.", terms.join(", ")),
            };
            ui.label(RichText::new(line).small().color(palette.warning));
        }
        let mut clicked = false;
        ui.spacing_mut().item_spacing = vec2(GRID, GRID);
        for row in found.candidates.list.chunks(COLUMNS) {
            ui.horizontal(|ui| {
                for picture in row {
                    clicked |= self.tile_ui(ui, picture, open, palette).clicked();
                }
            });
        }
        clicked
    }

    fn tile_ui(&mut self, ui: &mut Ui, found: &FoundPicture, open: &OpenCollection, palette: &Palette) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(TILE, TILE + NAME), Sense::click());
        let path = &found.picture.path;
        let file = open.collection.file(&found.picture);
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        let picture = self.pictures.small(hasher.finish() as usize, Some(&file));
        let tile = Rect::from_min_size(rect.min, vec2(TILE, TILE));
        widgets::paint_cover(ui.painter(), tile, picture, palette, egui::Color32::WHITE);
        let name = found.picture.words.called();
        let name = if name.is_empty() { path } else { name };
        let galley = text::line(ui.painter(), name, FontId::proportional(theme::SMALL), palette.text, TILE);
        ui.painter().galley(pos2(rect.left(), tile.bottom() + 2.0), galley, palette.text);
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, format!("Found: {name}")));
        response.on_hover_text(path)
    }
}

/// What is offered when the folder of the pictures is gone.
fn away_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let text = RichText::new("The folder of the pictures is gone.").color(theme::palette(ui.visuals()).warning);
    ui.label(text);
    if ui.button(commands::RELINK.name.as_ref()).on_hover_text("Say where it is now; nothing is lost").clicked() {
        commands::RELINK.ask(&ui.ctx().clone(), ctx);
    }
}

/// The button that keeps the query at hand.
fn keep_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let searching = ctx.workspace().searching();
    let Some(at_hand) =
        searching.at_hand().filter(|at_hand| !at_hand.asked.text.is_empty() || at_hand.asked.example.is_some())
    else {
        return;
    };
    let why = match (at_hand.is_kept, searching.is_keeping()) {
        (true, _) => Some("It is a query of the collection already."),
        (false, true) => Some("It is being kept."),
        (false, false) => None,
    };
    let name = if at_hand.is_kept { "Kept" } else { "Keep query" };
    let hint = "As a query of the collection like any other, with these candidates";
    if obstacle::add_unless(ui, why, egui::Button::new(name)).on_hover_text(hint).clicked() {
        ctx.act(SearchAction::Keep(None));
    }
}

/// How many pictures match, and in what time.
fn counted(candidates: &Candidates, milliseconds: f64) -> String {
    match candidates.matching {
        0 => "Nothing matches so far".to_owned(),
        1 => format!("1 picture matches  ·  {milliseconds:.0} ms  ·  Enter ranks it"),
        count => format!("{} pictures match  ·  {milliseconds:.0} ms  ·  Enter ranks them", widgets::count(count)),
    }
}

/// How the candidates came to be.
fn described(candidates: &Candidates) -> String {
    let number = |is: fn(&Came) -> bool| candidates.list.iter().filter(|found| is(&found.came)).count();
    let parts = [
        (number(|came| *came == Came::Text), "by words"),
        (number(|came| matches!(came, Came::Neighbour { .. })), "look like the best"),
        (number(|came| *came == Came::Example), "by looks"),
        (number(|came| *came == Came::Rest), "others"),
    ];
    let parts =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{} {what}", widgets::count(*count)));
    parts.collect::<Vec<_>>().join("  ·  ")
}
