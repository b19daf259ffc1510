//! Short things that residents say about the question they were asked. They are no requests, so understanding does not know them.

/// Asks what a question means, or how to answer it.
const WHAT: [&str; 37] = [
    "どういう意味", "どうゆう意味", "意味が分から", "意味がわから", "意味は", "どういうこと", "例を", "例えば何", "たとえば何", "例えば?", "例えば", "たとえば", "何を書けば", "なにを書けば", "何を書いたら", "何と書けば", "なんて書けば",
    "何て書けば", "何と答えれば", "どう答えれば", "どう書けば", "どうやって書", "どう入力", "書き方", "what does that mean", "what do you mean", "for example", "an example", "什么意思", "举个例子", "무슨 뜻", "예를 들", "nghĩa là gì", "ví dụ",
    "为什么", "왜", "tại sao",
];

/// Says that the answer is not known.
const UNKNOWN: [&str; 27] = [
    "わかりません", "分かりません", "わからない", "分からない", "わからないです", "分からないです", "覚えていません", "覚えてない", "知りません", "忘れました", "ちょっとわからない", "i don't know", "don't know", "not sure", "不知道", "不清楚",
    "모르겠어요", "không biết", "わからん", "分からん", "わからへん", "分からへん", "わかんない", "わからんわ", "わからんなあ", "知らん", "忘れた",
];

/// Comes back to the question.
const ON: [&str; 31] = [
    "お待たせしました", "お待たせ", "おまたせしました", "続けます", "続けて", "続けてください", "続ける", "続きをお願いします", "続き", "つづき", "つづけて", "再開", "再開します", "戻りました", "用意できました", "準備できました", "大丈夫です、続けて",
    "もういいです、続けて", "continue", "go on", "i'm back", "i am back", "ready", "继续", "回来了", "계속", "계속해 주세요", "tiếp tục", "続きから", "続きをする", "進めてください",
];

/// Leaves a question out.
const SKIP: [&str; 24] = [
    "いりません", "いらない", "いらないです", "不要", "不要です", "結構です", "けっこうです", "必要ありません", "とばす", "飛ばす", "スキップ", "なし", "ない", "ないです", "ありません", "特になし", "特にない", "特にありません", "skip", "none", "跳过", "건너뛰기", "bỏ qua", "とばします",
];

/// Asks for the rest of a list.
const MORE: [&str; 13] = ["次へ", "次", "つぎ", "続き", "ほか", "ほかの", "ほかには", "もっと", "next", "more", "其他", "다음", "tiếp"];

/// Puts a form off to another time.
const LATER: [&str; 19] = [
    "あとで続けます", "後で続けます", "あとで続ける", "あとでやります", "後でやります", "あとでします", "あとでまた", "また後で", "またあとで", "保存して", "保存", "一旦保存", "いったん保存", "later", "save", "稍后", "以后再说", "나중에", "để sau",
];

const NO: [&str; 15] = ["いいえ", "いえ", "いや", "いいです", "結構です", "ちがう", "違う", "no", "no thanks", "不", "不是", "不用", "아니", "아니요", "không"];

/// A topic is named in so many characters.
const TOPIC: usize = 30;

/// Longer words than these say more than one of the above.
const BRIEF: usize = 24;

pub(crate) fn asks_what(text: &str) -> bool {
    let said = plain(text);
    let brief = said.chars().count() <= BRIEF;
    brief && (WHAT.iter().any(|word| said.contains(word)) || asks_about_a_word(&said) || asks_why(&said) || asks_whether(&said))
}

/// 「注射って何ですか」
fn asks_about_a_word(said: &str) -> bool {
    ["って何", "って何ですか", "ってなに", "ってなんですか", "ってなあに", "とは何ですか", "とはなんですか", "とは"].iter().any(|end| said.ends_with(end))
}

/// 「なんで電話番号がいるの？」
fn asks_why(said: &str) -> bool {
    ["なんで", "なぜ", "どうして", "何のため", "何に使", "なにに使", "why"].iter().any(|word| said.contains(word)) && ["いる", "要る", "必要", "聞く", "きく", "使", "書", "ため", "need", "ask", "why"].iter().any(|word| said.contains(word))
}

/// 「携帯でもいいですか」: whether an answer would do.
fn asks_whether(said: &str) -> bool {
    ["でもいいですか", "でもいいか", "でも良いですか", "でも大丈夫ですか", "でもええですか", "でもかまいませんか", "でも可能ですか", "でもいい", "でもええ"].iter().any(|end| said.ends_with(end)) && !said.starts_with("いつ") && !said.starts_with("どちら") && !said.starts_with("何") && !said.starts_with("どれ") && !said.starts_with("どこ")
}

pub(crate) fn knows_not(text: &str) -> bool {
    let said = plain(text);
    let bare = ["あー、", "えー、", "うーん、", "うーん", "えっと、", "ええと、", "いやー、", "さあ、", "ちょっと"].iter().find_map(|filler| said.strip_prefix(filler)).unwrap_or(&said);
    UNKNOWN.contains(&said.as_str()) || UNKNOWN.contains(&bare)
}

