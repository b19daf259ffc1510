//! Short things that residents say about the question they were asked. They are no requests, so understanding does not know them.

/// Asks what a question means, or how to answer it.
const WHAT: [&str; 34] = [
    "どういう意味", "どうゆう意味", "意味が分から", "意味がわから", "意味は", "どういうこと", "例を", "例えば何", "たとえば何", "例えば?", "例えば", "たとえば", "何を書けば", "なにを書けば", "何を書いたら", "何と書けば", "なんて書けば",
    "何て書けば", "何と答えれば", "どう答えれば", "どう書けば", "どうやって書", "どう入力", "書き方", "what does that mean", "what do you mean", "for example", "an example", "什么意思", "举个例子", "무슨 뜻", "예를 들", "nghĩa là gì", "ví dụ",
];

/// Says that the answer is not known.
const UNKNOWN: [&str; 18] = [
    "わかりません", "分かりません", "わからない", "分からない", "わからないです", "分からないです", "覚えていません", "覚えてない", "知りません", "忘れました", "ちょっとわからない", "i don't know", "don't know", "not sure", "不知道", "不清楚",
    "모르겠어요", "không biết",
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

/// Longer words than these say more than one of the above.
const BRIEF: usize = 24;

pub(crate) fn asks_what(text: &str) -> bool {
    let said = plain(text);
    said.chars().count() <= BRIEF && WHAT.iter().any(|word| said.contains(word))
}

pub(crate) fn knows_not(text: &str) -> bool {
    UNKNOWN.contains(&plain(text).as_str())
}

/// A refusal that says nothing else.
pub(crate) fn is_no(text: &str) -> bool {
    NO.contains(&plain(text).as_str())
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
        assert!(!asks_what("保育園の申し込みに必要な書類の書き方を教えてほしいのですが"));
    }
}
