//! A receipt on A5. The font is subset into it with its characters, so that its text can be searched and read aloud.

use intents::payments::Receipt;
use krilla::{
    Document,
    color::rgb,
    geom::{PathBuilder, Point, Size, Transform},
    image::Image,
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    text::{Font, TextDirection},
};
use model::Yen;
use std::collections::BTreeMap;

/// What stands on it.
pub struct Paper {
    pub city: String,
    pub issuer: String,
    pub tax_number: String,
    pub paid_on: String,
    pub receipt: Receipt,
    /// PNG.
    pub seal: Option<Vec<u8>>,
}

/// Points: A5 lying.
const PAGE: (f32, f32) = (595.0, 420.0);
const LEFT: f32 = 48.0;
const RIGHT: f32 = 547.0;
/// Lines that fit on the paper.
const MOST_LINES: usize = 7;
const SEAL: f32 = 58.0;

pub fn draw(paper: &Paper, font: Vec<u8>) -> Result<Vec<u8>, String> {
    write(Document::new(), paper, font)
}

fn write(mut document: Document, paper: &Paper, font: Vec<u8>) -> Result<Vec<u8>, String> {
    // The first of the collection is the Japanese one.
    let font = Font::new(font.into(), 0).ok_or("the font cannot be used")?;
    document.set_metadata(Metadata::new().title(format!("領収書 {}", paper.receipt.number)).language("ja".to_owned()).creator(paper.city.clone()));
    let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or("the page has no size")?;
    let mut page = document.start_page_with(settings);
    content(&mut Pen { surface: page.surface(), font }, paper)?;
    page.finish();
    document.finish().map_err(|error| format!("{error:?}"))
}

fn content(pen: &mut Pen<'_>, paper: &Paper) -> Result<(), String> {
    let receipt = &paper.receipt;
    // Under the words, as a seal is put on paper last but lies beneath what is read.
    if let Some(seal) = &paper.seal {
        pen.image(seal, RIGHT - SEAL, 286.0)?;
    }
    pen.text(LEFT, 62.0, 24.0, "領収書");
    pen.right(RIGHT, 52.0, 11.0, &format!("番号　{}", receipt.number));
    pen.right(RIGHT, 68.0, 11.0, &format!("領収日　{}", paper.paid_on));
    pen.rule(80.0, 1.2);
    pen.text(LEFT, 118.0, 26.0, &format!("¥{} −", receipt.total));
    pen.text(LEFT, 140.0, 11.0, &format!("ただし、{}として", receipt.title));
    pen.rule(152.0, 0.5);
    let mut y = 168.0;
    for line in receipt.lines.iter().take(MOST_LINES) {
        let amount = line.amount().map_err(|error| error.to_string())?;
        let count = if line.quantity == 1 { String::new() } else { format!("　{}円 × {}", line.unit, line.quantity) };
        pen.text(LEFT, y, 10.0, &format!("{}{count}", line.text));
        pen.right(RIGHT, y, 10.0, &format!("{amount}円"));
        y += 14.0;
    }
    if receipt.lines.len() > MOST_LINES {
        pen.text(LEFT, y, 10.0, &format!("ほか{}件", receipt.lines.len() - MOST_LINES));
        y += 14.0;
    }
    pen.rule(y - 6.0, 0.5);
    y += 10.0;
    for note in tax_notes(receipt)? {
        pen.right(RIGHT, y, 9.0, &note);
        y += 12.0;
    }
    if receipt.refunded > Yen::ZERO {
        pen.text(LEFT, y, 10.0, &format!("このうち{}円を返金しました。", receipt.refunded));
    }
    pen.text(LEFT, 318.0, 10.0, &format!("お支払い方法　{}", way(&receipt.paid_by)));
    pen.text(LEFT, 334.0, 10.0, "上記の金額を領収しました。");
    pen.right(RIGHT - SEAL - 8.0, 318.0, 15.0, &paper.city);
    pen.right(RIGHT - SEAL - 8.0, 334.0, 11.0, &paper.issuer);
    if !paper.tax_number.is_empty() {
        pen.right(RIGHT, 364.0, 9.0, &format!("登録番号　{}", paper.tax_number));
    }
    pen.text(LEFT, 388.0, 8.0, "電子で発行した領収書のため、収入印紙は要りません。");
    Ok(())
}

fn way(paid_by: &str) -> &str {
    match paid_by {
        "stripe" => "クレジットカード",
        "paypay" => "PayPay",
        "cash" => "現金",
        "sandbox" => "練習用（お金は動いていません）",
        other => other,
    }
}

/// The sum of each rate, and the tax that is in it; fractions of a yen are left out.
fn tax_notes(receipt: &Receipt) -> Result<Vec<String>, String> {
    let mut sums: BTreeMap<Option<u8>, Yen> = BTreeMap::new();
    for line in &receipt.lines {
        let amount = line.amount().map_err(|error| error.to_string())?;
        let sum = sums.entry(line.tax_percent).or_default();
        *sum = sum.plus(amount).map_err(|error| error.to_string())?;
    }
    Ok(sums
        .into_iter()
        .map(|(rate, sum)| match rate {
            Some(rate) => format!("{rate}%対象　{sum}円（うち消費税　{}円）", sum.get() * i64::from(rate) / (100 + i64::from(rate))),
            None => format!("消費税の対象外　{sum}円"),
        })
        .collect())
}

