//! Noise put into training sentences by rule, anew in every epoch: what typing, speaking and recognising do to text.

use nlu_models::rng::Rng;

/// Word tables for the rules; each rule fires on its own with a small probability.
pub struct Noise {
    /// Overall strength, 0.0 (off) to 1.0.
    pub strength: f32,
}

const FILLERS: [&str; 16] = [
    "えっと", "えーと", "あのー", "あの", "えー", "そのー", "なんか", "まあ", "うーんと", "ええと", "あのですね", "ですね", "んーと", "こう", "ほら",
    "まあその",
];

const OPENERS: [&str; 14] = [
    "すみません、", "すいません", "あの、すみませんが", "もしもし", "お世話になります。", "ちょっと聞きたいんですけど", "教えてください。", "お尋ねします。",
    "こんにちは、", "ごめん、", "初めて使います。", "質問です。", "お忙しいところ恐れ入ります。", "ねえ、",
];

const CLOSERS: [&str; 12] =
    ["お願いします", "よろしくお願いします", "教えて", "。すみません", "笑", "🙏", "😭", "…", "！！", "んですけど", "、急いでます", "ね"];

/// What people say around the matter itself, whatever it is: nothing of it speaks for or against an emergency.
const BEFORE: [(&str, &[&str]); 5] = [
    ("ja", &[
        "もしもし、市役所ですか。", "市民課に電話したんですけど、", "どこに言えばいいかわからないのですが、", "教えてください。", "ここに書いていいのかわかりませんが、",
        "ちょっと聞いてください。", "お聞きしたいことがあります。", "夜分にすみません。", "ごみの日を聞こうと思ったんですけど、", "初めて電話します。", "相談なんですが、",
        "番号がわからなくてここにかけました。", "あのですね、", "住民票のことで来たのですが、", "お忙しいところ恐れ入ります、", "お世話になっております。", "恐れ入りますが、",
        "いつもありがとうございます。", "ご相談です。", "すみません、",
    ]),
    ("en", &["Hello, is this city hall? ", "I don't know who to ask. ", "Excuse me, ", "Please tell me, "]),
    ("zh", &["你好，", "请问一下，", "不知道该问谁，", "是市政府吗？"]),
    ("ko", &["여보세요, 시청이죠? ", "저기요, ", "어디에 물어봐야 할지 모르겠는데, ", "좀 알려 주세요. "]),
    ("vi", &["Alo, tòa thị chính phải không? ", "Cho tôi hỏi, ", "Tôi không biết hỏi ai, ", "Xin lỗi, "]),
];
const AFTER: [(&str, &[&str]); 5] = [
    ("ja", &[
        "。どうしたらいいですか", "。どこに電話すればいいですか", "。教えてください", "。話し相手になってください", "。話を聞いてください", "。どうしたらいいか教えて",
        "。お願いします", "。よろしくお願いいたします", "。急いでいます", "。そちらでいいですか", "。どうすればよろしいでしょうか", "。電話番号を教えてください", "んですけど、どうしましょう",
        "。担当の方いますか", "。ご相談できますか", "。お願いできますでしょうか", "。ご対応いただけますか", "のですが、相談できますか", "。来ていただけますか", "。よろしいでしょうか",
    ]),
    ("en", &[" What should I do?", " Who can I call?", " Please tell me.", " Can you help?"]),
    ("zh", &["，怎么办", "，该打哪个电话", "，请告诉我", "，谢谢"]),
    ("ko", &[" 어떻게 해야 해요?", " 어디에 전화해요?", " 알려 주세요", " 부탁드려요"]),
    ("vi", &[" Phải làm sao?", " Gọi số nào?", " Xin chỉ giúp", " Cảm ơn"]),
];

