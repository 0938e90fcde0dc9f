//! What a search can be narrowed by, and how much each field counts.

use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::index::text::{Facet, Facets, FieldWeights, parse};
use crate::workspace::{OpenCollection, SearchAction};
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Align, DragValue, Grid, Layout, PopupCloseBehavior, RichText, ScrollArea, Ui, vec2};

/// Width of the facets and of the weights, and the greatest height of both.
const FACETS: f32 = 330.0;
const WEIGHTS: f32 = 170.0;
const HEIGHT: f32 = 360.0;

/// The greatest weight of a field.
const MOST: f32 = 20.0;

/// A field, and where its weight is.
type Weighed = (&'static str, &'static str, fn(&mut FieldWeights) -> &mut f32);

/// The fields, with what they hold.
const FIELDS: [Weighed; 8] = [
    ("title", "Titles", |weights| &mut weights.title),
    ("description", "Descriptions", |weights| &mut weights.description),
    ("captions", "Further texts about a picture", |weights| &mut weights.captions),
    ("tags", "Keywords, categories and people", |weights| &mut weights.tags),
    ("places", "Names of places", |weights| &mut weights.places),
    ("name", "The words of file names", |weights| &mut weights.name),
    ("folders", "The words of folder names", |weights| &mut weights.folders),
    ("other", "Authors, licences and columns of tables", |weights| &mut weights.other),
];

/// What is remembered while it is open.
#[derive(Default)]
pub struct Narrow {
    /// The words whose facets were asked for, and the data set that was open then.
    asked: Option<(u64, String)>,
    /// Weights that are being changed, and those that they were before.
    weights: Option<[FieldWeights; 2]>,
}

impl Narrow {
    /// Draws the button; the new text of the search, if a facet was put in or taken out.
    pub fn show(&mut self, ui: &mut Ui, text: &str, open: &OpenCollection, ctx: &mut PanelCtx<'_>) -> Option<String> {
        let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let mut changed = None;
        let button = MenuButton::new(format!("Narrow  {}", icons::DOWN)).config(config);
        let (response, shown) = button.ui(ui, |ui| {
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                ui.allocate_ui_with_layout(vec2(FACETS, HEIGHT), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(FACETS);
                    changed = self.facets_ui(ui, text, ctx);
                });
                ui.separator();
                ui.allocate_ui_with_layout(vec2(WEIGHTS, HEIGHT), Layout::top_down(Align::Min), |ui| {
                    ui.set_width(WEIGHTS);
                    self.weights_ui(ui, open, ctx);
                });
            });
        });
        response.on_hover_text("By album, licence, year or any other column; and how much each field counts");
        if shown.is_none() {
            *self = Self::default();
        }
        changed
    }

    fn facets_ui(&mut self, ui: &mut Ui, text: &str, ctx: &mut PanelCtx<'_>) -> Option<String> {
        // Asking anything opens the collection anew.
        let asking = (ctx.session().map_or(0, |session| session.generation), text.to_owned());
        if self.asked.as_ref() != Some(&asking) {
            self.asked = Some(asking);
            ctx.act(SearchAction::FindFacets(text.to_owned()));
        }
        let searching = ctx.workspace().searching();
        ui.label(widgets::strong_text("What is found has"));
        let mut changed = None;
        let clauses = clauses(text);
        let chips = |ui: &mut Ui| {
            for clause in &clauses {
                let button = egui::Button::new(RichText::new(format!("{clause}  {}", icons::CROSS)).small());
                let name = format!("Take out {clause}");
                if ui.add(button).on_hover_text("Take it out of the search").accessible_name(name).clicked() {
                    changed = Some(toggled(text, clause));
                }
            }
        };
        if !clauses.is_empty() {
            ui.horizontal_wrapped(chips);
        }
        if changed.is_some() {
            return changed;
        }
        let Some((_, facets)) = searching.facets().filter(|(of, _)| of == text) else {
            widgets::caption(ui, "Looking…");
            return None;
        };
        if facets.list.is_empty() {
            widgets::caption(ui, "Nothing to narrow by: no column, folder, place or year that several pictures share.");
            return None;
        }
        widgets::caption(ui, counted(facets));
        let area = ScrollArea::vertical().max_height(HEIGHT - 60.0).auto_shrink([false, true]);
        area.show(ui, |ui| facets.list.iter().filter_map(|facet| facet_ui(ui, facet, text)).last()).inner
    }

    fn weights_ui(&mut self, ui: &mut Ui, open: &OpenCollection, ctx: &mut PanelCtx<'_>) {
        ui.label(widgets::strong_text("How much fields count"));
        let saved = open.collection.manifest().weights;
        let changing = self.weights.filter(|[_, before]| *before == saved);
        let mut weights = changing.map_or(saved, |[weights, _]| weights);
        let mut is_set = false;
        Grid::new("weights").num_columns(2).spacing(vec2(2.0 * GRID, 2.0)).show(ui, |ui| {
            let palette = theme::palette(ui.visuals());
            for (name, hint, of) in FIELDS {
                ui.label(RichText::new(name).color(palette.weak)).on_hover_text(hint);
                let value = DragValue::new(of(&mut weights)).range(0.0..=MOST).speed(0.05).max_decimals(2);
                let field = ui.add(value).accessible_name(format!("Weight of {name}"));
                is_set |= field.drag_stopped() || field.lost_focus();
                ui.end_row();
            }
        });
        ui.add_space(GRID);
        widgets::caption(ui, "BM25 of each field is multiplied by its weight; 0 leaves it out.");
        let is_usual = weights == FieldWeights::default();
        if ui.add_enabled(!is_usual, egui::Button::new("Usual weights").small()).clicked() {
            weights = FieldWeights::default();
            is_set = true;
        }
        self.weights = Some([weights, saved]);
        if is_set && weights != saved {
            ctx.act(SearchAction::SetWeights(weights));
        }
    }
}