struct Pen<'a> {
    surface: Surface<'a>,
    font: Font,
}

impl Pen<'_> {
    fn ink(&mut self) {
        self.surface.set_fill(Some(Fill { paint: rgb::Color::new(20, 20, 20).into(), opacity: NormalizedF32::ONE, rule: krilla::paint::FillRule::default() }));
    }

    fn text(&mut self, x: f32, y: f32, size: f32, text: &str) {
        self.ink();
        self.surface.draw_text(Point::from_xy(x, y), self.font.clone(), size, text, false, TextDirection::Auto);
    }

    /// Ends at `x`.
    fn right(&mut self, x: f32, y: f32, size: f32, text: &str) {
        self.text(x - width(text) * size, y, size, text);
    }

    fn rule(&mut self, y: f32, thick: f32) {
        self.ink();
        let mut path = PathBuilder::new();
        path.move_to(LEFT, y);
        path.line_to(RIGHT, y);
        path.line_to(RIGHT, y + thick);
        path.line_to(LEFT, y + thick);
        path.close();
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    fn image(&mut self, png: &[u8], x: f32, y: f32) -> Result<(), String> {
        let image = Image::from_png(png.to_vec().into(), true)?;
        let size = Size::from_wh(SEAL, SEAL).ok_or("the seal has no size")?;
        self.surface.push_transform(&Transform::from_translate(x, y));
        self.surface.draw_image(image, size);
        self.surface.pop();
        Ok(())
    }
}

/// How wide words are, in sizes of the font: Noto Sans CJK's digits, signs and full-width characters.
fn width(text: &str) -> f32 {
    text.chars()
        .map(|c| match c {
            '0'..='9' => 0.555,
            ',' | '.' => 0.278,
            '-' => 0.347,
            ' ' => 0.224,
            '%' => 0.92,
            'A'..='Z' => 0.63,
            'a'..='z' => 0.55,
            _ => 1.0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use krilla::SerializeSettings;
    use model::BillLine;

    fn line(text: &str, unit: i64, tax: Option<u8>) -> BillLine {
        BillLine { text: text.to_owned(), quantity: 2, unit: Yen::new(unit).expect("fine"), tax_percent: tax }
    }

    fn receipt() -> Receipt {
        Receipt {
            number: "B-48291300-7".to_owned(),
            title: "会議室".to_owned(),
            lines: vec![line("会議室", 1_200, Some(10)), line("照明", 155, Some(10)), line("弁当", 540, Some(8)), line("証明書", 300, None)],
            total: Yen::new(4_390).expect("fine"),
            paid_at: chrono::DateTime::UNIX_EPOCH,
            paid_by: "cash".to_owned(),
            refunded: Yen::ZERO,
        }
    }

    #[test]
    fn its_words_can_be_searched_and_read_aloud() {
        let Ok(font) = std::fs::read(crate::receipt::FONT) else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "fonts-noto-cjk is missing");
            return println!("skipped: fonts-noto-cjk is not here");
        };
        let seal = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/cities/aoba/seal.png")).expect("the seal");
        let paper = Paper { city: "あおば市".to_owned(), issuer: "あおば市長".to_owned(), tax_number: "T1234567890123".to_owned(), paid_on: "2026年11月24日".to_owned(), receipt: receipt(), seal: Some(seal) };
        let plain = SerializeSettings { compress_content_streams: false, ..SerializeSettings::default() };
        let pdf = write(Document::new_with(plain), &paper, font.clone()).expect("drawn");
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.contains("/ToUnicode") && text.contains("/Image"), "the font says what its characters are, and the seal is there");
        // The table from glyphs to characters holds every character that was drawn.
        for c in "領収書番号日会議室照明弁当証明消費税対象外現金円市長登録".chars() {
            let hex = format!("<{:04X}>", c as u32);
            assert!(text.contains(&hex) || text.contains(&hex.to_lowercase()), "{c} cannot be searched");
        }
        // As it is sent it is small: the font's other glyphs are left out.
        let sent = draw(&paper, font).expect("drawn");
        assert!(sent.starts_with(b"%PDF-") && sent.len() < 200_000, "{} bytes", sent.len());
        if let Ok(path) = std::env::var("RECEIPT_OUT") {
            std::fs::write(path, sent).expect("written");
        }
    }

    #[test]
    fn each_rate_has_its_sum_and_the_tax_in_it() {
        assert_eq!(tax_notes(&receipt()).expect("fine"), ["消費税の対象外　600円", "8%対象　1,080円（うち消費税　80円）", "10%対象　2,710円（うち消費税　246円）"]);
    }
}