/// Same sound, other characters: what a recogniser or a conversion puts instead.
const HOMOPHONES: [(&str, &str); 60] = [
    ("避難", "非難"), ("避難所", "避難書"), ("予約", "与薬"), ("返却", "返客"), ("申請", "真正"), ("申請", "新生"), ("期限", "起源"), ("保育", "補育"),
    ("収集", "招集"), ("回収", "改修"), ("粗大", "遭大"), ("住民票", "住民表"), ("証明", "照明"), ("転出", "天出"), ("転入", "天入"), ("介護", "回顧"),
    ("認定", "人定"), ("検診", "健診"), ("検診", "献身"), ("接種", "摂取"), ("手当", "手当て"), ("医療", "衣料"), ("使用料", "使用量"), ("支払い", "支配"),
    ("領収書", "領収所"), ("図書館", "図書感"), ("貸出", "菓子だし"), ("延長", "園長"), ("公民館", "公明館"), ("会議室", "会議質"), ("体育館", "大育館"),
    ("空き", "秋"), ("空いて", "開いて"), ("道路", "同郎"), ("街灯", "該当"), ("公園", "講演"), ("水位", "推移"), ("警報", "計報"), ("避難", "飛難"),
    ("安否", "安否"), ("通知", "土地"), ("配信", "背信"), ("登録", "登六"), ("変更", "偏向"), ("取消", "鳥消し"), ("解除", "介助"), ("講習", "公衆"),
    ("防火", "放課"), ("学童", "額道"), ("欠席", "結石"), ("遅刻", "地獄"), ("入園", "入円"), ("窓口", "まどぐち"), ("職員", "食員"), ("担当", "短刀"),
    ("何時", "難じ"), ("商品券", "商品圏"), ("残高", "山高"), ("地図", "チーズ"), ("還付", "乾布"),
];

/// Words that many people write in kana.
const KANA: [(&str, &str); 40] = [
    ("避難所", "ひなんじょ"), ("予約", "よやく"), ("申請", "しんせい"), ("手続き", "てつづき"), ("図書館", "としょかん"), ("保育園", "ほいくえん"),
    ("住民票", "じゅうみんひょう"), ("引っ越し", "ひっこし"), ("粗大ごみ", "そだいごみ"), ("捨て", "すて"), ("教えて", "おしえて"), ("下さい", "ください"),
    ("何時", "なんじ"), ("何曜日", "なんようび"), ("今日", "きょう"), ("明日", "あした"), ("子供", "こども"), ("子ども", "こども"), ("病院", "びょういん"),
    ("近く", "ちかく"), ("場所", "ばしょ"), ("電話", "でんわ"), ("変更", "へんこう"), ("道路", "どうろ"), ("公園", "こうえん"), ("支払", "しはら"),
    ("領収書", "りょうしゅうしょ"), ("本", "ほん"), ("借り", "かり"), ("返", "かえ"), ("通知", "つうち"), ("止め", "とめ"), ("私", "わたし"),
    ("書類", "しょるい"), ("市役所", "しやくしょ"), ("窓口", "まどぐち"), ("人", "ひと"), ("使", "つか"), ("見", "み"), ("言", "い"),
];

/// Endings of the standard language and what people of Kansai and elsewhere say.
const ENDINGS: [(&str, &str); 24] = [
    ("ですか", "でっか"), ("ですか", "なん"), ("ください", "ください"), ("ください", "くれへん"), ("してもらえますか", "してもらえへん"), ("ありますか", "ある"),
    ("ありますか", "あらへんかな"), ("ない", "へん"), ("だよ", "やで"), ("です", "や"), ("です", "っす"), ("ました", "たわ"), ("したい", "したいねん"),
    ("たいです", "たいねんけど"), ("たいのですが", "たいんやけど"), ("ですが", "やけど"), ("んですけど", "んやけど"), ("ますか", "ますのん"), ("いい", "ええ"),
    ("どこ", "どこら辺"), ("だけど", "やけど"), ("している", "しとる"), ("している", "してはる"), ("している", "してる"),
];

const PARTICLES: [char; 7] = ['は', 'が', 'を', 'に', 'で', 'の', 'も'];

