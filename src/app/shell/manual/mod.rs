//! The manual, shown over the panels.

mod pages;

pub use pages::{SectionId, name, search};

use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, obstacle, widgets};
use egui::{Align, Context, Id, Key, Layout, Modal, RichText, ScrollArea, Ui, vec2};
use egui_commonmark::{CommonMarkCache, CommonMarkViewer};
use pages::{page_of, pages};

/// Width of the list of pages.
const CONTENTS: f32 = 220.0;

/// The manual: closed, or open at a page.
#[derive(Default)]
pub struct Manual {
    open: bool,
    page: usize,
    /// The section to scroll to.
    goal: Option<usize>,
    /// Pages read before, the latest last.
    back: Vec<usize>,
    typed: String,
    cache: CommonMarkCache,
}

impl Manual {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Opens it where it was last read, or closes it.
    pub fn toggle(&mut self) {
        self.open = !self.open;
    }

    /// Opens it at a section.
    pub fn open_at(&mut self, (page, section): SectionId) {
        self.open = true;
        self.turn_to(page);
        self.goal = Some(section);
    }

    /// Draws it, if it is open.
    pub fn show(&mut self, ctx: &Context) {
        if !self.open {
            return;
        }
        let size = ctx.content_rect().size() - vec2(8.0 * GRID, 12.0 * GRID);
        let modal = Modal::new(Id::unique("manual")).show(ctx, |ui| {
            ui.set_width(size.x.min(1120.0));
            ui.set_height(size.y.min(760.0));
            self.bar_ui(ui);
            ui.separator();
            let down = Layout::top_down(Align::Min);
            ui.horizontal_top(|ui| {
                let height = ui.available_height();
                ui.allocate_ui_with_layout(vec2(CONTENTS, height), down, |ui| self.contents_ui(ui));
                ui.separator();
                ui.allocate_ui_with_layout(vec2(ui.available_width(), height), down, |ui| self.page_ui(ui));
            });
        });
        let key = ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::F1));
        if key || modal.should_close() {
            self.open = false;
        }
    }

    fn bar_ui(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            ui.label(RichText::new("Manual").heading());
            ui.add_space(2.0 * GRID);
            let obstacle = self.back.is_empty().then_some("No page was read before this one.");
            let back = obstacle::add_unless(ui, obstacle, egui::Button::new("Back"));
            let key = ui.input(|input| input.modifiers.alt && input.key_pressed(Key::ArrowLeft));
            if (back.on_hover_text("Previous page (Alt+Left)").clicked() || key)
                && let Some(page) = self.back.pop()
            {
                (self.page, self.goal) = (page, Some(0));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if widgets::icon_button(ui, icons::CROSS, "Close (Esc)").clicked() {
                    self.open = false;
                }
                let field =
                    egui::TextEdit::singleline(&mut self.typed).hint_text("Search the manual").desired_width(240.0);
                ui.add(field).accessible_name("Search the manual");
                if !self.typed.is_empty() && widgets::icon_button(ui, icons::CROSS, "Clear search").clicked() {
                    self.typed.clear();
                }
            });
        });
    }

    /// The list of pages, or the search results.
    fn contents_ui(&mut self, ui: &mut Ui) {
        let found = search(&self.typed);
        let mut goal = None;
        ScrollArea::vertical().id_salt("contents").auto_shrink([false, false]).show(ui, |ui| {
            if self.typed.trim().is_empty() {
                for (at, page) in pages().iter().enumerate() {
                    if ui.selectable_label(at == self.page, &page.title).clicked() {
                        goal = Some((at, 0));
                    }
                }
            } else if found.is_empty() {
                ui.label(RichText::new("Nothing found").color(theme::palette(ui.visuals()).weak));
            }
            for section in found {
                if ui.selectable_label(false, name(section)).clicked() {
                    goal = Some(section);
                }
            }
        });
        if let Some((page, section)) = goal {
            self.turn_to(page);
            self.goal = Some(section);
        }
    }

    fn page_ui(&mut self, ui: &mut Ui) {
        let page = &pages()[self.page];
        let goal = self.goal.take();
        let area = ScrollArea::vertical().id_salt(("page", self.page)).auto_shrink([false, false]);
        let mut next = None;
        area.show(ui, |ui| {
            ui.set_max_width(ui.available_width().min(840.0));
            for (at, section) in page.sections.iter().enumerate() {
                if goal == Some(at) {
                    let top = egui::Rect::from_min_size(ui.cursor().min, vec2(1.0, 1.0));
                    ui.scroll_to_rect(top, Some(Align::TOP));
                }
                // Hooks must be set before a section is drawn; clicks can be read right after.
                for other in pages() {
                    self.cache.add_link_hook(other.file);
                }
                ui.push_id(at, |ui| CommonMarkViewer::new().show(ui, &mut self.cache, &section.text));
                let clicked = pages().iter().find(|other| self.cache.get_link_hook(other.file) == Some(true));
                next = clicked.and_then(|other| page_of(other.file)).or(next);
                ui.add_space(GRID);
            }
        });
        if let Some(page) = next {
            self.turn_to(page);
            self.goal = Some(0);
        }
    }

    fn turn_to(&mut self, page: usize) {
        if page != self.page {
            self.back.push(self.page);
            self.page = page;
        }
    }
}
