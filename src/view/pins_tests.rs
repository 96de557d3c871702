use super::*;
use crate::experiment::ladder::{Dial, Place};
use crate::worker::ladder::tests::rung;

fn pin(number: usize, lambda: f64) -> Pin {
    let rung = rung(Place {
        dial: Dial::Lambda,
        value: lambda,
    });
    Pin {
        number,
        exhibit: Arc::clone(&rung.exhibit),
        network: Arc::clone(rung.network.checkpoint()),
        ground: None,
        threads: 2,
        validation: until(u64::MAX, &[rung.losses]),
    }
}

fn pins(count: usize) -> Pins {
    let mut pins = Pins::default();
    for _ in 0..count {
        pins.add(|number| pin(number, 0.1));
    }
    pins
}

fn shown(pins: &Pins) -> Option<usize> {
    pins.on_show().map(|pin| pin.number)
}

#[test]
fn four_stand_in_the_strip_and_numbers_are_given_once() {
    let mut pins = pins(MOST);
    assert!(!pins.has_room());
    assert_eq!(pins.add(|number| pin(number, 0.5)), None);
    pins.remove(2);
    assert_eq!(pins.add(|number| pin(number, 0.5)), Some(5));
    let numbers: Vec<_> = pins.all().iter().map(|pin| pin.number).collect();
    assert_eq!(numbers, [1, 3, 4, 5]);
}

#[test]
fn a_click_swaps_and_a_second_one_swaps_back() {
    let mut pins = pins(3);
    assert_eq!(shown(&pins), None);
    pins.swap(2);
    assert_eq!(shown(&pins), Some(2));
    pins.swap(3);
    assert_eq!(shown(&pins), Some(3));
    pins.swap(3);
    assert_eq!(shown(&pins), None);
    pins.swap(9);
    assert_eq!(shown(&pins), None, "there is none of that number");
}

#[test]
fn blinking_goes_to_the_pin_that_was_on_show_last_and_back() {
    let mut blinked = pins(0);
    blinked.blink();
    assert_eq!(shown(&blinked), None);
    let mut blinked = pins(3);
    let mut blink = |wanted| {
        blinked.blink();
        assert_eq!(shown(&blinked), wanted);
    };
    // None was on show: the newest.
    blink(Some(3));
    blink(None);
    blinked.swap(1);
    blinked.leave();
    let mut blink = |wanted| {
        blinked.blink();
        assert_eq!(shown(&blinked), wanted);
    };
    blink(Some(1));
    blink(None);
    blink(Some(1));
    blinked.remove(1);
    assert_eq!(shown(&blinked), None);
    blinked.blink();
    assert_eq!(shown(&blinked), Some(3));
}

#[test]
fn what_a_pin_differs_by_is_told_against_the_run() {
    let pin = pin(1, 0.7);
    let mut run = pin.network.config.clone();
    assert!(pin.differences(&run).is_empty());
    run.training.lambda = 0.1;
    let texts: Vec<_> = pin.differences(&run).iter().map(Difference::text).collect();
    assert_eq!(texts, ["λ: 0.1 → 0.7"]);
    assert_eq!(pin.name(), "pin 1 · λ = 0.7, step 1");
}

#[test]
fn losses_after_the_step_are_not_the_pins() {
    let point = |step| LossPoint {
        step,
        ..pin(1, 0.1).validation.points()[0]
    };
    let history = until(20, &[point(0), point(10), point(20), point(30)]);
    assert_eq!(history.last().map(|point| point.step), Some(20));
    assert_eq!(history.points().len(), 3);
}

/// The table is read back by its header, as a spreadsheet reads it.
#[test]
fn a_table_has_a_row_for_each_network_with_all_of_its_settings() {
    let (one, two) = (pin(1, 0.1), pin(2, 0.9));
    let text = table(&[
        entry(&one, "the \"first\", so called"),
        entry(&two, "second"),
    ]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    let columns: Vec<&str> = lines[0].split(',').collect();
    let at = |name: &str| columns.iter().position(|column| *column == name).unwrap();
    assert!(lines[1].starts_with("\"the \"\"first\"\", so called\","));
    let second = cells(lines[2]);
    assert_eq!(second.len(), columns.len());
    assert_eq!(second[at("training.lambda")], "0.9");
    assert_eq!(second[at("network.code")], "8");
    assert_eq!(second[at("seed")], "0");
    let scores = two.exhibit.network.as_ref().unwrap().scores;
    assert_eq!(second[at("lr")], scores.lr.to_string());
    assert_eq!(second[at("lc_c_p")], scores.lc_c_p.to_string());
    let settings = serde_json::to_value(&two.network.config).unwrap();
    for name in settings["training"].as_object().unwrap().keys() {
        let whole = format!("training.{name}");
        let found = columns.iter().any(|column| column.starts_with(&whole));
        assert!(found, "{name} is missing");
    }
}

/// The cells of a line, those in quotes without them.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            letter => cells.last_mut().unwrap().push(letter),
        }
    }
    cells
}

fn entry<'a>(pin: &'a Pin, name: &str) -> Entry<'a> {
    Entry {
        name: name.to_owned(),
        exhibit: &pin.exhibit,
        config: &pin.network.config,
    }
}