/// A refusal that says nothing else.
pub(crate) fn is_no(text: &str) -> bool {
    NO.contains(&plain(text).as_str())
}

/// 「いいえ、もう静かになりました」: a refusal, and why.
pub(crate) fn refuses_first(text: &str) -> bool {
    let said = plain(text);
    said.split_once(['、', ',', '。', ' ']).is_some_and(|(first, _)| NO.contains(&first.trim()))
}

/// What a request is about: 「保育料のこと」 of 「保育料のことで、明日電話をください」.
pub(crate) fn topic(text: &str) -> Option<&str> {
    let marks = ["のことで", "の件で", "のことについて", "について", "に関して", "のことを"];
    let (at, mark) = marks.iter().filter_map(|mark| text.find(mark).map(|at| (at, *mark))).min()?;
    // 「…の」 stays: 保育料のこと.
    let end = if mark.starts_with('の') { at + mark.find(['で', 'に', 'を'])? } else { at };
    let topic = text.get(..end)?.rsplit(['。', '、', '\n']).next()?.trim();
    (2..=TOPIC).contains(&topic.chars().count()).then_some(topic)
}

/// The wish that ends free words: 「できれば午後にお願いします」.
pub(crate) fn closing_wish(text: &str) -> Option<&str> {
    let text = text.trim().trim_end_matches(['。', '.']);
    let (before, wish) = text.rsplit_once(['、', '。', ',', '.'])?;
    let wishes = ["お願いします", "おねがいします", "お願いできますか", "がいいです", "がいい", "が良いです", "希望です", "希望します", "にしてください", "ほしいです", "たのみます"];
    (!before.is_empty() && wishes.iter().any(|end| wish.ends_with(end))).then_some(wish)
}

pub(crate) fn goes_on(text: &str) -> bool {
    let said = plain(text);
    // 「お待たせしました。続けます」 says it twice.
    ON.contains(&said.as_str()) || said.split(['。', '、']).all(|piece| ON.contains(&piece.trim()))
}

pub(crate) fn wants_more(text: &str) -> bool {
    let said = plain(text);
    MORE.contains(&said.trim_end_matches("お願いします").trim_end_matches("を聞く").trim_end_matches("の選択肢"))
}

pub(crate) fn puts_off(text: &str) -> bool {
    let said = plain(text);
    let said = ["します", "してください", "お願いします", "ください", "する"].iter().find_map(|end| said.strip_suffix(end)).unwrap_or(&said);
    LATER.contains(&said) || LATER.contains(&plain(text).as_str())
}

pub(crate) fn skips(text: &str) -> bool {
    SKIP.contains(&plain(text).as_str())
}

fn plain(text: &str) -> String {
    normalise::fold(text).to_lowercase().trim().trim_end_matches(['。', '.', '!', '?']).to_owned()
}

/// 「じゃあ13日の9時から12時で」: a day or a time, and nothing that names another thing.
pub fn only_days_and_times(text: &str) -> bool {
    const OF_TIMES: &str = "月日時分曜火水木金土年半前後午来週今再翌末間朝昼夕夜願毎変更";
    let folded = normalise::fold(text);
    let names = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c) && !OF_TIMES.contains(c) || ('ァ'..='ヺ').contains(&c) || c.is_ascii_alphabetic();
    (folded.contains('曜') || folded.chars().any(|c| c.is_ascii_digit())) && !folded.chars().any(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_about_a_question() {
        assert!(asks_what("どういう意味ですか？") && asks_what("例を教えて") && asks_what("Can you give an example?"));
        assert!(knows_not("わかりません。") && !knows_not("場所がわかりません"));
        assert!(goes_on("お待たせしました。") && goes_on("続けます") && goes_on("お待たせしました。続けます") && !goes_on("続けて二回鳴りました"));
        assert!(puts_off("あとで続けます") && puts_off("保存してください") && puts_off("一旦保存します") && !puts_off("あとで電話してほしい"));
        assert!(skips("特にないです") || skips("特にない"));
        assert!(asks_what("なんで電話番号がいるの？") && asks_what("携帯でもいいですか") && asks_what("注射って何ですか") && !asks_what("いつでもいい") && !asks_what("どちらでもいいです"));
        assert!(knows_not("あー、わからん") && knows_not("うーん、覚えてない"));
        assert!(refuses_first("いいえ、もう静かになりました") && !refuses_first("いいえ") && !refuses_first("はい、続けます"));
        assert_eq!(closing_wish("更新のことで、できれば午後にお願いします。"), Some("できれば午後にお願いします"));
        assert_eq!(topic("保育料のことで、明日の午前中に電話をください"), Some("保育料のこと"));
        assert_eq!(topic("あの、固定資産税の件で折り返してほしい"), Some("固定資産税の件"));
        assert_eq!(topic("国保について聞きたいので電話して"), Some("国保"));
        assert_eq!(topic("折り返し電話をください"), None);
        assert_eq!(closing_wish("午後の講座のことです"), None);
        assert!(!asks_what("保育園の申し込みに必要な書類の書き方を教えてほしいのですが"));
    }
}
