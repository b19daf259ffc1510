//! An answer that names the question it belongs to: 「電話番号は…」「時間を午後に」, and a choice of what to change.

use crate::{Field, FieldKind, Form, said::without_ending};

/// What an utterance says of a field that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub field: String,
    /// What is said of it, without endings.
    pub value: String,
    /// It is said to be wrong.
    pub wrong: bool,
}

/// After a name.
const AFTER: [&str; 14] = ["は", "が", "を", "も", "に", "の方", "：", ":", "=", " is ", "是", "은", "는", " là "];

/// Said of an answer that is wrong.
const WRONG: [&str; 24] = [
    "間違っています", "間違ってます", "間違っていました", "間違ってました", "間違いでした", "間違いです", "間違えました", "間違えてます", "間違い", "違っています", "違ってます", "違いました", "違います", "違う",
    "ちがいます", "変更したいです", "変更したい", "変えたいです", "変えたい", "直したいです", "直したい", "直す", "変更", "変える",
];

/// The field that words name, and what they say of it.
pub(crate) fn of(form: &Form, text: &str) -> Option<Named> {
    let (name, rest) = head(text)?;
    let field = field_called(form, &name)?;
    let rest = rest.trim();
    let wrong = WRONG.iter().filter(|wrong| rest.starts_with(*wrong)).max_by_key(|wrong| wrong.len());
    let rest = ["やっぱり", "やっぱ"].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
    let value = wrong.map_or(rest, |wrong| rest[wrong.len()..].trim_start_matches(['、', '。', ',', '.', ' ', '　', '!', '！']));
    Some(Named { field: field.name.to_string(), value: without_ending(value).trim_end_matches(['。', '.']).to_owned(), wrong: wrong.is_some() })
}

/// All fields that words name, each with what is said of it, and what is said beside them: 「電話番号は…で、時間は午後に」.
pub(crate) fn all(form: &Form, text: &str) -> (Vec<Named>, String) {
    let pieces: Vec<&str> = text.split(['、', '。', ',', '，']).map(str::trim).filter(|piece| !piece.is_empty()).collect();
    let named: Vec<Option<Named>> = pieces.iter().map(|piece| of(form, piece)).collect();
    // Free words may go on behind a comma.
    let whole = of(form, text).filter(|whole| named.iter().flatten().count() < 2 && (pieces.len() < 2 || !named.iter().flatten().any(|piece| is_short(form, piece)) || whole.wrong));
    if let Some(whole) = whole {
        return (vec![whole], String::new());
    }
    let rest: Vec<&str> = pieces.iter().zip(&named).filter(|(_, named)| named.is_none()).map(|(piece, _)| *piece).collect();
    (named.into_iter().flatten().collect(), rest.join("、"))
}

/// Whether what a field holds ends where a sentence does.
fn is_short(form: &Form, named: &Named) -> bool {
    let free = |kind: &FieldKind| matches!(kind, FieldKind::Text { .. } | FieldKind::Query | FieldKind::Address | FieldKind::Location);
    !named.value.is_empty() && form.find(&named.field).is_some_and(|field| !free(&field.kind))
}

/// The field that words name and nothing else: the answer to 「どこを直しますか」.
pub(crate) fn alone(form: &Form, text: &str) -> Option<String> {
    let bare = without_ending(text);
    let bare = bare.strip_suffix(['を', 'が', 'は']).unwrap_or(bare);
    field_called(form, bare).map(|field| field.name.to_string())
}

/// The words before the first particle, and those after it.
fn head(text: &str) -> Option<(String, String)> {
    let folded = normalise::fold(text);
    let (at, mark) = AFTER.iter().filter_map(|mark| folded.find(mark).map(|at| (at, mark))).filter(|(at, _)| *at > 0).min_by_key(|(at, _)| *at)?;
    let name = folded.get(..at)?.trim().to_owned();
    // A sentence before it answers something else.
    if name.contains(['。', '、', ',', '.', '!', '?']) {
        return None;
    }
    let rest = folded.get(at + mark.len()..)?.to_owned();
    (name.chars().count() <= 24).then_some((name, rest))
}

