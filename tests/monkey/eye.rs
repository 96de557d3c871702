//! What a person sees of the window: its widgets by their names, and what the toolbar says.

use egui::Rect;
use egui::accesskit::Role;
use egui_kittest::kittest::{AccessKitNode, NodeT};
use egui_kittest::{Harness, Node};

/// A widget with a name.
#[derive(Clone, Debug)]
pub struct Widget {
    pub role: Role,
    pub name: String,
    pub rect: Rect,
    pub enabled: bool,
    /// Whether it stands in something that scrolls.
    pub scrolls: bool,
    /// The ends of its numbers, if it has some.
    pub range: Option<(f64, f64)>,
    /// How many before it have the same role and name.
    pub nth: usize,
}

impl Widget {
    /// Whether a hand can do something with it.
    pub fn is_for_hands(&self) -> bool {
        !matches!(
            self.role,
            Role::Label
                | Role::GenericContainer
                | Role::Pane
                | Role::Window
                | Role::TextRun
                | Role::ScrollBar
                | Role::Alert
                | Role::Status
                | Role::Dialog
                | Role::Menu
                | Role::Tooltip
        )
    }

    pub fn is_notice(&self) -> bool {
        matches!(self.role, Role::Alert | Role::Status) && self.name.starts_with("Notice:")
    }
}

/// All widgets that have a name, in the tree's order.
pub fn widgets<S>(harness: &Harness<'_, S>) -> Vec<Widget> {
    let mut out = Vec::with_capacity(256);
    visit(&harness.root(), false, &mut out);
    let mut seen = std::collections::HashMap::new();
    for widget in &mut out {
        let count = seen
            .entry((widget.role as u8, widget.name.clone()))
            .or_insert(0);
        widget.nth = *count;
        *count += 1;
    }
    out
}

fn visit(node: &Node<'_>, scrolls: bool, out: &mut Vec<Widget>) {
    let inner = node.accesskit_node();
    if inner.is_hidden() {
        return;
    }
    if let Some(widget) = widget(node, &inner, scrolls) {
        out.push(widget);
    }
    let is_bar = |child: &Node<'_>| child.accesskit_node().role() == Role::ScrollBar;
    let children: Vec<_> = node.children().collect();
    let scrolls = scrolls || children.iter().any(is_bar);
    for child in &children {
        visit(child, scrolls, out);
    }
}

fn widget(node: &Node<'_>, inner: &AccessKitNode<'_>, scrolls: bool) -> Option<Widget> {
    // A label is all value.
    let text = |inner: &AccessKitNode<'_>| match inner.role() {
        Role::Label => inner.value(),
        _ => inner.label(),
    };
    let name = text(inner)
        .filter(|label| !label.trim().is_empty())
        .or_else(|| inner.placeholder().map(ToOwned::to_owned))?;
    inner.raw_bounds()?;
    Some(Widget {
        role: inner.role(),
        name,
        rect: node.rect(),
        enabled: !inner.is_disabled(),
        scrolls,
        range: inner.min_numeric_value().zip(inner.max_numeric_value()),
        nth: 0,
    })
}

/// What the toolbar says, as far as it is about the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    Reading,
    Nothing,
    Starting,
    /// Mixtures or posteriors are computed.
    Prepares,
    /// Steps are taken.
    Trains,
    Evaluates,
    Paused,
    Stopped,
    Finished,
    Diverged,
    Failed,
}

impl Says {
    /// What a text says; longer beginnings stand before shorter ones.
    pub fn of(text: &str) -> Option<Self> {
        const WORDS: [(&str, Says); 14] = [
            ("Reading", Says::Reading),
            ("No run", Says::Nothing),
            ("Starting", Says::Starting),
            ("Prior", Says::Prepares),
            ("Posteriors", Says::Prepares),
            ("Pretraining", Says::Trains),
            ("Training", Says::Trains),
            ("Evaluating", Says::Evaluates),
            ("Paused", Says::Paused),
            ("Stopped", Says::Stopped),
            ("Finished", Says::Finished),
            ("Rests", Says::Finished),
            ("Diverged", Says::Diverged),
            ("Failed", Says::Failed),
        ];
        let found = WORDS.iter().find(|(word, _)| text.starts_with(word));
        found.map(|&(_, says)| says)
    }

    /// Whether it is about work that is being done.
    pub fn is_work(self) -> bool {
        matches!(
            self,
            Self::Starting | Self::Prepares | Self::Trains | Self::Evaluates
        )
    }
}

/// The line of the toolbar about the run.
pub fn toolbar_line(widgets: &[Widget]) -> Option<(&str, Says)> {
    let above = |widget: &&Widget| widget.role == Role::Label && widget.rect.bottom() < 60.0;
    let mut labels = widgets.iter().filter(above);
    labels.find_map(|widget| Some((widget.name.as_str(), Says::of(&widget.name)?)))
}

/// Whether something is open over the window that takes clicks for itself.
pub fn is_covered(ctx: &egui::Context) -> bool {
    egui::Popup::is_any_open(ctx) || ctx.memory(|memory| memory.top_modal_layer().is_some())
}

/// Whether the window itself is what stands at a widget's centre.
pub fn is_uncovered(ctx: &egui::Context, widget: &Widget) -> bool {
    let layer = ctx.layer_id_at(widget.rect.center());
    !is_covered(ctx) && layer.is_none_or(|layer| layer.order == egui::Order::Background)
}