impl Noise {
    /// A copy of `text` as another person or a recogniser might have it. Latin and Korean text is only mistyped.
    pub fn apply(&self, text: &str, section: &str, rng: &mut Rng) -> String {
        let mut text = text.to_owned();
        let p = self.strength;
        if section.starts_with("ja") {
            for table in [&HOMOPHONES[..], &KANA[..], &ENDINGS[..]] {
                if rng.chance(0.25 * p) {
                    swap_word(&mut text, table, rng);
                }
            }
            if rng.chance(0.15 * p) {
                drop_particle(&mut text, rng);
            }
            if rng.chance(0.2 * p) {
                text.retain(|c| !matches!(c, '、' | '。' | '?' | '？' | '!' | '！'));
            }
            if rng.chance(0.12 * p) {
                insert(&mut text, FILLERS[rng.below(FILLERS.len())], rng);
            }
            if rng.chance(0.08 * p) && text.chars().count() > 4 {
                text.insert_str(0, OPENERS[rng.below(OPENERS.len())]);
            }
            if rng.chance(0.08 * p) && text.chars().count() > 4 {
                text.push_str(CLOSERS[rng.below(CLOSERS.len())]);
            }
        }
        if rng.chance(0.2 * p) {
            mistype(&mut text, rng);
        }
        if rng.chance(0.04 * p) {
            stray(&mut text, rng);
        }
        text
    }
}

/// Puts something before or behind a sentence about an emergency or what looks like one: it weighs the same for both.
pub fn frame(text: &mut String, section: &str, rng: &mut Rng) {
    let of = |table: &[(&str, &'static [&'static str])]| table.iter().find(|(lang, _)| section.starts_with(lang)).map_or(&[][..], |(_, all)| *all);
    let (before, after) = (of(&BEFORE), of(&AFTER));
    if !before.is_empty() && rng.chance(0.25) {
        text.insert_str(0, before[rng.below(before.len())]);
    }
    if !after.is_empty() && rng.chance(0.3) {
        let end = text.trim_end_matches(['。', '.', '！', '!', '？', '?']).len();
        text.truncate(end);
        text.push_str(after[rng.below(after.len())]);
    }
}

/// Replaces one of the words of `table` that occur, chosen at random.
fn swap_word(text: &mut String, table: &[(&str, &str)], rng: &mut Rng) {
    let found: Vec<_> = table.iter().filter(|(word, _)| text.contains(word)).collect();
    if let Some((word, other)) = found.get(rng.below(found.len())) {
        *text = text.replacen(word, other, 1);
    }
}

fn drop_particle(text: &mut String, rng: &mut Rng) {
    let places: Vec<(usize, char)> = text.char_indices().skip(1).filter(|(_, c)| PARTICLES.contains(c)).collect();
    if let Some((at, _)) = places.get(rng.below(places.len())) {
        text.remove(*at);
    }
}

fn insert(text: &mut String, what: &str, rng: &mut Rng) {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    if let Some(&at) = places.get(rng.below(places.len())) {
        text.insert_str(at, what);
    }
}

/// Swaps, drops or doubles one character.
fn mistype(text: &mut String, rng: &mut Rng) {
    let mut chars: Vec<char> = text.chars().collect();
    if chars.len() < 6 {
        return;
    }
    let at = rng.below(chars.len() - 1);
    match rng.below(3) {
        0 => chars.swap(at, at + 1),
        1 => {
            chars.remove(at);
        }
        _ => chars.insert(at, chars[at]),
    }
    *text = chars.into_iter().collect();
}

/// A key hit beside the text, as in 「こんにちは1」.
fn stray(text: &mut String, rng: &mut Rng) {
    const KEYS: [char; 12] = ['1', '2', '3', '0', 'a', 'w', 'q', 'l', 'っ', ']', '@', 'ｗ'];
    let key = KEYS[rng.below(KEYS.len())];
    if rng.chance(0.8) { text.push(key) } else { text.insert(0, key) }
}