/// The one field that is called so, in whatever language.
fn field_called<'a>(form: &'a Form, name: &str) -> Option<&'a Field> {
    let name = normalise::fold(name).to_lowercase();
    let name = name.trim().trim_start_matches('お');
    if name.chars().count() < 2 && name != "日" {
        return None;
    }
    let one = |fits: &dyn Fn(&Field) -> bool| {
        let mut all = form.fields.iter().filter(|field| fits(field));
        all.next().filter(|_| all.next().is_none())
    };
    one(&|field| field.called.iter().any(|called| called.trim_start_matches('お') == name))
        .or_else(|| one(&|field| field.called.iter().any(|called| called.contains(name))))
        .or_else(|| one(&|field| field.called.iter().any(|called| called.chars().count() >= 2 && name.ends_with(called.trim_start_matches('お')))))
        .or_else(|| one(&|field| usual_names(&field.kind).contains(&name)))
}

/// What people call a field of a kind, whatever the form calls it.
fn usual_names(kind: &FieldKind) -> &'static [&'static str] {
    match kind {
        FieldKind::Phone => &["電話", "電話番号", "番号", "でんわ", "連絡先", "phone", "phone number", "number", "电话", "전화번호", "전화", "số điện thoại"],
        FieldKind::Email => &["メール", "メールアドレス", "メアド", "アドレス", "email", "e-mail", "mail", "邮箱", "이메일"],
        FieldKind::KanaName => &["名前", "氏名", "なまえ", "ふりがな", "name", "姓名", "名字", "이름", "tên"],
        FieldKind::Address => &["住所", "場所", "address", "地址", "주소", "địa chỉ"],
        FieldKind::Date { .. } => &["日", "日にち", "日付", "date", "日期", "날짜", "ngày"],
        FieldKind::Time | FieldKind::TimeSlot { .. } => &["時間", "時刻", "time", "时间", "시간", "giờ"],
        FieldKind::Birthday => &["誕生日", "生年月日", "birthday", "date of birth", "生日", "생일", "ngày sinh"],
        FieldKind::Photo => &["写真", "photo", "照片", "사진", "ảnh"],
        FieldKind::Number { .. } | FieldKind::Digits { .. } => &["数", "人数", "番号", "number"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form {
        let mut form = Form::task("callback", &[]);
        for (name, kind, called) in [
            ("topic", FieldKind::Text { max: 100 }, "ご用件"),
            ("phone", FieldKind::Phone, "電話番号"),
            ("when", FieldKind::Time, "ご都合のよい時間"),
            ("owner", FieldKind::KanaName, "飼い主のお名前(ふりがな)"),
        ] {
            let mut field = Field::new(name, kind);
            field.called = vec![called.to_owned()];
            form = form.field(field);
        }
        form
    }

    #[test]
    fn a_field_is_named_as_people_name_it() {
        for (text, field, value) in [
            ("時間は午後に", "when", "午後"),
            ("電話番号が違いました。06-0000-1111", "phone", "06-0000-1111"),
            ("電話番号は06-0000-1111です", "phone", "06-0000-1111"),
            ("名前はタナカの間違いです", "owner", "タナカ"),
            ("電話番号を変えたい", "phone", ""),
            ("用件は保育園のことです", "topic", "保育園のこと"),
        ] {
            let wrong = text.contains("違い") && !text.contains("の間違い") || text.contains("変えたい");
            assert_eq!(of(&form(), text), Some(Named { field: field.into(), value: value.into(), wrong }), "{text}");
        }
    }

    #[test]
    fn other_words_name_nothing() {
        for text in ["午後", "犬です。電話番号は06-0000-1111です", "保育園は何歳からですか", "はい", "私は山田です", ""] {
            assert_eq!(of(&form(), text), None, "{text}");
        }
        let (both, _) = all(&form(), "電話番号は06-0000-1112で、時間は午後にしてください");
        assert_eq!(both.iter().map(|named| named.field.as_str()).collect::<Vec<_>>(), ["phone", "when"]);
        let (one, rest) = all(&form(), "番号は06-0000-2211で、午後がいいです");
        assert_eq!((one.len(), one[0].value.as_str(), rest.as_str()), (1, "06-0000-2211で", "午後がいいです"));
        let (topic, rest) = all(&form(), "用件は保育園のこと、それと学童です");
        assert_eq!((topic[0].value.as_str(), rest.as_str()), ("保育園のこと、それと学童", ""));
        assert_eq!(alone(&form(), "電話番号です"), Some("phone".into()));
        assert_eq!(alone(&form(), "時間を"), Some("when".into()));
        assert_eq!(alone(&form(), "全部"), None);
    }
}