/// How many pictures the counts are of.
fn counted(facets: &Facets) -> String {
    let [pictures, found] = [facets.pictures, facets.found].map(widgets::count);
    match facets.pictures == facets.found {
        true => format!("{pictures} pictures"),
        false => format!("The first {pictures} of {found} pictures"),
    }
}

/// Draws a facet; the new text, if a value was clicked.
fn facet_ui(ui: &mut Ui, facet: &Facet, text: &str) -> Option<String> {
    let palette = theme::palette(ui.visuals());
    ui.add_space(4.0);
    ui.label(RichText::new(facet.column.replace('_', " ")).small().color(palette.weak));
    let mut changed = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        for (value, count) in &facet.values {
            let clause = facet.clause(value);
            let is_in = parts(text).contains(&clause);
            let name = RichText::new(format!("{value}  {}", widgets::count(*count))).small();
            let hint = if is_in { "Take it out of the search" } else { "Only pictures that have it" };
            if ui.add(egui::Button::new(name).selected(is_in)).on_hover_text(format!("{hint}: {clause}")).clicked() {
                changed = Some(toggled(text, &clause));
            }
        }
        if facet.count > facet.values.len() {
            widgets::caption(ui, format!("and {} more", widgets::count(facet.count - facet.values.len())));
        }
    });
    changed
}

/// The parts of a search: words, and what is in quotes with the field in front of it.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match parts.last_mut().filter(|part| part.matches('"').count() % 2 == 1) {
            Some(part) => *part = format!("{part} {word}"),
            None => parts.push(word.to_owned()),
        }
    }
    parts
}

/// The parts of a search that name a field.
fn clauses(text: &str) -> Vec<String> {
    let mut parts = parts(text);
    parts.retain(|part| parse(part).first().is_some_and(|clause| clause.field.is_some()));
    parts
}

/// A search with a clause put in, or taken out if it was there.
fn toggled(text: &str, clause: &str) -> String {
    let mut parts = parts(text);
    match parts.iter().position(|part| part == clause) {
        Some(at) => drop(parts.remove(at)),
        None => parts.push(clause.to_owned()),
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_is_put_in_and_taken_out() {
        let text = toggled("brown bear", "album:\"north pole\"");
        assert_eq!(text, "brown bear album:\"north pole\"");
        assert_eq!(toggled(&text, "album:\"north pole\""), "brown bear");
        assert_eq!(toggled("", "year:2021"), "year:2021");
        assert_eq!(toggled("a year:2021 b", "year:2021"), "a b");
        assert_eq!(toggled("-album:rome album:romeo", "album:rome"), "-album:rome album:romeo album:rome");
        assert_eq!(clauses("a \"b c\" year:2021 album:\"north pole\""), ["year:2021", "album:\"north pole\""]);
    }
}
